"""An example of every body that partner_registry takes, of whose world it is."""

from uuid import uuid4

from tests.architecture.examples import (
    CERTIFICATE,
    CONTACT,
    CRITERION,
    INSPECTION,
    LINE,
    OUTSIDE,
    QP,
    RATING,
    RECOGNITION,
    REGISTERED,
    REGISTRATION,
    SUB_SUPPLIER,
    WHY,
    Example,
)
from tests.architecture.owned import Company

BODIES: dict[str, Example] = {
    "POST /v1/partners": lambda of: {"legal_name": f"Matrix {uuid4().hex}", "kind": "cmo", "country": "SI"},
    "POST /v1/partners/{partner_id}/activation": lambda of: WHY,
    "POST /v1/partners/{partner_id}/suspension": lambda of: WHY,
    "POST /v1/partners/{partner_id}/work-decisions": lambda of: {
        "decisions": [{"work_id": of.found["batch_id"], "decision": "hold", "rationale": "x"}]
    },
    "POST /v1/outside-events": lambda of: OUTSIDE | {"partner_id": of.id},
    "POST /v1/outside-events/{outside_event_id}/withdrawal": lambda of: WHY,
    "POST /v1/partner-exits": lambda of: {"partner_id": of.id} | WHY,
    "POST /v1/partner-exits/{partner_exit_id}/answers": lambda of: {
        "answers": [{"item": "samples", "verdict": "done", "evidence": "0" * 64}]
    },
    "POST /v1/partner-exits/{partner_exit_id}/abandonment": lambda of: WHY,
    "POST /v1/partner-mergers": lambda of: WHY | {
        "partner_id": of.id, "successor_id": str(uuid4()), "effective_on": "2036-01-31", "evidence": "0" * 64
    },
    "POST /v1/partner-unions": lambda of: WHY | {"partner_id": of.id, "other_id": str(uuid4())},
    "POST /v1/partner-unions/{partner_union_id}/cancellation": lambda of: WHY,
    "POST /v1/partner-unions/{partner_union_id}/split": lambda of: WHY,
    "POST /v1/partner-mergers/{partner_merger_id}/cancellation": lambda of: WHY,
    "POST /v1/legal-entities": lambda of: {"partner_id": of.id, "legal_name": f"Matrix {uuid4().hex}", "country": "SI"},
    "POST /v1/legal-entities/{legal_entity_id}/name": lambda of: {
        "legal_name": f"Matrix {uuid4().hex}", "valid_from": "2026-02-01"
    } | WHY,
    "POST /v1/legal-entities/{legal_entity_id}/end": lambda of: {"valid_to": "2026-02-02"} | WHY,
    "POST /v1/partners/{partner_id}/description": lambda of: {"website": "https://matrix.example"},
    "POST /v1/partners/{partner_id}/owner": lambda of: {"parent": "x", "effective_on": "2026-02-01"} | WHY,
    "POST /v1/identifiers": lambda of: {"partner_id": of.id, "scheme": "vat", "value": f"US{uuid4().hex[:15]}"},
    "POST /v1/identifiers/{identifier_id}/end": lambda of: {"valid_to": "2026-02-02"} | WHY,
    "POST /v1/identifiers/{identifier_id}/withdrawal": lambda of: WHY,
    "POST /v1/duplicates/{duplicate_id}/sameness": lambda of: WHY,
    "POST /v1/duplicates/{duplicate_id}/difference": lambda of: WHY,
    "POST /v1/contacts": lambda of: CONTACT | {"partner_id": of.id},
    "POST /v1/sites": lambda of: {
        "partner_id": of.id, "name": "Matrix", "country": "SI", "time_zone": "UTC", "activities": ["testing"]
    },
    "POST /v1/sites/{site_id}/correction": lambda of: {"premises": f"Street {uuid4().hex}"} | WHY,
    "POST /v1/sites/{site_id}/closing": lambda of: {"closing_on": "2036-01-31"} | WHY,
    "POST /v1/sites/{site_id}/closing-cancellation": lambda of: WHY,
    "POST /v1/lines": lambda of: LINE | {"site_id": of.site, "code": uuid4().hex, "activity": "drug_product"},
    "POST /v1/lines/{line_id}/use": lambda of: LINE,
    "POST /v1/lines/{line_id}/capacity": lambda of: {
        "effective_on": "2026-02-01", "capacity": str(uuid4().int % 10**6), "capacity_unit": "kg"
    },
    "POST /v1/lines/{line_id}/retirement": lambda of: {"valid_until": "2026-02-02"} | WHY,
    "POST /v1/sub-suppliers": lambda of: SUB_SUPPLIER | {"site_id": of.site, "supplier": uuid4().hex},
    "POST /v1/sub-suppliers/{sub_supplier_use_id}/judgement": lambda of: {
        "criticality": "minor", "audited_by": "third_party"
    },
    "POST /v1/sub-suppliers/{sub_supplier_use_id}/end": lambda of: {"ended_on": "2026-02-02"} | WHY,
    "POST /v1/site-transfers": lambda of: WHY | {
        "site_id": of.site, "buyer_id": str(uuid4()), "effective_on": "2036-01-31"
    },
    "POST /v1/site-transfers/{site_transfer_id}/cancellation": lambda of: WHY,
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
    "POST /v1/qualifications/{qualification_id}/reinstatement": lambda of: WHY,
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
    "POST /v1/inspections/{inspection_id}/scope": lambda of: {
        "country": "US", "product_kind": "chemical", "activities": ["testing"]
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
    "POST /v1/registrations/{registration_id}/application-type": lambda of: {"application_type": "other"} | WHY,
    "POST /v1/registrations/{registration_id}/withdrawal": lambda of: {"effective_on": "2036-02-02"} | WHY,
    "POST /v1/qp-capacities": lambda of: QP | {"site_ids": [of.site], "partner_id": of.id},
    "POST /v1/qp-capacities/{qp_capacity_id}/rejection": lambda of: WHY,
    "POST /v1/qp-capacities/{qp_capacity_id}/end": lambda of: {"valid_to": "2036-02-01"} | WHY,
    "POST /v1/qp-capacities/{qp_capacity_id}/withdrawal": lambda of: {"effective_on": "2026-02-02"} | WHY,
    "POST /v1/mutual-recognitions": lambda of: RECOGNITION | {"regime": "gb", "country": "SG"},
    "POST /v1/mutual-recognitions/{mutual_recognition_id}/check": lambda of: RECOGNITION,
    "POST /v1/mutual-recognitions/{mutual_recognition_id}/rejection": lambda of: WHY,
    "POST /v1/mutual-recognitions/{mutual_recognition_id}/end": lambda of: {"valid_to": "2036-02-01"} | WHY,
    "POST /v1/products/{product_id}/description": lambda of: {"kind": "bulk", "other_names": ["x"]},
    "POST /v1/partner-products": lambda of: {
        "partner_id": of.id, "product_id": of.product, "partner_code": uuid4().hex, "valid_from": "2026-02-01"
    },
    "POST /v1/partner-products/{partner_product_id}/end": lambda of: {"valid_to": "2026-02-02"} | WHY,
    "POST /v1/partner-products/{partner_product_id}/withdrawal": lambda of: WHY,
    "POST /v1/products": lambda of: {"code": f"M-{uuid4().hex[:8]}", "name": "Matrix", "dosage_form": "tablet"},
}  # fmt: skip
NO_BODY = {
    "POST /v1/partner-exits/{partner_exit_id}/completion",
    "POST /v1/partner-mergers/{partner_merger_id}/agreement",
    "POST /v1/partner-unions/{partner_union_id}/confirmation",
    "POST /v1/contacts/{contact_id}/end",
    "POST /v1/inspections/{inspection_id}/closure",
    *(f"POST /v1/qualifications/{{qualification_id}}/{step}" for step in ("assessment", "endorsement", "approval")),
    "POST /v1/risk-assessments/{risk_assessment_id}/second-signature",
    "POST /v1/segmentations/{segmentation_id}/confirmation",
    "POST /v1/oversight-plans/{oversight_plan_id}/acknowledgement",
    "POST /v1/mutual-recognitions/{mutual_recognition_id}/confirmation",
    "POST /v1/qp-capacities/{qp_capacity_id}/confirmation",
}


def _approved(of: Company) -> dict[str, str]:
    return {"site_id": of.site, "activity": "drug_product", "valid_from": "2026-02-01"}
