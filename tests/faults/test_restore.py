"""The whole platform goes back to a moment: what was told after it is listed, and Kafka is made anew from ledgers."""

import asyncio
import json
import os
import shutil
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from typer.testing import CliRunner

from benchmarks.feeds import laboratory_file
from benchmarks.installation import Process, installation
from cli.installing import Installing
from cli.ledgers.comparing import Compared, compare
from cli.ledgers.refilling import read_anew, refill
from cli.ledgers.settling import settle
from cli.main import app
from contracts import topics as all_topics
from contracts import topics_of
from installation import topics
from local import PostgresServer
from tests.backed import BEHIND
from tests.faults.cluster import Cluster, start
from tests.faults.freezing import SERVICES
from tests.faults.test_kill_anything import OOS_EVERY, RESULTS, settled
from tests.whole import only_whole

pytestmark = [pytest.mark.durable_broker, pytest.mark.timeout(900), only_whole]
ROWS = 24
_FACTS = "SELECT count(*) FROM outbox"
_NEWEST = "SELECT to_char(clock_timestamp(), 'YYYY-MM-DD\"T\"HH24:MI:SS.USOF')"


async def send(cluster: Cluster, first: int) -> None:
    """A file of so many batches, from a number on, and all that follows from it."""
    await cluster.send(laboratory_file(first, ROWS, RESULTS, OOS_EVERY))
    await settled(cluster, first - 1 + ROWS)


async def facts(cluster: Cluster) -> dict[str, int]:
    """How many facts each ledger holds."""
    return {package: await cluster.count(package, _FACTS) for package in SERVICES}


def told(cluster: Cluster) -> dict[str, str]:
    """What an administrator of the installation tells a command."""
    settings = cluster.installation.settings
    return {
        "ENTENTE_BACKUPS": str(cluster.installation.folder / "backups"),
        "ENTENTE_ADMIN_DATABASE_URL": cluster.installation.postgres.dsn,
        "ENTENTE_DATABASE_URL": settings.database_url,
        "ENTENTE_PASSWORDS": json.dumps(settings.passwords),
        "ENTENTE_KAFKA_BOOTSTRAP_SERVERS": settings.kafka_bootstrap_servers,
    }


async def entente(cluster: Cluster, *arguments: str, status: int = 0) -> str:
    """What a command prints, which ends with a status."""
    done = await asyncio.to_thread(CliRunner().invoke, app, list(arguments), env=told(cluster))
    assert done.exit_code == status, done.stderr
    return done.stdout


@asynccontextmanager
async def receiving(cluster: Cluster) -> AsyncIterator[None]:
    """The write-ahead log is received from the beginning of the block to its end."""
    command = [str(Path(sys.executable).with_name("entente")), "backup", "wal"]
    process = await asyncio.create_subprocess_exec(*command, env=os.environ | told(cluster))
    try:
        active = "SELECT count(*) FROM pg_replication_slots WHERE active"
        await cluster.eventually("kpi", active, lambda found: found == 1)
        yield
        made = await cluster.count("kpi", "SELECT pg_current_wal_flush_lsn()::text")
        await cluster.eventually("kpi", BEHIND.replace("$1", f"'{made}'"), bool)
    finally:
        process.send_signal(signal.SIGINT)
        await process.wait()


async def one_back_to(cluster: Cluster, package: str, moment: str) -> PostgresServer:
    """A server of its own on which a service's database is as it was; the other services' go on where they were."""
    folder, postgres = cluster.installation.folder / "restored", cluster.installation.postgres
    await entente(cluster, "restore", "prepare", "--to", str(folder), "--at", moment)
    shutil.copy(postgres.folder / "password", folder / "password")
    server = PostgresServer(folder, settings={"hot_standby": "off"})
    await asyncio.to_thread(server.start)
    return server


async def back_to(cluster: Cluster, moment: str) -> None:
    """PostgreSQL is lost, and runs on what was restored, at the same address."""
    postgres = cluster.installation.postgres
    await asyncio.to_thread(postgres.kill)
    folder = cluster.installation.folder / "restored"
    await entente(cluster, "restore", "prepare", "--to", str(folder), "--at", moment)
    shutil.rmtree(postgres.folder / "data")
    (folder / "data").rename(postgres.folder / "data")
    await asyncio.to_thread(postgres.start)
    await cluster.eventually("kpi", "SELECT pg_is_in_recovery()", lambda found: found is False)


async def new_topics(cluster: Cluster, names: list[str]) -> None:
    """They go, and come back empty."""
    client = AIOKafkaAdminClient(bootstrap_servers=cluster.installation.settings.kafka_bootstrap_servers)
    await client.start()
    await client.delete_topics(names)
    async with asyncio.timeout(60):
        while set(names) & set(await client.list_topics()):
            await asyncio.sleep(0.2)
    await client.close()
    await topics.create(cluster.installation.settings, names)


