"""One trace from a request to what its fact's fact causes."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from notes.behind_http import Notes
from notes.consumers import ECHO


@pytest.fixture(scope="module")
def spans() -> Iterator[InMemorySpanExporter]:
    """Every span of this process. A process has one provider for good, so others may see these spans too."""
    exporter = InMemorySpanExporter()
    if not isinstance(trace.get_tracer_provider(), TracerProvider):
        trace.set_tracer_provider(TracerProvider())
    provider = trace.get_tracer_provider()
    assert isinstance(provider, TracerProvider)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    yield exporter
    exporter.shutdown()


def trace_of(traceparent: str) -> str:
    return traceparent.split("-")[1]


def span_of(spans: InMemorySpanExporter, traceparent: str) -> ReadableSpan:
    wanted = int(traceparent.split("-")[2], 16)
    return next(span for span in spans.get_finished_spans() if span.context and span.context.span_id == wanted)


async def test_request_outbox_kafka_consumer_and_its_outbox_share_a_trace(
    notes: Notes, spans: InMemorySpanExporter
) -> None:
    begun = f"00-{uuid4().hex}-{uuid4().hex[:16]}-01"
    note = (await notes.client.post("/notes", json={"text": "n"})).json()["id"]
    answer = await notes.client.post(f"/notes/{note}/issue", json={"reason": ECHO}, headers={"traceparent": begun})
    assert answer.status_code == 200
    outbox = "SELECT id, traceparent, causation_id, correlation_id FROM outbox WHERE key = $1 ORDER BY position"

    async def both() -> list[object] | None:
        rows = await notes.installation.rows(outbox, note)
        return rows[1:] if len(rows) == 3 else None

    issued, echoed = await notes.installation.eventually(both)
    assert trace_of(issued["traceparent"]) == trace_of(echoed["traceparent"]) == trace_of(begun)
    assert (echoed["causation_id"], echoed["correlation_id"]) == (str(issued["id"]), issued["correlation_id"])
    request, handling = span_of(spans, issued["traceparent"]), span_of(spans, echoed["traceparent"])
    assert request.kind is trace.SpanKind.SERVER
    assert handling.kind is trace.SpanKind.CONSUMER
    assert handling.parent is not None
    assert request.context is not None
    assert handling.parent.span_id == request.context.span_id

    async def in_kafka() -> dict[str, bytes] | None:
        for record in await notes.installation.log("partner-registry.partner"):
            headers = dict(record.headers)
            if headers["ce_id"].decode() == str(issued["id"]):
                return headers
        return None

    headers = await notes.installation.eventually(in_kafka)
    assert headers["ce_traceparent"].decode() == issued["traceparent"]
