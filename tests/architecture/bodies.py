"""What is sent in the access matrix: an example of every body, of whose world it is."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import uuid4

from tests.architecture import bodies_contracting, bodies_methods, bodies_quality, bodies_registry, bodies_transfer
from tests.architecture.examples import ENTITLEMENT, LIMIT, MAPPING, METHOD, WHY, Example, event
from tests.architecture.owned import OWNED, Company

KPI = {
    "name": "Deviations", "family": "quality", "description": "Deviations for each batch", "kind": "ratio",
    "numerator": "deviation", "denominator": "batch_manufactured", "unit": "1", "direction": "lower",
    "source": "ICH Q10",
}  # fmt: skip
OF_A_TEST = {"test": LIMIT["test"], "stage": LIMIT["stage"]}
ORDERED = OF_A_TEST | {"method": LIMIT["method"]}
MEASURED = {"test": "assay", "value": "99.0", "unit": "%"}
TYPED_AGAIN = {"occurred_at": "2026-03-03", "results": [MEASURED]}
OF_OTHERS = bodies_registry.BODIES | bodies_quality.BODIES | bodies_transfer.BODIES | bodies_methods.BODIES
OF_OTHERS |= bodies_contracting.BODIES
BODIES: dict[str, Example] = OF_OTHERS | {
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
    "POST /v1/specifications": lambda of: {"product": of.code, "limits": [LIMIT]},
    "POST /v1/specifications/{specification_id}/registered-version": lambda of: WHY | {"registered_version": "x"},
    "POST /v1/specifications/{specification_id}/withdrawal": lambda of: WHY,
    "POST /v1/contradictions/{contradiction_id}/assignment": lambda of: {"owner": "petra"},
    "POST /v1/contradictions/{contradiction_id}/settlement": lambda of: WHY,
    "POST /v1/results/{result_id}/assignment": lambda of: {"owner": "petra"},
    "POST /v1/results/{result_id}/interpretation": lambda of: {"test": "assay"} | WHY,
    "POST /v1/results/{result_id}/exemption": lambda of: WHY,
    "POST /v1/results/{result_id}/return": lambda of: WHY,
    "POST /v1/results/{result_id}/amendment": lambda of: WHY | {"value": "99.2", "unit": "%"},
    "POST /v1/result-sets/{result_set_id}/review": lambda of: {"raw_data_seen": True},
    "POST /v1/result-sets/{result_set_id}/return": lambda of: WHY,
    "POST /v1/certificates-of-analysis": lambda of: {
        "lot_id": of.found["lot_id"], "market": "AT", "specification_id": of.found["specification_id"],
    },
    "POST /v1/certificates-of-analysis/{coa_id}/withdrawal": lambda of: WHY,
    "POST /v1/methods": lambda of: METHOD | {"code": f"M-{uuid4().hex[:8]}", "product": of.code},
    "POST /v1/methods/{method_id}/withdrawal": lambda of: WHY,
    "POST /v1/entitlements": lambda of: ENTITLEMENT | {
        "method_id": of.found["method_id"], "laboratory_site_id": of.site,
    },
    "POST /v1/test-orders": lambda of: {
        "lot": {"site_id": of.site, "material": of.code, "number": of.lot}, "laboratory_site_id": of.site,
        "tests": [ORDERED | {"specification_id": of.found["specification_id"], "method": of.name}],
        "agreed_working_days": 5,
    },
    "POST /v1/data-integrity-flags/{data_integrity_flag_id}/answer": lambda of: {"explanation": "no network"},
    "POST /v1/data-integrity-flags/{data_integrity_flag_id}/acceptance": lambda of: WHY,
    "POST /v1/data-integrity-flags/{data_integrity_flag_id}/confirmation": lambda of: WHY,
    "POST /v1/test-orders/{test_order_id}/issue": lambda of: {"not_yet_qualified_reason": "signed this week"},
    "POST /v1/test-orders/{test_order_id}/refusal": lambda of: WHY,
    "POST /v1/test-orders/{test_order_id}/not-tested": lambda of: OF_A_TEST | WHY,
    "POST /v1/test-orders/{test_order_id}/not-tested-decision": lambda of: OF_A_TEST | WHY | {"accepted": True},
    "POST /v1/test-orders/{test_order_id}/cancellation": lambda of: WHY,
    "POST /v1/transcriptions": lambda of: {
        "lot": {"site_id": of.site, "material": of.code, "number": of.lot}, "laboratory_site_id": of.site,
        "stage": "release", "occurred_at": "2026-03-03", "certificate_digest": "c" * 64, "results": [MEASURED],
    },
    "POST /v1/transcriptions/{transcription_id}/verification": lambda of: TYPED_AGAIN | {"lot_number": of.lot},
    "POST /v1/transcriptions/{transcription_id}/retyping": lambda of: TYPED_AGAIN | {"lot_number": of.lot},
    "POST /v1/transcriptions/{transcription_id}/withdrawal": lambda of: WHY,
    "POST /v1/results": lambda of: {
        "lot": {"site_id": of.site, "material": of.code, "number": of.lot}, "laboratory_site_id": of.site,
        "test": "assay", "stage": "release", "value": "99.0", "unit": "%", "occurred_at": "2026-03-03",
    },
}  # fmt: skip
NO_BODY = (
    bodies_registry.NO_BODY
    | bodies_quality.NO_BODY
    | bodies_transfer.NO_BODY
    | bodies_methods.NO_BODY
    | bodies_contracting.NO_BODY
    | {
        "POST /v1/events/tickets",
        "POST /v1/mappings/{mapping_id}/approval",
        "POST /v1/messages/{message_id}/replay",
        "POST /v1/specifications/{specification_id}/approval",
        "POST /v1/result-sets/{result_set_id}/approval",
        "POST /v1/certificates-of-analysis/{coa_id}/issue",
        "POST /v1/test-orders/{test_order_id}/acceptance",
    }
)
CONTENT = {
    "POST /v1/feeds/{feed}/messages": "application/cloudevents-batch+json",
    "POST /v1/documents": "application/pdf",
    "POST /v1/mappings": "application/yaml",
    "POST /v1/mappings/{mapping_id}/checks": "text/csv",
}

QUERY: dict[str, Callable[[Company], str]] = {
    "GET /v1/agreements/in-force": lambda of: f"site_id={of.site}",
    "GET /v1/price-lists/{price_list_id}/cost": lambda of: f"product_id={of.product}&quantity=1000&unit=1",
    "POST /v1/documents": lambda of: "file_name=x.pdf",
    "GET /v1/sites/approved": lambda of: "activity=drug_product",
    "GET /v1/registrations/answer": lambda of: (
        f"product_id={of.product}&market=AT&activity=drug_product&site_id={of.site}"
    ),
    "GET /v1/qp-capacities/answer": lambda of: f"subject=x&regime=eu_eea&site_id={of.site}",
    "GET /v1/site-risks/answer": lambda of: f"site_id={of.site}",
    "GET /v1/segmentations/answer": lambda of: f"partner_id={of.id}",
    "GET /v1/oversight-plans/answer": lambda of: f"site_id={of.site}",
    "GET /v1/mutual-recognitions/answer": lambda of: "regime=gb&country=SG&covers=inspection&product_kind=x",
    "GET /v1/batch-registers/lines": lambda of: "legal_entity=x&regime=eu_eea",
}
"""What is asked of routes that cannot be asked without."""


def body_of(route: str, method: str, target: Company) -> str | None:
    """What is sent. Fails for a route without an example."""
    if method == "GET" or route in NO_BODY:
        return None
    assert route in BODIES, f"an example of a body for {route} is missing in bodies.py"
    sent = BODIES[route](target)
    return sent if isinstance(sent, str) else json.dumps(sent)


def _nobody() -> Company:
    nobody = Company("Nihil Ltd", "cmo", id=str(uuid4()), site=str(uuid4()), product=str(uuid4()))
    nobody.code, nobody.lot, nobody.feed = "NOBODY-5", "nobody 0001", "nobody-mes"
    nobody.found = {name: str(uuid4()) for name in OWNED} | {"feed": nobody.feed, "digest": uuid4().hex * 2}
    return nobody


NOBODY = _nobody()
"""Ids and names that there are nowhere."""
