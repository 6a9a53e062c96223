"""What was measured, as tables for people, and docs/performance.md from them and the prose beside this file."""

import os
import platform
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from string import Template

from benchmarks.rows import Delays, Rates, Result, Row
from local import KafkaServer, PostgresServer

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs/performance.md"
TEMPLATE = Template(Path(__file__).with_name("performance.md").read_text())
_RATES = "benchmark", "floor", "aim", "ours", "the floor's", "ratio", "rounds", "verdict"
_DELAYS = "benchmark", "aim", "p50", "p95", "p99", "rounds", "verdict"


def tables(results: Sequence[Result]) -> list[str]:
    """A table of the rates and one of the times, where there are any."""
    rates = [[*declared(result.row), *_measured(result)] for result in results if result.row.floor]
    delays = [[*declared(result.row), *_measured(result)] for result in results if not result.row.floor]
    return [_table(head, rows) for head, rows in ((_RATES, rates), (_DELAYS, delays)) if rows]


def declared(row: Row) -> list[str]:
    """The first cells of a row's line, which no measurement changes."""
    return [row.name, row.floor, f"{row.aim:g}"] if row.floor else [row.name, f"{row.aim:g} ms"]


def _measured(result: Result) -> list[str]:
    """The round with the median, and what the rounds span."""
    middle = sorted(result.rounds, key=lambda each: each.judged)[len(result.rounds) // 2]
    match middle:
        case Rates(ours, floor):
            cells, form = [f"{each:,.0f} {result.row.unit}" for each in (ours, floor)] + [f"{middle.judged:.2g}"], ".2g"
        case Delays():
            cells, form = [f"{each:,.0f} ms" for each in middle], ",.0f"
    return [*cells, " to ".join(format(each, form) for each in result.spread), result.verdict]


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def whole(results: Sequence[Result]) -> str:
    """The page of a run of all benchmarks."""
    rates, delays = tables(results)
    return TEMPLATE.substitute(rates=rates, delays=delays, run=_run(max(result.busy for result in results)))


def _run(busy: float) -> str:
    """When, of what and where it was measured."""
    commit = _git("describe", "--always", "--exclude=*", "--abbrev=10", "--dirty= with changes")
    python, system = platform.python_version(), platform.system()
    servers = f"PostgreSQL {PostgresServer(ROOT).version}, Apache Kafka {KafkaServer(ROOT).version}"
    lines = [
        f"- Measured on {datetime.now(UTC):%Y-%m-%d} by `make bench`, at commit {commit}.",
        f"- {os.cpu_count()} processors ({_processor()}), {system}; Python {python}, {servers}, all on one machine.",
        f"- Up to {busy:.0%} of the processors was taken by others, looked at before and after each benchmark.",
    ]
    return "\n".join(lines)


def _git(*command: str) -> str:
    return subprocess.run(["git", *command], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


def _processor() -> str:
    """Its name, where the operating system tells it."""
    information = Path("/proc/cpuinfo")
    lines = information.read_text().splitlines() if information.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
