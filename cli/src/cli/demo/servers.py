"""PostgreSQL and the broker of a demo: started side by side, stopped in order."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from cli.data_folder import DataFolder
from cli.databases import InstallationSettings, packages, prepare
from cli.demo.settings import settings_for
from cli.demo.steps import Steps
from cli.failures import Failure
from cli.output import complain, notes
from contracts import topics as all_topics
from installation import topics
from local import Broker, KafkaServer, PostgresServer, ServerError, choose_broker, describe

_QUICK_JAVA = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
"""Kafka starts with 6.5 s of work instead of 11 (measured); what it could carry later, a demo never asks for."""
_LOOK_EVERY = 1.0
"""Seconds between two looks whether the servers live."""


@dataclass(frozen=True, slots=True)
class Servers:
    """What runs, and what the services are told about it."""

    settings: InstallationSettings
    durable: bool


@asynccontextmanager
async def running(wanted_broker: str, folder: DataFolder, steps: Steps) -> AsyncIterator[Servers]:
    """PostgreSQL with the services' databases and a broker with their topics. Raises Failure where one cannot run."""
    # A demo is this machine's alone: it must not make its topics on a Kafka that another program was told of.
    os.environ.pop("KAFKA_BOOTSTRAP_SERVERS", None)
    os.environ.setdefault("JDK_JAVA_OPTIONS", _QUICK_JAVA)
    postgres = PostgresServer(folder.postgres)
    brokers: list[Broker] = []
    tasks = [
        asyncio.create_task(_start_postgres(postgres, steps)),
        asyncio.create_task(_start_broker(wanted_broker, folder, steps, brokers)),
    ]
    try:
        await tasks[0]
        settings = settings_for(folder, postgres.dsn, "", durable=False)
        with steps.step("databases", f"{len(packages())} databases, their roles and tables"):
            await prepare(settings, postgres.dsn)
        await tasks[1]
        broker = brokers[0]
        settings = settings_for(folder, postgres.dsn, broker.bootstrap_servers, durable=broker.durable)
        if broker.durable:
            with steps.step("topics", f"{len(all_topics())} topics"):
                await topics.create(settings, all_topics())
        tasks.append(asyncio.create_task(_keep([postgres, broker])))
        yield Servers(settings, broker.durable)
    except ServerError as error:
        raise Failure(str(error), "`entente doctor` looks at what this machine has.") from error
    finally:
        await _stop(tasks, [postgres, *brokers])


async def _start_postgres(postgres: PostgresServer, steps: Steps) -> None:
    with steps.step("PostgreSQL", f"PostgreSQL {postgres.version} on this machine"):
        await asyncio.to_thread(postgres.start)


async def _start_broker(wanted: str, folder: DataFolder, steps: Steps, brokers: list[Broker]) -> None:
    with steps.step("broker", "broker") as step:
        broker = await asyncio.to_thread(choose_broker, wanted, folder.kafka)
        brokers.append(broker)
        for reason in broker.passed_over:
            notes.print(f"[yellow]passed over {reason}[/yellow]", markup=True)
        await asyncio.to_thread(broker.start)
        step.done = describe(broker)


async def _keep(servers: list[Broker | PostgresServer]) -> None:
    """Start again what ended by itself: the services wait for it and go on."""
    while True:
        await asyncio.sleep(_LOOK_EVERY)
        for server in servers:
            if isinstance(server, KafkaServer | PostgresServer) and not server.running:
                notes.print(f"[yellow]{describe(server)} ended by itself; starting it again[/yellow]")
                try:
                    await asyncio.to_thread(server.start)
                except ServerError as error:
                    complain(str(error), "The next attempt follows; `entente doctor` looks at what this machine has.")


async def _stop(tasks: list[asyncio.Task[None]], servers: list[Broker | PostgresServer]) -> None:
    """Stop all, also what is only just starting: a thread cannot be cancelled, the server it waits for can."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await asyncio.gather(*(asyncio.to_thread(server.stop) for server in servers), return_exceptions=True)
