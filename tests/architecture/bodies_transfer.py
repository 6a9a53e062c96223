"""An example of every body that tech_transfer takes, of whose world it is."""

from typing import Any

from tests.architecture import bodies_design, bodies_package, bodies_ppq
from tests.architecture.examples import WHY, Example
from tests.architecture.owned import Company

CONDITION = {"rule": "team", "action": "x", "unit": "receiving", "owner": "x", "due_on": "2036-02-28"}
FAILED: dict[str, Any] = {"gate": "initiation", "verdict": "failed", "conditions": [CONDITION]}
SUBMITTED = {"market": "AT", "kind": "ib", "planned_on": "2036-02-28"}
AUTHORITY = {"happened_on": "2026-02-27"}
LESSON = {"category": "package", "title": "x", "recommendation": "x"}
STATED = {"rule": "protocols", "digest": "0" * 64}


def transfer_of(company: Company) -> dict[str, Any]:
    """A transfer to its site."""
    return {
        "title": company.name,
        "product_id": company.product,
        "strengths": ["10 mg"],
        "kind": "process",
        "purpose": "commercial",
        "sending_unit": company.name,
        "receiving_site_id": company.site,
        "markets": ["AT"],
    }


BODIES: dict[str, Example] = bodies_package.BODIES | bodies_design.BODIES | bodies_ppq.BODIES | {
    "POST /v1/transfers": transfer_of,
    "POST /v1/transfers/{transfer_id}/description": lambda of: {"success_criteria": ["x"], "team": []},
    "POST /v1/transfers/{transfer_id}/plan": lambda of: {
        "planned": [{"gate": "readiness", "planned_on": "2099-01-31"}]
    } | WHY,
    "POST /v1/transfers/{transfer_id}/reopening": lambda of: {"gate": "initiation"} | WHY,
    "POST /v1/transfers/{transfer_id}/hold": lambda of: WHY,
    "POST /v1/transfers/{transfer_id}/cancellation-request": lambda of: WHY,
    "POST /v1/transfers/{transfer_id}/cancellation": lambda of: WHY,
    "POST /v1/transfers/{transfer_id}/cancellation-withdrawal": lambda of: WHY,
    "POST /v1/transfers/{transfer_id}/cancellation-refusal": lambda of: WHY,
    "POST /v1/transfers/{transfer_id}/package-confirmation": lambda of: {"outcome": "returned", "evidence": "0" * 64},
    "POST /v1/gate-decisions": lambda of: FAILED | {"transfer_id": of.found["transfer_id"]} | WHY,
    "POST /v1/transfer-actions/{transfer_action_id}/completion": lambda of: {"outcome": "x", "evidence": "0" * 64},
    "POST /v1/transfer-actions/{transfer_action_id}/assignment": lambda of: {
        "owner": "x", "due_on": "2036-02-28"
    } | WHY,
    "POST /v1/statements": lambda of: STATED | {"transfer_id": of.found["transfer_id"], "evidence": "x"},
    "POST /v1/statements/{statement_id}/withdrawal": lambda of: WHY,
    "POST /v1/submissions": lambda of: SUBMITTED | {"transfer_id": of.found["transfer_id"]},
    "POST /v1/submissions/{submission_id}/filing": lambda of: AUTHORITY | {"reference": "x"},
    "POST /v1/submissions/{submission_id}/question": lambda of: AUTHORITY | {"text": "x"},
    "POST /v1/submissions/{submission_id}/answer": lambda of: AUTHORITY | {"text": "x"},
    "POST /v1/submissions/{submission_id}/approval": lambda of: AUTHORITY | {"reference": "x"},
    "POST /v1/submissions/{submission_id}/refusal": lambda of: AUTHORITY | {"text": "x"},
    "POST /v1/submissions/{submission_id}/withdrawal": lambda of: WHY,
    "POST /v1/lessons": lambda of: LESSON | {"transfer_id": of.found["transfer_id"], "text": "x"},
    "POST /v1/lessons/{lesson_id}/withdrawal": lambda of: WHY,
    "POST /v1/closure-reports": lambda of: {"transfer_id": of.found["transfer_id"]},
}  # fmt: skip
NO_BODY = (
    bodies_package.NO_BODY
    | bodies_ppq.NO_BODY
    | {
        "POST /v1/transfers/{transfer_id}/resumption",
        *(f"POST /v1/closure-reports/{{closure_report_id}}/{step}" for step in ("refresh", "signature")),
        *(
            f"POST /v1/gate-decisions/{{gate_decision_id}}/{step}"
            for step in ("sending-signature", "own-unit-signature", "receiving-signature", "signature", "withdrawal")
        ),
    }
)
