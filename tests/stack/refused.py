"""Run inside kpi's worker, with all that it knows: what it can do beyond its own work. Prints a line for each try."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import asyncpg
from aiokafka import AIOKafkaProducer
from sqlalchemy.engine import make_url

from runtime import kafka
from runtime.settings import Settings

SETTINGS = Settings()
OWN = make_url(SETTINGS.database_of("kpi"))


async def _write_anothers_topic() -> None:
    producer = AIOKafkaProducer(**kafka.client(SETTINGS, "kpi"))
    await producer.start()
    try:
        await producer.send_and_wait("quality-events.disposition", b"a release that nobody decided")
    finally:
        await producer.stop()


async def _open_anothers_database() -> None:
    await asyncpg.connect(OWN.set(database="quality_events").render_as_string(hide_password=False))


async def _read_without_a_role() -> None:
    connection = await asyncpg.connect(OWN.render_as_string(hide_password=False))
    await connection.fetch("SELECT * FROM bucket")


async def _change_the_program() -> None:
    await asyncio.to_thread(Path("/app/libs/runtime/src/runtime/kafka.py").write_text, "")


async def _tried(what: Callable[[], Awaitable[Any]]) -> str:
    try:
        await what()
    except Exception as error:
        return type(error).__name__
    return "done"


async def main() -> None:
    """Try each."""
    logging.disable(logging.CRITICAL)
    for each in (_write_anothers_topic, _open_anothers_database, _read_without_a_role, _change_the_program):
        print(each.__name__.removeprefix("_"), await _tried(each))


asyncio.run(main())
