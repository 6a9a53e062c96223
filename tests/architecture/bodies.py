"""What is sent in the access matrix: an example of every body, of whose world it is."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from tests.architecture.examples import (
    AUDIT,
    AUDITED,
    CERTIFICATE,
    CRITERION,
    INSPECTION,
    LIMIT,
    MAPPING,
    QP,
    RATING,
    RECOGNITION,
    RECORD,
    REGISTERED,
    REGISTRATION,
    event,
)
from tests.architecture.world import OWNED, Company

WHY = {"reason": "the access matrix asks"}
KPI = {
    "name": "Deviations", "family": "quality", "description": "Deviations for each batch", "kind": "ratio",
    "numerator": "deviation", "denominator": "batch_manufactured", "unit": "1", "direction": "lower",
    "source": "ICH Q10",
}  # fmt: skip
Example = Callable[[Company], Any]
BODIES: dict[str, Example] = {
    "POST /v1/kpis": lambda of: KPI | {"code": f"matrix_{uuid4().hex[:8]}"},
    "POST /v1/kpis/{code}/versions": lambda of: KPI,
    "PUT /v1/kpis/{code}/target": lambda of: {"value": 1, "red": 5},
    "POST /v1/rebuilds": lambda of: {"compare": True},
    "POST /v1/parked/retries": lambda of: WHY,
    "POST /v1/projection-rebuilds": lambda of: WHY,
    "POST /v1/replays": lambda of: {"since": datetime.now(UTC).isoformat()} | WHY,
    "POST /v1/feeds": lambda of: {
        "code": f"matrix-{uuid4().hex[:8]}", "site_id": of.site, "kind": "mes", "format": "cloudevents"
    },
    "POST /v1/feeds/{feed}/grants": lambda of: {"record": "TestResult", "partner_id": of.id} | WHY,
    "POST /v1/feeds/{feed}/grant-withdrawals": lambda of: {"record": "TestResult", "partner_id": of.id} | WHY,
    "POST /v1/feeds/{feed}/backfill": lambda of: WHY,
    "POST /v1/feeds/{feed}/backfill-end": lambda of: WHY,
    "POST /v1/feeds/{feed}/messages": lambda of: [event("BatchStart", of, occurred_at="2026-02")],
    "POST /v1/mappings": lambda of: MAPPING.format(uuid4().hex[:8]),
    "POST /v1/mappings/{mapping_id}/checks": lambda of: "a;b\n",
    "POST /v1/messages/{message_id}/dismissal": lambda of: WHY,
    "POST /v1/partners": lambda of: {"legal_name": f"Matrix {uuid4().hex}", "kind": "cmo", "country": "SI"},
    "POST /v1/partners/{partner_id}/activation": lambda of: WHY,
    "POST /v1/partners/{partner_id}/suspension": lambda of: WHY,
    "POST /v1/partners/{partner_id}/exit": lambda of: WHY,
    "POST /v1/sites": lambda of: {
        "partner_id": of.id, "name": "Matrix", "country": "SI", "time_zone": "UTC", "activities": ["testing"]
    },
    "POST /v1/certificates": lambda of: CERTIFICATE | {
        "site_id": of.site, "certificate_number": uuid4().hex
    },
    "POST /v1/certificates/{certificate_id}/confirmation": lambda of: {
        "authority_register": "EudraGMDP", "checked_on": "2026-02-01"
    },
    "POST /v1/certificates/{certificate_id}/refusal": lambda of: WHY,
    "POST /v1/certificates/{certificate_id}/extension": lambda of: {"valid_to": "2031-01-31", "notice": "BASG 4"},
    "POST /v1/certificates/{certificate_id}/restriction": lambda of: {
        "activities": ["testing"], "effective_on": "2026-02-02"
    } | WHY,
    "POST /v1/certificates/{certificate_id}/withdrawal": lambda of: {"effective_on": "2026-02-02"} | WHY,
    "POST /v1/qualifications": lambda of: {"site_id": of.site, "activity": "testing", "purpose": "development"},
    "POST /v1/qualifications/{qualification_id}/evidence": lambda of: {"item": "references", "evidence": "0" * 64},
    "POST /v1/qualifications/{qualification_id}/answers": lambda of: {
        "answers": [{"item": "references", "verdict": "met"}]
    },
    "POST /v1/qualifications/{qualification_id}/audit": lambda of: {
        "audited_on": "2026-02-01", "outcome": "acceptable", "report": "0" * 64
    },
    "POST /v1/qualifications/{qualification_id}/audit-waiver": lambda of: {
        "basis": "remote", "risk": "x", "until": "2027-01-31"
    } | WHY,
    "POST /v1/qualifications/{qualification_id}/conditional-approval": lambda of: {
        "conditions": [{
            "item": "insurance", "text": "x", "owner": "x", "side": "partner", "due_on": "2027-01-31",
            "not_allowed": "x",
        }]
    },
    "POST /v1/qualifications/{qualification_id}/rejection": lambda of: WHY,
    "POST /v1/qualifications/{qualification_id}/condition-fulfilment": lambda of: {
        "condition": 1, "evidence": "0" * 64
    },
    "POST /v1/qualifications/{qualification_id}/condition-extension": lambda of: {
        "condition": 1, "due_on": "2027-01-31"
    } | WHY,
    "POST /v1/qualifications/{qualification_id}/suspension": lambda of: WHY,
    "POST /v1/qualifications/{qualification_id}/withdrawal": lambda of: WHY,
    "POST /v1/qualifications/{qualification_id}/prolongation": lambda of: WHY,
    "POST /v1/inspections": lambda of: INSPECTION | {"site_id": of.site},
    "POST /v1/inspections/{inspection_id}/beginning": lambda of: {"began_on": "2026-02-09"},
    "POST /v1/inspections/{inspection_id}/observations": lambda of: {"ended_on": "2026-02-11", "observations": []},
    "POST /v1/inspections/{inspection_id}/answer": lambda of: {"answered_on": "2026-02-12", "digest": "0" * 64},
    "POST /v1/inspections/{inspection_id}/commitment": lambda of: {"text": "x", "due_on": "2027-02-12"},
    "POST /v1/inspections/{inspection_id}/commitment-completion": lambda of: {"commitment": 1, "evidence": "0" * 64},
    "POST /v1/inspections/{inspection_id}/letter": lambda of: {
        "letter": "form_483", "issued_on": "2026-02-12", "reference": "x"
    },
    "POST /v1/inspections/{inspection_id}/classification": lambda of: {
        "outcome": "vai", "classified_on": "2026-02-12"
    },
    "POST /v1/risk-assessments": lambda of: {"site_id": of.site, "occasion": "x"},
    "POST /v1/risk-assessments/{risk_assessment_id}/ratings": lambda of: {"ratings": [RATING]},
    "POST /v1/risk-assessments/{risk_assessment_id}/consensus": lambda of: {"agreed": RATING},
    "POST /v1/risk-assessments/{risk_assessment_id}/team": lambda of: {"team": ["x", "y", "z"]},
    "POST /v1/risk-assessments/{risk_assessment_id}/signature": lambda of: {"band": "high"} | WHY,
    "POST /v1/risk-assessments/{risk_assessment_id}/return": lambda of: WHY,
    "POST /v1/segmentations": lambda of: {"partner_id": of.id, "criteria": [CRITERION]},
    "POST /v1/segmentations/{segmentation_id}/rejection": lambda of: WHY,
    "POST /v1/oversight-plans/{oversight_plan_id}/tightening": lambda of: {
        "name": "scorecard", "value": "monthly", "until": "2036-01-31"
    } | WHY,
    "POST /v1/oversight-plans/{oversight_plan_id}/last-audit": lambda of: {"last_audit_on": "2026-02-02"} | WHY,
    "POST /v1/registrations": lambda of: REGISTRATION | {"product_id": of.product, "market": "CH"},
    "POST /v1/registrations/{registration_id}/approval": lambda of: REGISTERED | {
        "authorisation_number": "x", "sites": [_approved(of)]
    },
    "POST /v1/registrations/{registration_id}/variation": lambda of: REGISTERED | WHY | {
        "variation": "x", "sites": [_approved(of)]
    },
    "POST /v1/registrations/{registration_id}/withdrawal": lambda of: {"effective_on": "2036-02-02"} | WHY,
    "POST /v1/qp-capacities": lambda of: QP | {"site_ids": [of.site], "partner_id": of.id},
    "POST /v1/qp-capacities/{qp_capacity_id}/end": lambda of: {"valid_to": "2036-02-01"} | WHY,
    "POST /v1/qp-capacities/{qp_capacity_id}/withdrawal": lambda of: {"effective_on": "2026-02-02"} | WHY,
    "POST /v1/mutual-recognitions": lambda of: RECOGNITION | {"regime": "gb", "country": "SG"},
    "POST /v1/mutual-recognitions/{mutual_recognition_id}/check": lambda of: RECOGNITION,
    "POST /v1/mutual-recognitions/{mutual_recognition_id}/rejection": lambda of: WHY,
    "POST /v1/mutual-recognitions/{mutual_recognition_id}/end": lambda of: {"valid_to": "2036-02-01"} | WHY,
    "POST /v1/products": lambda of: {"code": f"M-{uuid4().hex[:8]}", "name": "Matrix", "dosage_form": "tablet"},
    "POST /v1/batches": lambda of: {
        "site_id": of.site, "material": of.code, "number": f"M {uuid4().hex}", "started_at": "2026-03-01"
    },
    "POST /v1/batches/{batch_id}/completion": lambda of: {"completed_at": "2026-03-02"},
    "POST /v1/batches/{batch_id}/termination": lambda of: WHY,
    "POST /v1/batches/{batch_id}/description": lambda of: {"work_order": "WO-1", "expiry_date": "2029-03"},
    "POST /v1/batches/{batch_id}/intent": lambda of: {"markets": ["SI"]},
    "POST /v1/batches/{batch_id}/stage": lambda of: {
        "step": "press", "site_id": of.site, "started_at": "2026-02-02", "ended_at": "2026-02-03"
    },
    "POST /v1/batches/{batch_id}/parents": lambda of: {
        "kind": "consumed",
        "parents": [{"batch_id": of.found["batch_id"], "quantity": {"value": "1", "unit": "kg"}}],
    },
    "POST /v1/batches/{batch_id}/record": lambda of: RECORD | {"digest": uuid4().hex * 2},
    "POST /v1/batches/{batch_id}/record-review": lambda of: WHY,
    "POST /v1/batches/{batch_id}/record-revision": lambda of: RECORD | {"digest": uuid4().hex * 2},
    "POST /v1/batch-holds": lambda of: {"batch_id": of.found["batch_id"], "markets": ["SI"]} | WHY,
    "POST /v1/batch-holds/{batch_hold_id}/lifting": lambda of: WHY,
    "POST /v1/deviations": lambda of: {
        "title": "Matrix", "category": "equipment", "site_id": of.site,
        "partner_aware_at": datetime.now(UTC).isoformat(), "lots": [{"material": of.code, "number": of.lot}],
    },
    "POST /v1/deviations/{deviation_id}/classification": lambda of: {"classification": "minor"} | WHY,
    "POST /v1/deviations/{deviation_id}/reclassification": lambda of: {"classification": "major"} | WHY,
    "POST /v1/deviations/{deviation_id}/awareness-acceptance": lambda of: WHY,
    "POST /v1/deviations/{deviation_id}/investigation": lambda of: {},
    "POST /v1/deviations/{deviation_id}/investigation-results": lambda of: {"impact": "none"},
    "POST /v1/deviations/{deviation_id}/return": lambda of: WHY,
    "POST /v1/deviations/{deviation_id}/cancellation": lambda of: WHY,
    "POST /v1/deviations/{deviation_id}/extension-request": lambda of: {"due_at": "2027-03-02T08:00:00Z"} | WHY,
    "POST /v1/deviations/{deviation_id}/extension": lambda of: {"due_at": "2027-03-02T08:00:00Z"} | WHY,
    "POST /v1/capas": lambda of: {"site_id": of.site, "root_cause": "worn punch"},
    "POST /v1/capas/{capa_id}/plan": lambda of: {
        "actions": [{"owner": "Ana", "description": "New punches", "due_on": "2027-03-02"}],
        "effectiveness": {"measure": "stops a batch", "target": 0, "better": "lower", "sample": 20},
    },
    "POST /v1/capas/{capa_id}/action-completion": lambda of: {"action": 1, "evidence": "0" * 64},
    "POST /v1/capas/{capa_id}/extension": lambda of: {"due_on": "2027-05-02"} | WHY,
    "POST /v1/capas/{capa_id}/effectiveness-check": lambda of: {"measured": 0},
    "POST /v1/capas/{capa_id}/cancellation": lambda of: WHY,
    "POST /v1/audits": lambda of: AUDIT | {"site_id": of.site},
    "POST /v1/audits/{site_audit_id}/postponement": lambda of: {"planned_on": "2036-01-31"} | WHY,
    "POST /v1/audits/{site_audit_id}/team": lambda of: {"team": AUDIT["team"]},
    "POST /v1/audits/{site_audit_id}/conduct": lambda of: {"conducted_on": "2026-02-04"},
    "POST /v1/audits/{site_audit_id}/report": lambda of: AUDITED,
    "POST /v1/audits/{site_audit_id}/remarks": lambda of: {"remark": "x"},
    "POST /v1/audit-findings/{audit_finding_id}/response": lambda of: {
        "actions": [{"cause": "x", "action": "x", "due_on": "2027-03-02"}]
    },
    "POST /v1/audit-findings/{audit_finding_id}/rejection": lambda of: WHY,
    "POST /v1/audit-findings/{audit_finding_id}/verification": lambda of: {},
    "POST /v1/oos-investigations/{investigation_id}/invalidation-proposal": lambda of: {"cause": "x", "evidence": "y"},
    "POST /v1/oos-investigations/{investigation_id}/invalidation-return": lambda of: WHY,
    "POST /v1/oos-investigations/{investigation_id}/phase-2": lambda of: WHY,
    "POST /v1/oos-investigations/{investigation_id}/conclusion": lambda of: {"conclusion": "confirmed", "cause": "x"},
    "POST /v1/specifications": lambda of: {"product": of.code, "limits": [LIMIT]},
    "POST /v1/contradictions/{contradiction_id}/assignment": lambda of: {"owner": "petra"},
    "POST /v1/contradictions/{contradiction_id}/settlement": lambda of: WHY,
    "POST /v1/results/{result_id}/assignment": lambda of: {"owner": "petra"},
    "POST /v1/results/{result_id}/interpretation": lambda of: {"test": "assay"} | WHY,
    "POST /v1/results/{result_id}/exemption": lambda of: WHY,
    "POST /v1/results": lambda of: {
        "lot": {"site_id": of.site, "material": of.code, "number": of.lot}, "laboratory_site_id": of.site,
        "test": "assay", "stage": "release", "value": "99.0", "unit": "%", "occurred_at": "2026-03-03",
    },
}  # fmt: skip
NO_BODY = {
    "POST /v1/events/tickets",
    "POST /v1/mappings/{mapping_id}/approval",
    "POST /v1/messages/{message_id}/replay",
    "POST /v1/deviations/{deviation_id}/acknowledgement",
    "POST /v1/deviations/{deviation_id}/approval-request",
    "POST /v1/deviations/{deviation_id}/closure",
    "POST /v1/capas/{capa_id}/plan-approval",
    "POST /v1/audits/{site_audit_id}/confirmation",
    "POST /v1/audit-findings/{audit_finding_id}/acceptance",
    "POST /v1/inspections/{inspection_id}/closure",
    *(f"POST /v1/qualifications/{{qualification_id}}/{step}" for step in ("assessment", "endorsement", "approval")),
    "POST /v1/risk-assessments/{risk_assessment_id}/second-signature",
    "POST /v1/segmentations/{segmentation_id}/confirmation",
    "POST /v1/oversight-plans/{oversight_plan_id}/acknowledgement",
    "POST /v1/mutual-recognitions/{mutual_recognition_id}/confirmation",
    "POST /v1/capas/{capa_id}/implementation",
    "POST /v1/oos-investigations/{investigation_id}/notification",
    "POST /v1/oos-investigations/{investigation_id}/invalidation-approval",
    "POST /v1/specifications/{specification_id}/approval",
    "POST /v1/results/{result_id}/review",
    "POST /v1/results/{result_id}/approval",
}
CONTENT = {
    "POST /v1/feeds/{feed}/messages": "application/cloudevents-batch+json",
    "POST /v1/mappings": "application/yaml",
    "POST /v1/mappings/{mapping_id}/checks": "text/csv",
}

QUERY = {"GET /v1/sites/approved": "activity=drug_product"}
"""What is asked of routes that cannot be asked without."""


def body_of(route: str, method: str, target: Company) -> str | None:
    """What is sent. Fails for a route without an example."""
    if method == "GET" or route in NO_BODY:
        return None
    assert route in BODIES, f"an example of a body for {route} is missing in bodies.py"
    sent = BODIES[route](target)
    return sent if isinstance(sent, str) else json.dumps(sent)


def _approved(of: Company) -> dict[str, str]:
    return {"site_id": of.site, "activity": "drug_product", "valid_from": "2026-02-01"}


def _nobody() -> Company:
    nobody = Company("nobody", "cmo", id=str(uuid4()), site=str(uuid4()), product=str(uuid4()))
    nobody.code, nobody.lot, nobody.feed = "NOBODY-5", "nobody 0001", "nobody-mes"
    nobody.found = {name: str(uuid4()) for name in OWNED} | {"feed": nobody.feed}
    return nobody


NOBODY = _nobody()
"""Ids and names that there are nowhere."""
