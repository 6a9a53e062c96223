"""Logs, traces and what links them. Nothing here carries a secret, or a person's data beyond the subject id."""

import logging
import os
from collections.abc import Iterator, MutableMapping, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import structlog
from opentelemetry import propagate, trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.asyncpg import AsyncPGInstrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from contracts import Fact, Recorded

tracer = trace.get_tracer("entente")


def _with_trace(_: Any, __: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    context = trace.get_current_span().get_span_context()
    if context.is_valid:
        entry["trace_id"] = trace.format_trace_id(context.trace_id)
    return entry


def configure() -> None:
    """JSON log lines on standard error, and spans to OTLP where the standard variables name an endpoint. Idempotent."""
    if structlog.is_configured():
        return
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _with_trace,
            structlog.processors.format_exc_info,  # without the frames' variables: they hold tokens and bodies
            structlog.processors.JSONRenderer(default=str),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(os.environ.get("ENTENTE_LOG_LEVEL", "info")),
        logger_factory=structlog.WriteLoggerFactory(file=open(2, "w", closefd=False)),  # noqa: SIM115
    )
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    if os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT") or os.environ.get("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"):
        provider = TracerProvider()
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        trace.set_tracer_provider(provider)
        AsyncPGInstrumentor().instrument()  # type: ignore[no-untyped-call]


@contextmanager
def consuming(service: str, facts: Sequence[Recorded[Fact]]) -> Iterator[dict[UUID, str]]:
    """Spans around the handling of facts, each a child of what recorded its fact.

    Gives the ``traceparent`` by fact, so that what a fact causes continues that fact's trace also out of a batch.
    """
    spans = {
        fact.id: tracer.start_span(
            f"{service} handle {fact.type}",
            context=propagate.extract({"traceparent": fact.traceparent}),
            kind=trace.SpanKind.CONSUMER,
            attributes={"messaging.system": "kafka", "messaging.message.id": str(fact.id), "entente.key": fact.key},
        )
        for fact in facts
        if fact.traceparent
    }
    try:
        yield {id: _traceparent(span) for id, span in spans.items()}
    finally:
        for span in spans.values():
            span.end()


def _traceparent(span: trace.Span) -> str:
    carrier: dict[str, str] = {}
    propagate.inject(carrier, trace.set_span_in_context(span))
    return carrier.get("traceparent", "")


def current_traceparent() -> str | None:
    """The W3C trace context of what runs now, or None outside a trace."""
    return _traceparent(trace.get_current_span()) or None
