"""Which spans go to whoever keeps them."""

from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind

from telemetry.exporting import Caused


def test_a_statement_that_nothing_led_to_is_not_told_of() -> None:
    kept, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(Caused(kept))
    tracer = provider.get_tracer("test")
    with tracer.start_as_current_span("a look for work", kind=SpanKind.CLIENT):
        pass
    with (
        tracer.start_as_current_span("GET /v1/lots/{id}", kind=SpanKind.SERVER),
        tracer.start_as_current_span("its statement", kind=SpanKind.CLIENT),
    ):
        pass
    with tracer.start_as_current_span("process partner-registry.product", kind=SpanKind.CONSUMER):
        pass
    provider.shutdown()
    told = [each.name for each in kept.get_finished_spans()]
    assert told == ["its statement", "GET /v1/lots/{id}", "process partner-registry.product"]
