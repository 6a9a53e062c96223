"""An example of every body that tech_transfer takes about the package and gaps of a transfer."""

from typing import Any
from uuid import uuid4

from tests.architecture.examples import WHY, Example

SEARCHED = {"category": "people", "looked_at": "x"}
ITEM = {"category": "lessons", "mandatory": False}
MITIGATION = {"mitigation": "x", "owner": "x", "due_on": "2036-02-28"}
GAP: dict[str, Any] = {
    "category": "scale",
    "sending": {"value": "1", "unit": "L"},
    "receiving": {"value": "2", "unit": "L"},
    "severity": "minor",
}


def _document(_: object) -> dict[str, str]:
    return {"document_version": uuid4().hex, "digest": uuid4().hex * 2, "file_name": "x.pdf"}


BODIES: dict[str, Example] = {
    "POST /v1/package-items": lambda of: ITEM | {"transfer_id": of.found["transfer_id"], "title": of.name},
    "POST /v1/package-items/standard": lambda of: {"transfer_id": of.found["transfer_id"]},
    "POST /v1/package-items/{package_item_id}/plan": lambda of: {"owner": "x", "due_on": "2036-02-28"},
    "POST /v1/package-items/{package_item_id}/addressing": lambda of: {"mandatory": False},
    "POST /v1/package-items/{package_item_id}/provision": _document,
    "POST /v1/package-items/{package_item_id}/own-unit-provision": _document,
    "POST /v1/package-items/{package_item_id}/return": lambda of: {"reason_code": "incomplete", "remark": "x"},
    "POST /v1/package-items/{package_item_id}/waiver": lambda of: {"justification": "x"},
    "POST /v1/package-items/{package_item_id}/foretold": lambda of: {
        "deviation_id": of.found["deviation_id"], "remark": "x"
    },
    "POST /v1/gaps": lambda of: GAP | {"transfer_id": of.found["transfer_id"], "what": of.name},
    "POST /v1/gaps/{gap_id}/mitigation": lambda of: MITIGATION,
    "POST /v1/gaps/{gap_id}/severity": lambda of: {"severity": "major"} | WHY,
    "POST /v1/gaps/{gap_id}/reconsideration": lambda of: WHY,
    "POST /v1/gaps/{gap_id}/closure": lambda of: {"evidence": "0" * 64},
    "POST /v1/gaps/{gap_id}/acceptance": lambda of: {"residual_risk": "x"},
    "POST /v1/gaps/{gap_id}/endorsement": lambda of: {"residual_risk": "x"},
    "POST /v1/gaps/{gap_id}/foretold": lambda of: {"deviation_id": of.found["deviation_id"], "remark": "x"},
    "POST /v1/gap-searches": lambda of: SEARCHED | {"transfer_id": of.found["transfer_id"]},
    "POST /v1/gap-searches/{gap_search_id}/withdrawal": lambda of: WHY,
}  # fmt: skip
NO_BODY = {
    "POST /v1/package-items/{package_item_id}/acceptance",
    *(
        f"POST /v1/gaps/{{gap_id}}/{step}"
        for step in ("sending-agreement", "own-unit-agreement", "receiving-agreement", "sign-off")
    ),
}