def administrator(cluster: Cluster, server: PostgresServer) -> Installing:
    given: dict[str, Any] = {"admin_database_url": server.dsn, "admin_kafka_username": ""}
    return Installing(**cluster.installation.settings.model_dump() | given)


async def on(cluster: Cluster, package: str, server: PostgresServer) -> Process:
    """A service that runs on another server than the others."""
    settings = cluster.installation.settings
    port, other = (each.dsn.rpartition(":")[2].partition("/")[0] for each in (cluster.installation.postgres, server))
    moved = settings.model_copy(update={"database_url": settings.database_url.replace(f":{port}/", f":{other}/")})
    return await replace(cluster.installation, settings=moved).serve(package)


async def all_compared(settings: Installing) -> Mapping[str, Compared]:
    return {package: await compare(settings, package, SERVICES) for package in SERVICES}


async def test_all_services_go_back_to_a_moment_and_kafka_is_made_anew_from_their_ledgers() -> None:
    async with installation() as installed:
        cluster = await start(installed, replicas=1)
        await cluster.seed()
        await send(cluster, 1)
        async with receiving(cluster):
            await entente(cluster, "backup", "base")
            await send(cluster, 1 + ROWS)
            kept, moment = await facts(cluster), await cluster.count("kpi", _NEWEST)
            await send(cluster, 1 + 2 * ROWS)
            lost = {package: count - kept[package] for package, count in (await facts(cluster)).items()}
            assert lost["quality_events"] > ROWS
            await asyncio.gather(*(process.stop() for process in cluster.processes))
        await back_to(cluster, moment)
        assert await facts(cluster) == kept
        saved = installed.folder / "lost.json"
        said = await entente(cluster, "ledger", "compare", "--save", str(saved), status=1)
        assert f"{lost['quality_events']} facts were told, and quality-events does not know them" in said
        for each in json.loads(saved.read_text())["services"]:
            package = each["service"].replace("-", "_")
            assert (len(each["unknown"]), each["missing"]) == (lost[package], []), package
            assert all(fact["data"] and fact["received_by"] == [] for fact in each["unknown"]), "others went back too"
        await entente(cluster, "restore", "settle", "--at", moment, "--reason", "a migration did harm")
        await new_topics(cluster, all_topics())
        settings = administrator(cluster, installed.postgres)
        for package, compared in (await all_compared(settings)).items():
            assert (compared.unknown, len(compared.missing)) == ([], kept[package] - compared.waiting), package
        await entente(cluster, "ledger", "refill", "--reason", "Kafka was made anew after the restore")
        await asyncio.gather(*(process.start() for process in cluster.processes))
        await settled(cluster, 2 * ROWS)
        assert "does not know" not in await entente(cluster, "ledger", "compare")
        assert await facts(cluster) == kept
        assert "signature" in await entente(cluster, "retention")
        await send(cluster, 1 + 2 * ROWS)


async def test_one_service_goes_back_to_a_moment_while_the_others_go_on() -> None:
    """What it told after that is gone from Kafka once its topics are new, and from kpi once that was built anew."""
    quality = "quality_events"
    async with installation() as installed:
        cluster = await start(installed, replicas=1)
        await cluster.seed()
        await send(cluster, 1)
        async with receiving(cluster):
            await entente(cluster, "backup", "base")
            moment, kept = await cluster.count("kpi", _NEWEST), await cluster.count(quality, _FACTS)
            await send(cluster, 1 + ROWS)
        (process,) = cluster.replicas[quality]
        await process.stop()
        lost = await cluster.count(quality, _FACTS) - kept
        server = await one_back_to(cluster, quality, moment)
        try:
            settings = administrator(cluster, server)
            unknown = (await compare(settings, quality, [quality])).unknown
            assert len(unknown) == lost > ROWS
            await settle(settings, [quality], None, 1000, "a migration did harm")
            await new_topics(cluster, topics_of("quality-events"))
            others = [package for package in SERVICES if package != quality]
            await read_anew(administrator(cluster, installed.postgres), others, [quality], "its topics were made anew")
            await refill(settings, [quality], [quality], "its topics were made anew")
            cluster.replicas[quality][:] = [await on(cluster, quality, server)]
            await cluster.quiet()
            await cluster.ask("kpi", "POST", "/projection-rebuilds", json={"reason": "what was told twice"})
            await cluster.quiet()
            made = "SELECT coalesce(sum(count), 0)::int FROM bucket WHERE measure = 'batch_manufactured'"
            assert await cluster.eventually("kpi", made, lambda found: found == 2 * ROWS) == 2 * ROWS
            compared = await compare(settings, quality, [quality])
            assert (compared.agrees, compared.facts) == (True, kept + lost)
        finally:
            await asyncio.to_thread(server.stop)
