"""``entente explain``: why something is as it is, in prose."""

import json
import shlex
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any

import typer

from cli import installation
from cli.commands.open_records import lines, open_on
from cli.failures import Failure
from cli.installation import AsJson, GivenToken, Url
from cli.output import print_json, print_line

commands = typer.Typer(help="Why something waits, whose turn it is, and what proves it.", no_args_is_help=True)
_WHAT = {
    "record_reviewed": "The batch record",
    "yield_explained": "The yield",
    "tests_approved": "The required tests",
    "specification_met": "The specification",
    "oos_concluded": "Out-of-specification results",
    "deviations_settled": "Deviations",
    "inputs_released": "What went in",
    "site_qualified": "The sites' qualification",
    "registered": "The registration",
    "agreement_effective": "The quality agreement",
    "changes_evaluated": "Changes",
    "excursions_decided": "Excursions",
    "within_times": "Hold times and shelf life",
    "import_tested": "Tests after import",
    "confirmations": "The maker's confirmation",
    "samples_retained": "Retained samples",
    "not_held": "Holds",
    "facts_read": "What was told last",
    "impacts_assessed": "What became known since",
    "not_recalled": "Recalls",
    "numbers_joined": "Other numbers of it",
}
_UNDECIDED = ("open", "confirmed")
_NOT_INTENDED = "not_intended"
_QUALIFIED = "A qualified person whom an authorisation names (role qp)"
_SIGNERS = {"eu_eea": _QUALIFIED, "gb": _QUALIFIED}
"""Where a qualified person certifies (EU GMP Annex 16); elsewhere the quality unit decides (21 CFR 211.22)."""


@commands.callback()
def explain() -> None:
    """Why something waits, whose turn it is, and what proves it."""


@commands.command()
def batch(
    lot: Annotated[str, typer.Argument(help="The lot's number.")],
    market: Annotated[list[str] | None, typer.Option("--market", help="Repeatable; else each intended one.")] = None,
    maker: Annotated[str | None, typer.Option("--maker", help="Only the batch of this partner, by number.")] = None,
    url: Url = None,
    token: GivenToken = None,
    as_json: AsJson = False,
) -> None:
    """Say for each market whether a batch may be released, what it waits for, and what else is open on it."""
    with installation.find(url, token) as platform:
        path = "/api/quality-events/v1/batches"
        found = _of_maker(maker, list(platform.items(path, lot=lot)), lot)
        asked = {"market": market} if market else {}
        told = [
            platform.get(f"{path}/{each['id']}/readiness", **asked)
            | {"open": open_on(platform, each["id"]), "made_by": _made_by(each)}
            for each in found
        ]
    if as_json:
        print_json({"items": told})
        return
    for each in told:
        of_whom = f" of {each['made_by']}" if len(told) > 1 else ""
        for line in (*prose(each, of_whom), *lines(each["open"])):
            print_line(line)


def _of_maker(maker: str | None, batches: list[dict[str, Any]], lot: str) -> list[dict[str, Any]]:
    """Those of one partner, where one is named: two makers may give the same number. Raises Failure for none."""
    if not batches:
        raise Failure(f"no batch has the number {lot}", "Lots are found by their exact number.")
    found = [each for each in batches if maker is None or (each["partner"] or {}).get("number") == maker]
    if not found:
        raise Failure(f"{lot} is no batch of {maker}", f"It is one of {' and of '.join(map(_made_by, batches))}.")
    return found


def _made_by(batch: Mapping[str, Any]) -> str:
    """The maker as people call it, and the site."""
    partner, site = (batch[each] or {} for each in ("partner", "site"))
    name = " ".join(filter(None, (partner.get("number"), partner.get("name")))) or "a maker that is not known here"
    return f"{name} ({site['name']})" if site.get("name") else name


def prose(readiness: Mapping[str, Any], of_whom: str = "") -> Iterator[str]:
    """What a batch's readiness says, a paragraph for each market."""
    name = f"{readiness['material']} {readiness['lot']}{of_whom}"
    if not readiness["markets"]:
        yield f"{name}: {readiness['unknown']}."
    for market in readiness["markets"]:
        conditions = market["conditions"]
        waits = [each for each in conditions if each["blocks"]]
        meant = "" if market["intended"] else ", for which it is not meant yet"
        yield f"{name} in {market['market']} ({market['regime']}{meant}) {_stands(market['disposition'], len(waits))}."
        yield from (_line(each) for each in waits)
        held = [each for each in conditions if each["verdict"] == "met"]
        apart = sum(each["verdict"] == "not_applicable" for each in conditions)
        others = f"; {_counted(apart, 'condition')} not asked for here" if apart else ""
        yield f"  {_counted(len(held), 'condition')} of {len(conditions)} met{_proofs(held)}{others}."
        yield from _signing(market)


def _stands(disposition: Mapping[str, Any] | None, waits: int) -> str:
    """What is decided, and what a decision of today would wait for."""
    conditions = _counted(waits, "condition")
    if disposition is None or disposition["state"] in (*_UNDECIDED, _NOT_INTENDED):
        return f"waits for {conditions}" if waits else "is ready: it waits for a signature"
    decided = f"is {disposition['state'].replace('_', ' ')} ({disposition['number']})"
    return f"{decided}; today it would wait for {conditions}" if waits else decided


def _signing(market: Mapping[str, Any]) -> Iterator[str]:
    """The command that signs the release, where nothing else is waited for; a partner is told no digest."""
    disposition, conditions = market["disposition"], market["conditions"]
    undecided = disposition is not None and disposition["state"] in _UNDECIDED
    if not undecided or not market["digest"] or any(each["blocks"] for each in conditions):
        return
    body: dict[str, Any] = {"readiness_digest": market["digest"], "justification": "Every condition is met"}
    if weighed := _numbers(each for each in conditions if each["weighs"]):
        body["weighed"] = weighed
    who = _SIGNERS.get(market["regime"], "Somebody of the quality unit (role quality)")
    how = f", which says how {', '.join(weighed)} was weighed," if weighed else ""
    yield f"  {who} who stated none of it signs it so, with a justification{how} in their own words:"
    path = f"/api/quality-events/v1/dispositions/{disposition['id']}/release"
    yield f"  entente sign {path} --body {shlex.quote(json.dumps(body))}"


def _line(condition: Mapping[str, Any]) -> str:
    owner = f" It is the {condition['owner']}'s turn" if condition["owner"] else ""
    since = f" since {condition['since'][:10]}" if owner and condition["since"] else ""
    due = f", due {condition['due_on'] or condition['due']}" if owner and condition["due"] else ""
    not_known = "not known: " if condition["verdict"] == "unknown" else ""
    stated = " Quality may state it." if condition["stateable"] else ""
    turn = f"{owner}{since}{due}." if owner else ""
    return f"  {_WHAT.get(condition['name'], condition['name'])}: {not_known}{condition['why']}.{turn}{stated}"


def _proofs(conditions: Iterable[Mapping[str, Any]]) -> str:
    numbers = _numbers(conditions)
    return f", as shown by {', '.join(numbers)}" if numbers else ""


def _numbers(conditions: Iterable[Mapping[str, Any]]) -> list[str]:
    """The records that prove conditions, each once."""
    found = (proof["number"] for each in conditions for proof in each["proof"] if proof["number"])
    return list(dict.fromkeys(found))


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
