"""One metrics registry per process; ``service`` is a label."""

from prometheus_client import Counter, Gauge, Histogram

RELAYED = Counter("entente_relayed_facts_total", "Facts that reached Kafka", ["service"])
RELAY_ERRORS = Counter("entente_relay_errors_total", "Batches that Kafka did not take", ["service"])
CONSUMED = Counter("entente_consumed_facts_total", "Facts applied", ["service", "type"])
PARKED_TOTAL = Counter("entente_facts_parked_total", "Facts that were parked", ["service"])
REWINDS = Counter("entente_consumer_rewinds_total", "Partitions read again from the beginning", ["service"])
BATCH_SECONDS = Histogram("entente_consumer_batch_seconds", "One partition's batch, one transaction", ["service"])
PARKED = Gauge("entente_parked_facts", "Facts parked now", ["service"])
PARKED_AGE = Gauge("entente_parked_oldest_seconds", "Age of the oldest parked fact", ["service"])
SET_ASIDE = Gauge("entente_records_set_aside", "Records on which a timer failed, and that wait", ["service"])
OUTBOX_PENDING = Gauge("entente_outbox_pending", "Outbox rows that are not in Kafka yet", ["service"])
LAG = Gauge("entente_consumer_lag", "Records in Kafka that are not applied yet; NaN while unknown", ["service"])
FAILING = Gauge("entente_failing_seconds", "How long a job, or a partition, has been failing", ["service", "what"])
