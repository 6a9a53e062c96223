"""An example of every body that contracting takes, of whose world it is."""

from typing import Any
from uuid import uuid4

from tests.architecture.examples import WHY, Example
from tests.architecture.owned import Company

CLAUSE = {"code": "notify_oos", "kind": "deadline", "owes": "partner", "amounts": {"": 24}, "unit": "hours"}
CLAUSE |= {"start": "Oos.opened_at", "end": "Oos.notified_at"}
TELL = CLAUSE | {"code": "notify_deviation", "start": "Deviation.partner_aware_at", "end": "Deviation.sponsor_aware_at"}
REVIEW: dict[str, Any] = {"subject": "review"}
DIGEST = {"digest": "0" * 64}


def terms_of(company: Company, **more: Any) -> dict[str, Any]:
    """What an agreement with it says."""
    said = {"title": company.name, "sponsor_entity": "Sponsor", "partner_entity": company.name, "governing_law": "SI"}
    return said | {"site_ids": [company.site], "effective_from": "2099-01-31", "clauses": [CLAUSE, TELL]} | more


def draft_of(company: Company, **more: Any) -> dict[str, Any]:
    """A new quality agreement with it."""
    return {
        "kind": "quality",
        "partner_id": company.id,
        "stand_alone_reason": "x",
        "content": terms_of(company, **more),
    }


def prices_of(company: Company) -> dict[str, Any]:
    """What its product costs."""
    tiers = [{"from_quantity": "0", "price": "1.2500"}]
    line = {"product_id": company.product, "basis": "unit", "currency": "EUR", "mode": "all_units", "tiers": tiers}
    return {"partner_id": company.id, "title": company.name, "lines": [line]}


OWN_CLAUSE = {"code": "sterile_filters", "words": "Sterile filters"}
PDF = "%PDF-1.7\n% {}\n%%EOF\n"
"""A document, with whose it is."""
NO_BODY = {
    *(f"POST /v1/agreement-versions/{{agreement_version_id}}/{step}" for step in ("signature", "partner-signature")),
    *(f"POST /v1/agreement-drafts/{{agreement_draft_id}}/{step}" for step in ("submission", "discard")),
    *(f"POST /v1/joint-decisions/{{joint_decision_id}}/{step}" for step in ("consent", "withdrawal")),
}
BODIES: dict[str, Example] = {
    "POST /v1/documents": lambda of: PDF.format(of.name),
    "POST /v1/responsibility-clauses": lambda of: OWN_CLAUSE | {"code": f"matrix_{uuid4().hex[:8]}"},
    "POST /v1/responsibility-clauses/{own_clause}/retirement": lambda of: WHY,
    "POST /v1/agreement-versions/{agreement_version_id}/responsibilities": lambda of: {
        "cells": [{"code": "capa", "owner": "partner", "remark": of.name}]
    },
    "POST /v1/agreement-drafts": draft_of,
    "POST /v1/agreement-drafts/{agreement_draft_id}/content": lambda of: {"content": terms_of(of)},
    "POST /v1/agreement-versions/{agreement_version_id}/agreement": lambda of: DIGEST,
    "POST /v1/agreement-versions/{agreement_version_id}/partner-agreement": lambda of: DIGEST,
    "POST /v1/agreement-versions/{agreement_version_id}/return": lambda of: {
        "reasons": [{"part": "title", "why": "x"}]
    },
    "POST /v1/agreement-versions/{agreement_version_id}/withdrawal": lambda of: WHY,
    "POST /v1/agreement-versions/{agreement_version_id}/partner-withdrawal": lambda of: WHY,
    "POST /v1/agreements/{agreement_id}/notice": lambda of: WHY,
    "POST /v1/agreements/{agreement_id}/received-notice": lambda of: WHY | {"received_on": "2026-02-28"},
    "POST /v1/obligations/{obligation_id}/waiver": lambda of: WHY,
    "POST /v1/price-lists": prices_of,
    "POST /v1/price-lists/{price_list_id}/withdrawal": lambda of: WHY,
    "POST /v1/joint-decisions": lambda of: REVIEW | {"agreement_id": of.found["agreement_id"]},
    "POST /v1/joint-decisions/{joint_decision_id}/refusal": lambda of: WHY,
}
NO_BODY = {
    *(f"POST /v1/agreement-versions/{{agreement_version_id}}/{side}signature" for side in ("", "partner-")),
    *(f"POST /v1/agreement-drafts/{{agreement_draft_id}}/{step}" for step in ("submission", "discard")),
    *(f"POST /v1/joint-decisions/{{joint_decision_id}}/{step}" for step in ("consent", "withdrawal")),
}
