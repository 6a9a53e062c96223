"""Traces, from a request over facts to what they lead to in other services."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from uuid import UUID

from opentelemetry import propagate, trace

from contracts import Fact, Recorded, contract_of

tracer = trace.get_tracer("entente")


@contextmanager
def consuming(service: str, facts: Sequence[Recorded[Fact]]) -> Iterator[dict[UUID, str]]:
    """Spans around the handling of facts, each a child of what recorded its fact.

    Gives the ``traceparent`` by fact, so that what a fact causes continues that fact's trace also out of a batch.
    """
    spans = {
        fact.id: tracer.start_span(
            f"process {contract_of(type(fact.fact)).topic}",
            context=propagate.extract({"traceparent": fact.traceparent}),
            kind=trace.SpanKind.CONSUMER,
            attributes=_attributes(service, fact),
        )
        for fact in facts
        if fact.traceparent
    }
    try:
        yield {id: _traceparent(span) for id, span in spans.items()}
    finally:
        for span in spans.values():
            span.end()


def _attributes(service: str, fact: Recorded[Fact]) -> dict[str, str]:
    return {
        "messaging.system": "kafka",
        "messaging.operation.name": "process",
        "messaging.operation.type": "process",
        "messaging.destination.name": contract_of(type(fact.fact)).topic,
        "messaging.consumer.group.name": service,
        "messaging.message.id": str(fact.id),
        "messaging.message.conversation_id": fact.correlation_id,
        "messaging.kafka.message.key": fact.key,
        "entente.fact.type": fact.type,
    }


def _traceparent(span: trace.Span) -> str:
    carrier: dict[str, str] = {}
    propagate.inject(carrier, trace.set_span_in_context(span))
    return carrier.get("traceparent", "")


def current_traceparent() -> str | None:
    """The W3C trace context of what runs now, or None outside a trace."""
    return _traceparent(trace.get_current_span()) or None
