"""One trace from a laboratory's message to the KPI that it moves, across four services, four databases and Kafka."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

BATCH_START = "io.entente.feed.BatchStart.v1"
BATCH_COMPLETION = "io.entente.feed.BatchCompletion.v1"


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    """Every span of this process from now on."""
    exporter = InMemorySpanExporter()
    if not isinstance(trace.get_tracer_provider(), TracerProvider):
        trace.set_tracer_provider(TracerProvider())
    provider = trace.get_tracer_provider()
    assert isinstance(provider, TracerProvider)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    yield exporter
    exporter.shutdown()


async def made(running: Any, path: str, body: Any, eventually: Any) -> dict[str, Any]:
    """POST until the service has heard of what the body names."""

    async def created() -> dict[str, Any] | None:
        answer = await running.client.post(path, json=body)
        if answer.status_code >= 300 and "unknown" not in answer.text:
            pytest.fail(f"{path}: {answer.text}")
        found: dict[str, Any] | None = answer.json() if answer.status_code < 300 else None
        return found

    found: dict[str, Any] = await eventually(created, 30)
    return found


def event(kind: str, product: str, lot: str, **data: Any) -> dict[str, Any]:
    """One record of a MES as a CloudEvent."""
    body = {"record_id": f"{lot}-{kind}", "occurred_at": "2026-01", "lot": {"material": product, "number": lot}}
    return {"specversion": "1.0", "id": uuid4().hex, "source": "/mes", "type": kind, "data": body | data}


async def test_a_feed_request_and_the_kpi_it_moves_share_a_trace(
    launch: Any, eventually: Any, spans: InMemorySpanExporter
) -> None:
    services = ("partner_registry", "partner_feeds", "quality_events", "kpi")
    registry, feeds, _, _ = [await launch(package) for package in services]
    code = uuid4().hex[:12]
    company = {"legal_name": f"Traced {code}", "kind": "cmo", "country": "SI"}
    partner = await made(registry, "/partners", company, eventually)
    site = {"partner_id": partner["id"], "name": "Plant", "country": "SI", "time_zone": "Europe/Ljubljana"}
    site = await made(registry, "/sites", site | {"activities": ["drug_product"]}, eventually)
    await made(registry, "/products", {"code": code, "name": "Traced tablet", "dosage_form": "tablet"}, eventually)
    feed = {"code": code, "partner_id": partner["id"], "site_id": site["id"], "kind": "mes", "format": "cloudevents"}
    await made(feeds, "/feeds", feed, eventually)

    begun = uuid4().hex
    headers = {"Content-Type": "application/cloudevents-batch+json"}

    async def taken() -> bool:
        lot = uuid4().hex[:8]
        batch = [event(BATCH_START, code, lot), event(BATCH_COMPLETION, code, lot, yield_percent=97)]
        traced = headers | {"traceparent": f"00-{begun}-{uuid4().hex[:16]}-01"}
        answer = await feeds.client.post(f"/feeds/{code}/messages", json=batch, headers=traced)
        return bool(answer.status_code == 202 and answer.json()["accepted"] == 2)

    await eventually(taken, 30)

    async def through() -> bool:
        ours = [
            span
            for span in spans.get_finished_spans()
            if span.context and trace.format_trace_id(span.context.trace_id) == begun
        ]
        asked = any(span.name.startswith("POST") and span.name.endswith("/messages") for span in ours)
        given = [span.attributes or {} for span in ours]
        handled = {(each.get("messaging.consumer.group.name"), each.get("entente.fact.type")) for each in given}
        heard = ("quality-events", "io.entente.BatchCompletionReported.v1") in handled
        return asked and heard and ("kpi", "io.entente.BatchManufactured.v1") in handled

    await eventually(through, 30)
