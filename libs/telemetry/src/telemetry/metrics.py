"""The instruments of the plumbing. One registry per process, which may run several services: each has its label.

Where OpenTelemetry's semantic conventions have a name it is that one, as it is written for Prometheus:
``http.server.request.duration`` in seconds is ``http_server_request_duration_seconds``. What they have no name for
begins with ``entente``. No label holds what somebody may invent: a route is its template, a reason a class.
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from prometheus_client import Counter, Gauge, Histogram

from telemetry.told import Told

SERVICE = "service_name"
_KAFKA = [SERVICE, "messaging_system", "messaging_operation_name"]
_FAST = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10)
"""The bounds that the conventions advise for what somebody waits for."""
_SLOW = (0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600)

REQUEST_SECONDS = Histogram(
    "http_server_request_duration_seconds",
    "Duration of HTTP server requests; event streams, which end when their reader leaves, are not among them",
    [SERVICE, "http_request_method", "http_route", "http_response_status_code", "error_type"],
    buckets=_FAST,
)
_SEND_SECONDS = Histogram(
    "messaging_client_operation_duration_seconds",
    "Duration of handing over a chunk of the outbox to Kafka, until it is acknowledged",
    [*_KAFKA, "error_type"],
    buckets=_FAST,
)
_SENT = Counter("messaging_client_sent_messages_total", "Facts that Kafka acknowledged", _KAFKA)
_CONSUMED = Counter(
    "messaging_client_consumed_messages_total", "Facts that were new to a handler", [*_KAFKA, "entente_fact_type"]
)
_PROCESS_SECONDS = Histogram(
    "messaging_process_duration_seconds",
    "Duration of applying a turn of one partition, in one transaction",
    [*_KAFKA, "error_type"],
    buckets=_FAST,
)
RELAY_ERRORS = Counter("entente_relay_errors_total", "Times that the relay could not go on for Kafka", [SERVICE])
RELAY_DELAY = Histogram(
    "entente_relay_delay_seconds",
    "From the recording of the oldest fact of a chunk to Kafka's acknowledgement; not of what is sent again",
    [SERVICE],
    buckets=_SLOW,
)
OUTBOX = Gauge("entente_outbox_facts", "Facts that are not in Kafka yet, or are to be sent again", [SERVICE])
OUTBOX_AGE = Gauge("entente_outbox_oldest_seconds", "How long the oldest new fact waits in the outbox", [SERVICE])
LAG = Gauge("entente_consumer_lag_facts", "Records in Kafka that are not applied yet; NaN while unknown", [SERVICE])
REWINDS = Counter("entente_consumer_rewinds_total", "Partitions read again from the beginning", [SERVICE])
PARKED = Told("entente_parked_facts", "Facts parked now, by the class of the error", ["error_type"])
PARKED_AGE = Gauge("entente_parked_oldest_seconds", "Age of the oldest parked fact", [SERVICE])
PARKED_TOTAL = Counter("entente_facts_parked_total", "Facts that were parked", [SERVICE, "error_type"])
SET_ASIDE = Gauge("entente_set_aside_records", "Records on which a timer failed, and that wait", [SERVICE])
FAILING = Gauge("entente_failing_seconds", "How long a job, or a partition, has been failing", [SERVICE, "entente_job"])


@contextmanager
def _timed(histogram: Histogram, service: str, operation: str) -> Iterator[None]:
    began, failed = time.perf_counter(), ""
    try:
        yield
    except Exception as error:
        failed = type(error).__name__
        raise
    finally:
        histogram.labels(service, "kafka", operation, failed).observe(time.perf_counter() - began)


def sending(service: str) -> AbstractContextManager[None]:
    """Time the handing over of a chunk; one that Kafka did not take counts by its error."""
    return _timed(_SEND_SECONDS, service, "send")


def processing(service: str) -> AbstractContextManager[None]:
    """Time a turn; one that failed counts by its error."""
    return _timed(_PROCESS_SECONDS, service, "process")


def tell_status(
    service: str, status: Mapping[str, Any], waiting: float, parked_seconds: float, parked: Mapping[str, int]
) -> None:
    """What a service's database says: the status that operators see, how long what waits does, and what is parked."""
    PARKED.tell(service, {(kind,): count for kind, count in ({"": 0} | dict(parked)).items()})
    PARKED_AGE.labels(service).set(parked_seconds)
    SET_ASIDE.labels(service).set(status["set_aside"])
    OUTBOX.labels(service).set(status["outbox_pending"])
    OUTBOX_AGE.labels(service).set(waiting)


def expect_relay(service: str) -> None:
    """Show zeros before there is anything: a counter that begins with one shows no increase."""
    RELAY_DELAY.labels(service)
    RELAY_ERRORS.labels(service)
    sent(service)


def sent(service: str) -> Counter:
    """What Kafka acknowledged."""
    return _SENT.labels(service, "kafka", "send")


def consumed(service: str, type_: str) -> Counter:
    """What was new to a handler."""
    return _CONSUMED.labels(service, "kafka", "process", type_)
