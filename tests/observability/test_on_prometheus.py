"""On a real Prometheus beside really running services each panel shows something, each alert fires by its fault."""

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from cli.origin.app import create as origin
from notes.proxy import Proxy
from runtime.settings import Settings
from scripts import boards
from tests.observability.faults import Faults
from tests.observability.people import Reached
from tests.observability.test_files import alerts, rules
from tests.observability.watching import Prometheus, ready, watching
from tests.partnership import Partnership
from tests.whole import only_whole

NO_PROMETHEUS = shutil.which("prometheus") is None
LONG = 240.0
"""Seconds for what takes one on a quiet machine."""


@dataclass
class Watched:
    """An installation, who watches it, and who does it harm."""

    faults: Faults
    broker: Proxy
    prometheus: Prometheus
    reach: dict[str, Reached]
    process: Any
    eventually: Callable[..., Awaitable[Any]]
    seen: set[str] = field(default_factory=set)
    """The alerts that fired."""

    async def fire(self, *expected: str) -> None:
        """Wait until all these alerts fire at once."""

        async def all_of_them() -> bool:
            return set(expected) <= await self.prometheus.firing()

        await self.eventually(all_of_them, LONG)
        self.seen |= set(expected)


@pytest_asyncio.fixture
async def watched(
    settings: Settings, postgres_dsn: str, prepare: Any, serve: Any, issuer: Any, kafka: Any, eventually: Any,
    tmp_path: Path,
) -> AsyncIterator[Watched]:  # fmt: skip
    """All services in one process, on databases and topics of their own, behind a broker that can be cut off."""
    url = settings.database_url.replace("{service}", "w_{service}")
    own = settings.model_copy(update={"topic_prefix": f"w{settings.topic_prefix}", "database_url": url})
    services = origin(own).state.services
    for name, app in services.items():
        await prepare(name.replace("-", "_"), app, own)
    async with AsyncExitStack() as stack:
        faults = await stack.enter_async_context(Faults(own, postgres_dsn, kafka.bootstrap_servers))
        await faults.a_poor_partner()  # before the services look for the first time: they do so every five minutes
        broker = Proxy(kafka.bootstrap_servers)
        stack.callback((await broker.listen()).close)
        behind = own.model_copy(update={"kafka_bootstrap_servers": broker.address})
        served = await serve("tests.observability.origin:create", behind, ready=False)
        await eventually(lambda: ready(f"{served.url}/readyz"), LONG)
        operations = f"127.0.0.1:{served.operations_port}"
        prometheus = await stack.enter_async_context(watching(tmp_path / "prometheus", operations))
        reach = {name: await stack.enter_async_context(Reached(served.url, name, issuer)) for name in services}
        yield Watched(faults, broker, prometheus, reach, served.process, eventually)


@only_whole
@pytest.mark.skipif(NO_PROMETHEUS, reason="Debian's package prometheus is not here: apt-get install prometheus")
@pytest.mark.timeout(1200)
async def test_every_query_gives_series_and_each_alert_fires_by_its_fault(watched: Watched) -> None:
    faults, reach, fire = watched.faults, watched.reach, watched.fire
    registry, feeds, quality = (reach[name] for name in ("partner-registry", "partner-feeds", "quality-events"))
    await fire("KpiRed")

    watched.broker.cut()
    await registry.client.done("/products", faults.product())
    await fire("OutboxWaits", "JobFailing", "ConsumerUnknown")
    watched.broker.reachable = True
    await fire("RelaySlow")

    partnership = await Partnership(
        registry, feeds, reach["sample-tracking"], quality, watched.eventually
    ).begin()  # fmt: skip
    await faults.rows_that_wait(partnership, feeds)
    await faults.a_message_long_ago(f"{partnership.code}-mes".lower())
    await watched.eventually(faults.results_of_this_morning)
    await faults.a_record_that_a_timer_fails_on()
    await faults.a_record_that_nobody_can_read()
    await faults.another_log()
    await fire("FactsParked", "RecordsSetAside", "LogLost")
    await fire("FeedConflict", "FeedRowsOpen", "ResultsUnjudged", "FeedSilent")

    async with faults.obstructed("kpi", "known_product"):
        for _ in range(120):
            await registry.client.done("/products", faults.product())
        await fire("ConsumerBehind")
    await faults.slow_answers(quality, fire)
    await faults.failing_answers(quality, fire)

    await every_query_gives_series(watched)

    watched.process.kill()
    await fire("ServiceDown")
    assert watched.seen == alerts().keys()


async def every_query_gives_series(watched: Watched) -> None:
    recorded = [(rule["record"], rule["record"]) for rule in rules() if "record" in rule]
    for where, query in [*boards.queries(), *recorded]:
        asked = query.replace("$__rate_interval", "5m").replace("$partner", ".*")

        async def shown(asked: str = asked) -> bool:
            return bool(await watched.prometheus.query(asked))

        try:
            await watched.eventually(shown, 90)
        except BaseException as error:
            raise AssertionError(f"nothing is shown of {where}: {asked}") from error
