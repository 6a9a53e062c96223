"""``entente audit``: who changed what of a record, when and why."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import typer

from cli import installation
from cli.failures import Answered, Failure
from cli.installation import AsJson, GivenToken, Installation, Url
from cli.output import print_json, print_line
from cli.services import WITH_A_LEDGER, with_a_ledger

commands = typer.Typer(help="What the audit trail holds.", no_args_is_help=True)
NUMBERED = {
    "AGR": ("contracting", "agreements"),
    "AUD": ("quality-events", "audits"),
    "CAPA": ("quality-events", "capas"),
    "CERT": ("partner-registry", "certificates"),
    "CHG": ("quality-events", "changes"),
    "CMP": ("tech-transfer", "comparabilities"),
    "COA": ("sample-tracking", "certificates-of-analysis"),
    "CPL": ("quality-events", "complaints"),
    "CPV": ("tech-transfer", "process-verifications"),
    "DEV": ("quality-events", "deviations"),
    "DISP": ("quality-events", "dispositions"),
    "DUP": ("partner-registry", "duplicates"),
    "EXC": ("quality-events", "process-excursions"),
    "EXIT": ("partner-registry", "partner-exits"),
    "FIND": ("quality-events", "audit-findings"),
    "GAP": ("tech-transfer", "gaps"),
    "GD": ("tech-transfer", "gate-decisions"),
    "HOLD": ("quality-events", "batch-holds"),
    "HPR": ("quality-events", "hold-proposals"),
    "IMP": ("quality-events", "distribution-impacts"),
    "INSP": ("partner-registry", "inspections"),
    "LE": ("partner-registry", "legal-entities"),
    "LEX": ("quality-events", "limit-explanations"),
    "LINE": ("partner-registry", "lines"),
    "LL": ("tech-transfer", "lessons"),
    "MRA": ("partner-registry", "mutual-recognitions"),
    "MRG": ("partner-registry", "partner-mergers"),
    "MT": ("tech-transfer", "method-transfers"),
    "NTF": ("quality-events", "authority-notifications"),
    "OBL": ("contracting", "obligations"),
    "OOS": ("quality-events", "oos-investigations"),
    "OOT": ("quality-events", "oot-investigations"),
    "ORD": ("sample-tracking", "test-orders"),
    "OUT": ("partner-registry", "outside-events"),
    "P": ("partner-registry", "partners"),
    "PI": ("tech-transfer", "package-items"),
    "PL": ("quality-events", "process-limits"),
    "PLAN": ("partner-registry", "oversight-plans"),
    "PPQ": ("tech-transfer", "ppq-series"),
    "PQR": ("quality-events", "product-quality-reviews"),
    "PRL": ("contracting", "price-lists"),
    "QPC": ("partner-registry", "qp-capacities"),
    "QUAL": ("partner-registry", "qualifications"),
    "RCL": ("quality-events", "recalls"),
    "REG": ("partner-registry", "registrations"),
    "RISK": ("partner-registry", "risk-assessments"),
    "RST": ("quality-events", "readiness-statements"),
    "S": ("partner-registry", "sites"),
    "SALE": ("partner-registry", "site-transfers"),
    "SBM": ("tech-transfer", "submissions"),
    "SEG": ("partner-registry", "segmentations"),
    "STG": ("quality-events", "stages"),
    "SUB": ("partner-registry", "sub-suppliers"),
    "TB": ("tech-transfer", "transfer-batches"),
    "TCR": ("tech-transfer", "closure-reports"),
    "TR": ("tech-transfer", "risks"),
    "TT": ("tech-transfer", "transfers"),
    "TTA": ("tech-transfer", "transfer-actions"),
    "UNI": ("partner-registry", "partner-unions"),
}
"""Which list knows a number, by what is before its first hyphen."""
CALLED = {"GAP": "gap_number", "PI": "item_number"}
"""Where ``number`` is that of another record, what a number is called."""
_OPERATIONS = "operations"


@commands.callback()
def _audit() -> None:
    """Keep `show` a command of its own: more will stand beside it."""


@commands.command()
def show(
    record: Annotated[
        str, typer.Argument(help="Its id, its number (DEV-2026-48151), or operations: what operators did.")
    ],
    service: Annotated[str | None, typer.Option("--service", help="Whose record, where only the id is known.")] = None,
    url: Url = None,
    token: GivenToken = None,
    as_json: AsJson = False,
) -> None:
    """Tell a record's history in prose, oldest first, to whoever may see the record."""
    with installation.find(url, token) as platform:
        found = _found(platform, _places(platform, record, service))
    entries = sorted(found, key=lambda entry: datetime.fromisoformat(entry["at"]))
    if not entries and record != _OPERATIONS:
        raise Failure(f"nothing is known of {record}, or you are no party to it", "Give its id, or its whole number.")
    if as_json:
        print_json({"items": entries})
        return
    for entry in entries:
        print_line(f"{entry['service']}: {entry['text']}" if record == _OPERATIONS else entry["text"])
    if not entries:
        print_line("no operations yet")


def _places(platform: Installation, record: str, service: str | None) -> list[tuple[str, str]]:
    """Where to look, and under which id."""
    try:
        id = record if record == _OPERATIONS else str(UUID(record))
    except ValueError:
        return [_of_number(platform, record)]
    return [(name, id) for name in ([with_a_ledger(service)] if service else WITH_A_LEDGER)]


def _of_number(platform: Installation, number: str) -> tuple[str, str]:
    kind = number.partition("-")[0].upper()
    if kind not in NUMBERED:
        known = ", ".join(f"{kind}-..." for kind in NUMBERED)
        raise Failure(f"{number!r} is neither an id nor a number", f"Numbers look so: {known}")
    service, collection = NUMBERED[kind]
    items = platform.get(f"/api/{service}/v1/{collection}", **{CALLED.get(kind, "number"): number.upper()})["items"]
    if not items:
        raise Failure(f"there is no {number}, or you are no party to it", "Check the number.")
    return service, items[0]["id"]


def _found(platform: Installation, places: list[tuple[str, str]]) -> list[dict[str, Any]]:
    """What the services have of it. Raises Answered where all of them refuse it to this role."""
    found, forbidden = list[dict[str, Any]](), list[Answered]()
    for service, id in places:
        try:
            found += [{"service": service} | entry for entry in platform.items(f"/api/{service}/v1/audit/{id}")]
        except Answered as refusal:
            if refusal.status == 403:
                forbidden.append(refusal)
            elif refusal.status != 404:
                raise
    if len(forbidden) == len(places):
        raise forbidden[0]
    return found
