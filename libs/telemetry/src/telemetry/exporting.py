"""Where spans go, and how a line of the log says to which trace it belongs."""

import os
from collections.abc import MutableMapping
from typing import Any

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.asyncpg import AsyncPGInstrumentor
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor


def name_process(factory: str) -> None:
    """What OpenTelemetry calls service.name is the package that a process runs, unless the environment says another."""
    os.environ.setdefault("OTEL_SERVICE_NAME", factory.partition(".")[0].replace("_", "-"))


class Caused(BatchSpanProcessor):
    """Exports spans, but of statements those alone that a request or a fact led to.

    A process that waits for work asks its database some forty times a second: nobody looks for those, and they would
    be nearly all that a store of traces holds.
    """

    def on_end(self, span: ReadableSpan) -> None:
        """Pass on what ended, unless it is a statement that nothing led to."""
        if span.parent or span.kind is not trace.SpanKind.CLIENT:
            super().on_end(span)


def export_spans() -> None:
    """To OTLP, where the standard variables name an endpoint."""
    if os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT") or os.environ.get("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"):
        provider = TracerProvider()
        provider.add_span_processor(Caused(OTLPSpanExporter()))
        trace.set_tracer_provider(provider)
        AsyncPGInstrumentor().instrument()  # type: ignore[no-untyped-call]


def with_trace(_: Any, __: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Add the trace to a line of the log."""
    context = trace.get_current_span().get_span_context()
    if context.is_valid:
        entry["trace_id"] = trace.format_trace_id(context.trace_id)
    return entry
