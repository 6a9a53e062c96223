"""An example of every body that quality_events takes, of whose world it is."""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from uuid import uuid4

from tests.architecture.examples import (
    ASSESSED,
    AUDIT,
    AUDITED,
    CHANGE,
    COMPLAINT,
    CONDUCTED,
    LIMITS,
    RECALL,
    RECORD,
    WHY,
    Example,
)

_KNOWN = datetime.fromisoformat(COMPLAINT["received_at"])
STATED = {"market": "US", "condition": "excursions_decided", "statement": "x", "evidence": "0b" * 32}
_DAYS = count()
CONFIRMED = {"conclusion": "confirmed", "cause": "x", "evidence": "x"}
EXPLAINED = {"conclusion": "explained", "cause": "x", "evidence": "x"}
DECIDED = {"readiness_digest": "0" * 64, "justification": "x"}


def _next_days() -> dict[str, str]:
    """A period that no earlier review has."""
    day = str(date(2001, 1, 1) + timedelta(next(_DAYS)))
    return {"period_from": day, "period_to": day}


BODIES: dict[str, Example] = {
    "POST /v1/batches": lambda of: {
        "site_id": of.site, "material": of.code, "number": f"M {uuid4().hex}", "started_at": "2026-03-01"
    },
    "POST /v1/batches/{batch_id}/completion": lambda of: {"completed_at": "2026-03-02"},
    "POST /v1/batches/{batch_id}/termination": lambda of: WHY,
    "POST /v1/batches/{batch_id}/description": lambda of: {"work_order": "WO-1", "expiry_date": "2029-03"},
    "POST /v1/batches/{batch_id}/intent": lambda of: {"markets": ["SI"]},
    "POST /v1/batches/{batch_id}/stage": lambda of: {
        "step": "compression", "site_id": of.site, "started_at": "2026-02-02", "ended_at": "2026-02-03"
    },
    "POST /v1/batches/{batch_id}/parents": lambda of: {
        "kind": "consumed",
        "parents": [{"batch_id": of.found["batch_id"], "quantity": {"value": "1", "unit": "kg"}}],
    },
    "POST /v1/batches/{batch_id}/late-stage": lambda of: {
        "step": "compression", "site_id": of.site, "started_at": "2026-02-02", "ended_at": "2026-02-03"
    },
    "POST /v1/batches/{batch_id}/late-parents": lambda of: {
        "kind": "consumed",
        "parents": [{"batch_id": of.found["batch_id"], "quantity": {"value": "1", "unit": "kg"}}],
    },
    "POST /v1/batches/{batch_id}/record": lambda of: RECORD | {"digest": uuid4().hex * 2},
    "POST /v1/batches/{batch_id}/record-review": lambda of: WHY | {"digest": "0b" * 32},
    "POST /v1/batches/{batch_id}/record-revision": lambda of: RECORD | {"digest": uuid4().hex * 2},
    "POST /v1/batches/{batch_id}/record-set-aside": lambda of: {"reported_record_id": str(uuid4())} | WHY,
    "POST /v1/batch-holds": lambda of: {"batch_id": of.found["batch_id"], "markets": ["SI"]} | WHY,
    "POST /v1/batch-holds/{batch_hold_id}/lifting": lambda of: WHY,
    "POST /v1/stages": lambda of: {
        "batch_id": of.found["batch_id"], "site_id": of.site, "step": "packaging",
        "planned_quantity": {"value": "8000", "unit": "{pack}"},
    },
    "POST /v1/stages/{partner_stage_id}/start": lambda of: {"started_at": "2026-03-04", "equipment": ["BLISTER-02"]},
    "POST /v1/stages/{partner_stage_id}/end": lambda of: {
        "started_at": "2026-03-04", "ended_at": "2026-03-05", "equipment": ["BLISTER-02"],
        "actual_quantity": {"value": "7900", "unit": "{pack}"},
    },
    "POST /v1/stages/{partner_stage_id}/confirmation": lambda of: {"record_version": "P-1", "digest": "0d" * 32},
    "POST /v1/stages/{partner_stage_id}/review": lambda of: WHY | {"digest": "0d" * 32},
    "POST /v1/stages/{partner_stage_id}/giving-back": lambda of: WHY,
    "POST /v1/stages/{partner_stage_id}/taking-back": lambda of: WHY,
    "POST /v1/stages/{partner_stage_id}/withdrawal": lambda of: WHY,
    "POST /v1/process-excursions/{process_excursion_id}/decision": lambda of: WHY | {
        "outcome": "no_impact", "source_revision": 1,
    },
    "POST /v1/process-excursions/{process_excursion_id}/reopening": lambda of: WHY,
    "POST /v1/process-limits": lambda of: LIMITS | {"material": of.code, "partner_id": of.id, "site_id": of.site},
    "POST /v1/process-limits/{process_limits_id}/rejection": lambda of: WHY,
    "POST /v1/process-limits/{process_limits_id}/withdrawal-proposal": lambda of: WHY | {"effective_on": "2026-03-01"},
    "POST /v1/process-limits/{process_limits_id}/withdrawal-refusal": lambda of: WHY,
    "POST /v1/limit-explanations": lambda of: {
        "batch_id": of.found["batch_id"], "deviation_id": of.found["deviation_id"],
        "limit_name": "yield of compression", "explanation": "x",
    },
    "POST /v1/limit-explanations/{limit_explanation_id}/withdrawal": lambda of: WHY,
    "POST /v1/deviations": lambda of: {
        "title": "Matrix", "category": "equipment", "site_id": of.site,
        "partner_aware_at": datetime.now(UTC).isoformat(), "lots": [{"material": of.code, "number": of.lot}],
    },
    "POST /v1/deviations/{deviation_id}/classification": lambda of: {"classification": "minor"} | WHY,
    "POST /v1/deviations/{deviation_id}/reclassification": lambda of: {"classification": "major"} | WHY,
    "POST /v1/deviations/{deviation_id}/awareness-acceptance": lambda of: WHY,
    "POST /v1/deviations/{deviation_id}/shared-equipment": lambda of: WHY
    | {"shared_equipment": ["PRESS-07"], "since": "2026-03-02"},
    "POST /v1/deviations/{deviation_id}/investigation": lambda of: {},
    "POST /v1/deviations/{deviation_id}/investigation-results": lambda of: {"impact": "none"},
    "POST /v1/deviations/{deviation_id}/return": lambda of: WHY,
    "POST /v1/deviations/{deviation_id}/cancellation": lambda of: WHY,
    "POST /v1/deviations/{deviation_id}/cancellation-proposal": lambda of: WHY,
    "POST /v1/deviations/{deviation_id}/cancellation-refusal": lambda of: WHY,
    "POST /v1/deviations/{deviation_id}/cancellation-withdrawal": lambda of: WHY,
    "POST /v1/deviations/{deviation_id}/late-amendment-answer": lambda of: {"revision": 2} | WHY,
    "POST /v1/deviations/{deviation_id}/linked-events": lambda of: {
        "kind": "change", "event_id": of.found["change_id"],
    },
    "POST /v1/deviations/{deviation_id}/linked-event-withdrawal": lambda of: {
        "kind": "change", "event_id": of.found["change_id"],
    } | WHY,
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
    "POST /v1/audits/{site_audit_id}/conduct": lambda of: CONDUCTED,
    "POST /v1/audits/{site_audit_id}/report": lambda of: AUDITED,
    "POST /v1/audits/{site_audit_id}/remarks": lambda of: {"remark": "x"},
    "POST /v1/audit-findings/{audit_finding_id}/response": lambda of: {
        "actions": [{"cause": "x", "action": "x", "due_on": "2099-03-02"}]
    },
    "POST /v1/audit-findings/{audit_finding_id}/rejection": lambda of: WHY,
    "POST /v1/audit-findings/{audit_finding_id}/verification": lambda of: {},
    "POST /v1/changes": lambda of: CHANGE | {"site_id": of.site, "products": [of.code]},
    "POST /v1/changes/{change_id}/classification": lambda of: {"classification": "minor"},
    "POST /v1/changes/{change_id}/assessment": lambda of: ASSESSED,
    "POST /v1/changes/{change_id}/reassessment": lambda of: {"markets": ASSESSED["markets"]} | WHY,
    "POST /v1/changes/{change_id}/refusal": lambda of: WHY,
    "POST /v1/changes/{change_id}/site-refusal": lambda of: WHY,
    "POST /v1/changes/{change_id}/implementation": lambda of: {"first_batch_id": of.found["batch_id"]},
    "POST /v1/changes/{change_id}/emergency-implementation": lambda of: {
        "first_batch_id": of.found["batch_id"], "emergency_reason": "x"
    },
    "POST /v1/changes/{change_id}/check": lambda of: {"outcome": "effective", "finding": "x"},
    "POST /v1/changes/{change_id}/reversal": lambda of: {"reverted_on": "2026-02-04"},
    "POST /v1/changes/{change_id}/filings": lambda of: {
        "market": "US", "kind": "submitted", "happened_on": "2026-02-04", "reference": "x"
    },
    "POST /v1/complaints": lambda of: COMPLAINT | {"batch_id": of.found["batch_id"]},
    "POST /v1/complaints/{complaint_id}/triage": lambda of: {"category": "quality", "severity": "minor"},
    "POST /v1/complaints/{complaint_id}/batch": lambda of: {"batch_id": of.found["batch_id"]},
    "POST /v1/complaints/{complaint_id}/investigation": lambda of: {
        "findings": "x", "retention_sample": "x", "evidence": "0" * 64
    },
    "POST /v1/complaints/{complaint_id}/answer": lambda of: {"substantiated": None, "answer": "x"},
    "POST /v1/authority-notifications": lambda of: {
        "cause_type": "complaint", "cause_id": of.found["complaint_id"], "market": "GB",
        "aware_at": (_KNOWN - (datetime.now(UTC) - _KNOWN)).isoformat(),  # each time it was known earlier than before
    },
    "POST /v1/authority-notifications/{authority_notification_id}/submission": lambda of: {
        "reference": "x", "submitted_at": COMPLAINT["received_at"]
    },
    "POST /v1/authority-notifications/{authority_notification_id}/waiver-proposal": lambda of: WHY,
    "POST /v1/recalls": lambda of: RECALL | {"batch_ids": [of.found["batch_id"]], "health_hazard": "x"},
    "POST /v1/recalls/{recall_id}/refusal": lambda of: WHY,
    "POST /v1/recalls/{recall_id}/line": lambda of: {
        "batch_id": of.found["batch_id"], "market": "AT", "distributed": {"value": "1", "unit": "kg"}
    },
    "POST /v1/recalls/{recall_id}/reconciliation": lambda of: {"effectiveness": "x"},
    "POST /v1/oos-investigations/{investigation_id}/invalidation-proposal": lambda of: {"cause": "x", "evidence": "y"},
    "POST /v1/oot-investigations/{oot_investigation_id}/conclusion-proposal": lambda of: EXPLAINED,
    "POST /v1/oot-investigations/{oot_investigation_id}/conclusion-return": lambda of: WHY,
    "POST /v1/oot-investigations/{oot_investigation_id}/phase-2": lambda of: WHY,
    "POST /v1/oot-investigations/{oot_investigation_id}/conclusion": lambda of: EXPLAINED,
    "POST /v1/oos-investigations/{investigation_id}/retest-plan": lambda of: {
        "retests": 0, "original_analyst": "x", "no_retests_reason": "x"
    },
    "POST /v1/oos-investigations/{investigation_id}/retest-plan-return": lambda of: WHY,
    "POST /v1/oos-investigations/{investigation_id}/invalidation-return": lambda of: WHY,
    "POST /v1/oos-investigations/{investigation_id}/phase-2": lambda of: WHY,
    "POST /v1/oos-investigations/{investigation_id}/reopening": lambda of: WHY | {"evidence": "y"},
    "POST /v1/oos-investigations/{investigation_id}/conclusion": lambda of: CONFIRMED,
    "POST /v1/readiness-statements": lambda of: STATED | {"batch_id": of.found["batch_id"]},
    "POST /v1/readiness-statements/{readiness_statement_id}/withdrawal": lambda of: WHY,
    "POST /v1/dispositions/{disposition}/confirmation": lambda of: {"stages": ["making"], "deviations": []},
    "POST /v1/dispositions/{disposition}/release": lambda of: DECIDED,
    "POST /v1/dispositions/{disposition}/release-for-processing": lambda of: DECIDED | {"follow_up_on": "2036-01-31"},
    "POST /v1/dispositions/{disposition}/follow-up": lambda of: WHY | {"readiness_digest": "0b" * 32},
    "POST /v1/dispositions/{disposition}/rejection": lambda of: DECIDED,
    "POST /v1/dispositions/{disposition}/stop": lambda of: DECIDED | {"impact": "x"},
    "POST /v1/dispositions/{disposition}/resumption": lambda of: DECIDED | {"impact": "x"},
    "POST /v1/product-quality-reviews": lambda of: {
        "site_ids": [of.site], "product_id": of.product, **_next_days()
    },
    "POST /v1/product-quality-reviews/{product_review_id}/parts": lambda of: {"section": "stability", "text": "x"},
    "POST /v1/product-quality-reviews/{product_review_id}/return": lambda of: WHY,
    "POST /v1/product-quality-reviews/{product_review_id}/cancellation": lambda of: WHY,
    "POST /v1/hold-proposals": lambda of: {"batch_id": of.found["batch_id"]} | WHY,
    "POST /v1/hold-proposals/{hold_proposal}/placement": lambda of: {"markets": ["SI"]} | WHY,
    "POST /v1/hold-proposals/{hold_proposal}/refusal": lambda of: WHY,
    "POST /v1/distribution-impacts": lambda of: {
        "batch_id": of.found["batch_id"], "market": "GB", "cause_type": "complaint",
        "cause_id": of.found["complaint_id"],
    },
    "POST /v1/distribution-impacts/{distribution_impact}/assessment": lambda of: {
        "outcome": "none", "assessment": "x"
    },
}  # fmt: skip
NO_BODY = {
    "POST /v1/deviations/{deviation_id}/acknowledgement",
    "POST /v1/process-limits/{process_limits_id}/confirmation",
    "POST /v1/process-limits/{process_limits_id}/withdrawal",
    "POST /v1/deviations/{deviation_id}/approval-request",
    "POST /v1/deviations/{deviation_id}/cancellation-agreement",
    "POST /v1/deviations/{deviation_id}/closure",
    "POST /v1/capas/{capa_id}/plan-approval",
    "POST /v1/audits/{site_audit_id}/confirmation",
    "POST /v1/changes/{change_id}/approval",
    "POST /v1/changes/{change_id}/site-approval",
    "POST /v1/recalls/{recall_id}/quality-approval",
    "POST /v1/recalls/{recall_id}/regulatory-approval",
    "POST /v1/recalls/{recall_id}/closure",
    "POST /v1/audit-findings/{audit_finding_id}/acceptance",
    "POST /v1/complaints/{complaint_id}/sharing",
    "POST /v1/product-quality-reviews/{product_review_id}/refresh",
    "POST /v1/product-quality-reviews/{product_review_id}/review",
    "POST /v1/product-quality-reviews/{product_review_id}/signature",
    "POST /v1/product-quality-reviews/{product_review_id}/site-signature",
    "POST /v1/complaints/{complaint_id}/safety-report",
    "POST /v1/authority-notifications/{authority_notification_id}/waiver",
    "POST /v1/capas/{capa_id}/implementation",
    "POST /v1/oos-investigations/{investigation_id}/notification",
    "POST /v1/oos-investigations/{investigation_id}/invalidation-approval",
    "POST /v1/oot-investigations/{oot_investigation_id}/conclusion-approval",
}
