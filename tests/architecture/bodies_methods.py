"""An example of every body that tech_transfer takes about methods, of whose world it is."""

from datetime import UTC, datetime
from typing import Any

from tests.architecture.examples import Example
from tests.architecture.owned import Company

PROTOCOL: dict[str, Any] = {
    "method_version": "1.0",
    "kind": "comparative",
    "protocol": "MTP-1",
    "sending_last_run_on": datetime.now(UTC).date().isoformat(),
    "protocol_digest": "0" * 64,
    "lots": [{"name": "L-1"}],
    "criteria": [{"attribute": "assay", "kind": "assay", "unit": "%"}],
}
FOLLOWS = PROTOCOL | {"protocol_digest": "1" * 64, "reason": "x"}
FOUND = {"lot": "L-1", "attribute": "assay", "run": 1, "replicate": 1, "value": "99.0", "method_version": "1.0"}
FOUND |= {"tested_at": "2026-03-03T09:00:00Z"}


def plan_of(company: Company) -> dict[str, Any]:
    """A method goes to its site."""
    about = {"transfer_id": company.found["transfer_id"], "laboratory_site_id": company.site, "method": company.name}
    return PROTOCOL | about


BODIES: dict[str, Example] = {
    "POST /v1/method-transfers": plan_of,
    "POST /v1/method-transfers/{method_transfer_id}/results": lambda of: {
        "side": "receiving", "results": [FOUND | {"analyst": of.name}]
    },
    "POST /v1/method-transfers/{method_transfer_id}/own-results": lambda of: {
        "results": [FOUND | {"analyst": of.name}]
    },
    "POST /v1/method-transfers/{method_transfer_id}/run-invalidation": lambda of: {
        "side": "receiving", "run": 1, "reason": "x", "evidence": "0" * 64
    },
    "POST /v1/method-transfers/{method_transfer_id}/waiver": lambda of: {"justification": "x"},
    "POST /v1/method-transfers/{method_transfer_id}/investigation": lambda of: {"investigation": "x"},
    "POST /v1/method-transfers/{method_transfer_id}/repetition": lambda of: FOLLOWS,
    "POST /v1/method-transfers/{method_transfer_id}/amendment": lambda of: FOLLOWS,
    "POST /v1/method-transfers/{method_transfer_id}/tested-amendment": lambda of: FOLLOWS,
    "POST /v1/method-transfers/{method_transfer_id}/withdrawal": lambda of: {"reason": "x"},
}  # fmt: skip
NO_BODY = {
    f"POST /v1/method-transfers/{{method_transfer_id}}/{step}"
    for step in (
        *("sending-approval", "own-laboratory-approval", "receiving-approval", "protocol-approval"),
        *("evaluation", "conclusion", "result-release"),
    )
}
