"""Parts of bodies that the access matrix and its world send."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from tests.architecture.owned import Company

Example = Callable[[Company], Any]
WHY = {"reason": "the access matrix asks"}
LIMIT = {
    "test": "assay", "stage": "release", "lower": "95", "upper": "105", "unit": "%", "decimals": 1, "method": "HPLC-017"
}  # fmt: skip
CERTIFICATE = {
    "kind": "iso", "holder": "x", "authority": "x", "activities": ["testing"], "digest": "0" * 64,
    "valid_from": "2026-02-01"
}  # fmt: skip
CONTACT = {"side": "partner", "function": "supply", "person": "x", "phone": "+43 316 0000"}
INSPECTION = {"authority": "x", "kind": "routine", "announced_at": "2026-02-01T08:00:00Z", "starts_on": "2026-02-09"}
LINE = {
    "effective_on": "2026-02-01", "shared": True, "segregation": ["hormone"],
    "batch_min": "1", "batch_max": "2", "batch_unit": "kg",
}  # fmt: skip
SUB_SUPPLIER = {
    "purpose": "x", "supplier_country": "DE", "criticality": "minor", "audited_by": "third_party",
    "used_since": "2026-02-01",
}  # fmt: skip
CRITERION = {"criterion": "spend", "points": 3, "rationale": "x"}
RATING = {"dimension": "quality", "severity": 3, "probability": 3, "rationale": "x"}
REGISTRATION = {"market": "AT", "regime": "eu_eea", "holder": "x", "submitted_on": "2026-01-02"}
REGISTERED = {
    "specification_version": "1", "process_version": "1", "shelf_life_months": 36, "storage": "x",
    "effective_on": "2026-02-01",
}  # fmt: skip
QP = {
    "subject": "x", "printed_name": "x", "regime": "eu_eea", "legal_entity": "x", "authorisation": "x",
    "valid_from": "2026-02-01", "evidence": "0" * 64,
}  # fmt: skip
OUTSIDE = {
    "kind": "rating_cut", "happened_at": "2026-02-01T08:00:00Z", "source": "x", "description": "x",
    "evidence": "0" * 64,
}  # fmt: skip
RECOGNITION = {"covers": ["inspection"], "valid_from": "2026-02-01", "source": "x"}
CONDUCTED = {"conducted_on": str(datetime.now(UTC).date() - timedelta(9))}
AUDIT = {
    "kind": "for_cause", "scope": "x", "planned_on": CONDUCTED["conducted_on"],
    "team": [{"name": "x", "function": "x", "subject": "lead", "independent": True}],
}  # fmt: skip
AUDITED = {
    "outcome": "acceptable_with_findings", "report": "0" * 64,
    "findings": [{"classification": "minor", "area": "materials", "clause": "x", "evidence": "x"}],
}  # fmt: skip
RECALL = {
    "markets": [{"market": "AT", "regime": "eu_eea"}], "classification": "II", "depth": "retail", "cause": "x",
}  # fmt: skip
LIMITS = {
    "valid_from": "2026-01-01", "evidence": "0" * 64,
    "yields": [{"step": "compression", "at_least": "98", "at_most": "101"}],
}  # fmt: skip
CHANGE = {"title": "x", "description": "x", "effective_from": "2036-01-31"}
ASSESSED = {"markets": [{"market": "US", "category": "pas", "remark": "x"}], "lots_already_made": "x"}
COMPLAINT = {
    "description": "x", "market": "US", "category": "counterfeit", "received_at": "2026-02-03T08:00:00Z",
}  # fmt: skip
METHOD = {
    "major": 1, "minor": 0, "title": "x", "effective_from": "2018-01-01", "report": "x", "report_digest": "0" * 64,
}  # fmt: skip
ENTITLEMENT = {"standing": "in_transfer", "valid_from": "2036-01-01", "proof": "x", "proof_digest": "0" * 64}
RECORD = {"record_version": "1", "complete": True}
MAPPING = """
code: matrix-{}
version: 1
title: Matrix
format: csv
delimiter: ";"
encoding: utf-8
decimal: point
columns:
  batch: {{holds: text, required: true}}
  code: {{holds: text, required: true}}
lots:
  batch: {{material: "{{code}}", number: "{{batch}}"}}
records:
  - record: ProcessData
    id: "{{batch}}"
    lot: batch
    step: press
    values: [code]
"""


def event(kind: str, maker: Any, /, **data: Any) -> dict[str, Any]:
    """A CloudEvent of a partner's system about the maker's lot."""
    lot = {"material": maker.code, "number": maker.lot}
    named = {"lots": [lot]} if kind == "Deviation" else {"lot": lot}
    record = {"record_id": f"{maker.name} {uuid4().hex}"} | named | data
    return {
        "specversion": "1.0",
        "id": uuid4().hex,
        "source": "/x",
        "type": f"io.entente.feed.{kind}.v1",
        "data": record,
    }
