"""The benchmarks, by their names. Each module declares its ``ROWS`` and measures them in ``rounds``."""

from benchmarks import command, fairness, feed_to_kpi, intake, readiness, relay
from benchmarks.rows import Benchmark

BENCHMARKS: dict[str, Benchmark] = {
    "command": command,
    "relay": relay,
    "intake": intake,
    "feed_to_kpi": feed_to_kpi,
    "fairness": fairness,
    "readiness": readiness,
}
ROWS = [row for benchmark in BENCHMARKS.values() for row in benchmark.ROWS]
