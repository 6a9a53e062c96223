"""What a result takes on disks, measured by a small load; and what a year of many takes, by calculation.

``python -m benchmarks.sizing --measure`` measures into ``sizing.toml``, and writes the page; without it the page alone.
"""

import asyncio
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from string import Template
from typing import Any

import asyncpg
import psutil

from benchmarks.feeds import Feeds, client_of, laboratory_file
from benchmarks.installation import Installation, installation
from contracts import clock
from event_stream.api import MOST_READERS
from runtime.settings import Settings

HERE = Path(__file__).parent
FIGURES, TEMPLATE = HERE / "sizing.toml", HERE / "sizing.md"
PAGE = HERE.parent / "docs/operations/sizing.md"
SERVICES = (
    *("partner_registry", "contracting", "partner_feeds"),
    *("sample_tracking", "quality_events", "tech_transfer", "kpi"),
)
KINDS = {"outbox": "ledger", "audit": "audit", "inbox": "inbox"}
"""Tables that every service has; all others are its records and copies."""
WARM, LOTS, RESULTS = 100, 500, 6
_SIZES = """
SELECT relname, pg_total_relation_size(oid) AS bytes FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
"""
YEARS, RESULTS_A_YEAR, PARTNERS = 10, 10_000_000, 200
GIGABYTE = 10**9
APIS, WORKERS = 3, 2
"""Processes of each service: so many that one may end, and one be replaced, and nobody notices."""
INBOX_DAYS = 104
"""As `entente retention` bounds it."""
WORKING_SECONDS, BUSIEST = 250 * 8 * 3600, 20
"""Of a year, if all came in working hours; and how many times as much as on average comes in the busiest minutes."""


async def measure() -> None:
    """Bytes that one result adds: to each database by kind of table, to the write-ahead log, and to Kafka."""
    async with installation() as installed:
        feeds = await Feeds.start(installed, list(SERVICES))
        async with client_of(feeds.token) as client:
            await _send(feeds, client, 1, WARM)
            before, wal, log = await _sizes(installed), await _wal(installed), _kafka(installed)
            await _send(feeds, client, WARM + 1, LOTS)
            after, count = await _sizes(installed), LOTS * RESULTS
            memory = max(psutil.Process(process.pid).memory_info().rss for process in feeds.processes.values())
            found = {"write_ahead_log": await _wal(installed) - wal, "kafka": _kafka(installed) - log}
    lines = [f'measured = "{clock.now():%Y-%m-%d}"', f"results = {count}", f"results_a_lot = {RESULTS}"]
    lines += [f"memory_mb = {memory / 10**6:.0f}", "", "[a_result]"]
    lines += [f"{name} = {size / count:.0f}" for name, size in found.items()]
    for service, kinds in after.items():
        lines += ["", f"[a_result.databases.{service}]"]
        lines += [f"{kind} = {(size - before[service][kind]) / count:.0f}" for kind, size in sorted(kinds.items())]
    FIGURES.write_text("\n".join(lines) + "\n")


async def _send(feeds: Feeds, client: Any, first: int, lots: int) -> None:
    url = f"http://127.0.0.1:{feeds.port('partner_feeds')}/v1/feeds/benchmark-laboratory/messages"
    headers = {"Content-Type": "text/csv"}
    answer = await client.post(url, content=laboratory_file(first, lots), headers=headers)
    answer.raise_for_status()
    await feeds.idle(client)


async def _sizes(installed: Installation) -> dict[str, dict[str, int]]:
    found = dict[str, dict[str, int]]()
    for package in SERVICES:
        kinds = found[package] = dict.fromkeys([*KINDS.values(), "records"], 0)
        for name, size in await _rows(installed, package, _SIZES):
            kinds[KINDS.get(name, "records")] += size
    return found


async def _wal(installed: Installation) -> int:
    ((made,),) = await _rows(installed, "kpi", "SELECT pg_current_wal_lsn() - '0/0'::pg_lsn")
    return int(made)


async def _rows(installed: Installation, package: str, sql: str) -> list[Any]:
    connection = await asyncpg.connect(installed.admin_url(package))
    try:
        return list(await connection.fetch(sql))
    finally:
        await connection.close()


def _kafka(installed: Installation) -> int:
    return sum(file.stat().st_size for file in installed.kafka.folder.rglob("*.log") if file.parent.name[-2:-1] == "-")


def page(figures: Mapping[str, Any]) -> str:
    """The page, with all that follows from the figures."""
    a_result = figures["a_result"]
    databases = a_result["databases"]
    kinds_shown = ("records", "audit", "ledger", "inbox")
    rows = [
        f"| {service.replace('_', '-')} | {' | '.join(f'{kinds[kind]:,}' for kind in kinds_shown)} |"
        for service, kinds in databases.items()
    ]
    kept = sum(size for kinds in databases.values() for kind, size in kinds.items() if kind != "inbox")
    inbox = sum(kinds["inbox"] for kinds in databases.values())
    a_year = RESULTS_A_YEAR / GIGABYTE
    inboxes = inbox * a_year * INBOX_DAYS / 365
    pool = Settings.model_fields["pool_size"].default
    average = RESULTS_A_YEAR / WORKING_SECONDS
    values = {
        "measured": figures["measured"],
        "results": f"{figures['results']:,}",
        "results_a_lot": figures["results_a_lot"],
        "rows": "\n".join(rows),
        "kept": f"{kept:,}",
        "inbox": f"{inbox:,}",
        "wal": f"{a_result['write_ahead_log']:,}",
        "kafka": f"{a_result['kafka']:,}",
        "million": f"{RESULTS_A_YEAR // 10**6}",
        "partners": PARTNERS,
        "years": YEARS,
        "lots": f"{RESULTS_A_YEAR / figures['results_a_lot'] / 10**6:.1f}",
        "kept_a_year": f"{kept * a_year:,.0f}",
        "inboxes": f"{inboxes:,.0f}",
        "databases": f"{kept * a_year * YEARS + inboxes:,.0f}",
        "kafka_a_year": f"{a_result['kafka'] * a_year:,.0f}",
        "kafka_in_all": f"{a_result['kafka'] * a_year * YEARS:,.0f}",
        "kafka_thrice": f"{3 * a_result['kafka'] * a_year * YEARS:,.0f}",
        "wal_a_week": f"{a_result['write_ahead_log'] * a_year * 7 / 365:,.0f}",
        "wal_a_year": f"{a_result['write_ahead_log'] * a_year:,.0f}",
        "average": f"{average:.1f}",
        "busiest": f"{average * BUSIEST:.0f}",
        "times": BUSIEST,
        "performance": "[how fast it is](../performance.md)",
        "tenancy": "[0005](../adr/0005-tenancy-and-audit.md)",
        "pool": pool,
        "apis": APIS,
        "workers": WORKERS,
        "connections": len(databases) * (APIS * 2 * pool + WORKERS * (pool + 1)),
        "streams": MOST_READERS,
        "memory": figures["memory_mb"],
    }
    return Template(TEMPLATE.read_text()).substitute(values)


def main() -> None:
    """Measure where that is asked for, and write the page."""
    if "--measure" in sys.argv:
        asyncio.run(measure())
    written = page(tomllib.loads(FIGURES.read_text()))
    PAGE.write_text(written)


if __name__ == "__main__":
    main()
