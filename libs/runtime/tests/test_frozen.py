"""A process that froze, or whose machine is gone, keeps neither rows nor the relay's lock; slowness is no freezing."""

import asyncio
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from notes.installation import Installation, message
from notes.ledger import LEADERS, everything_arrives
from notes.model import Note
from notes.parked import applied, numbers
from runtime import database, relay
from runtime.problems import is_transient

SOON = {"idle_in_transaction_session_timeout": "500ms"}
OURS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'entente'"


async def gone(installation: Installation, backend: int) -> None:
    """Wait until the server has ended a session."""
    sql = "SELECT count(*) = 0 FROM pg_stat_activity WHERE pid = $1"
    await installation.eventually(lambda: installation.value(sql, backend), 20)


async def test_every_session_of_a_service_is_bounded(installation: Installation) -> None:
    names = ("statement_timeout", "idle_in_transaction_session_timeout", "tcp_user_timeout", "tcp_keepalives_idle")
    async with installation.work() as work:
        found = [await work.connection.fetchval(f"SHOW {name}") for name in names]
        await work.allow(1800)
        assert await work.connection.fetchval("SHOW statement_timeout") == "30min", "an operator's task may take longer"
    assert found == ["1min", "20s", "15000", "5"]
    connection = await asyncpg.connect(installation.settings.database_of("notes"), server_settings=relay.LEADER)
    found = [await connection.fetchval(f"SHOW {name}") for name in (*names[:3], "idle_session_timeout")]
    assert found == ["1min", "10s", "15000", "10s"]
    await connection.close()


async def test_a_transaction_that_nothing_is_heard_of_lets_go_of_its_rows(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it then meets counts as passing: it begins anew."""
    monkeypatch.setattr(database, "SESSION", database.SESSION | SOON)
    async with installation.work() as work:
        note = work.add(Note(text="n", parties=[]))
    frozen = installation.replica().store

    async def freeze() -> None:
        async with frozen.work(installation.place.context()) as work:
            await work.get(Note, note.id)
            await gone(installation, work.connection.get_server_pid())
            async with installation.work() as other:
                assert (await other.get(Note, note.id)).text == "n", "the row is free"
            await work.connection.execute("SELECT 1")

    with pytest.raises(Exception, match="closed") as met:
        await freeze()
    assert is_transient(met.value)
    async with frozen.work(installation.place.context()) as work:
        assert (await work.get(Note, note.id)).text == "n"
    await frozen.engine.dispose()


async def test_a_consumer_that_freezes_in_a_batch_begins_it_anew(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "SESSION", database.SESSION | SOON)
    key, frozen = uuid4(), False

    async def freeze(work: Any, recorded: Any) -> None:
        nonlocal frozen
        if recorded.sequence == 3 and not frozen:
            frozen = True
            await gone(installation, work.connection.get_server_pid())

    installation.trouble.obstacle = freeze
    await installation.produce([message(key, number) for number in range(6)])
    async with installation.consuming():
        await applied(installation, 6)
    assert (await numbers(installation, key), frozen) == ([*range(6)], True)
    assert await installation.value("SELECT count(*) FROM parked") == 0


async def test_a_server_lets_go_of_who_takes_nothing_any_more(installation: Installation) -> None:
    """It is active, for it has much to send, so no idle timeout ends it; who froze reads nothing."""
    settings = database.SESSION | {"tcp_user_timeout": "1s"}
    connection = await asyncpg.connect(installation.settings.database_of("notes"), server_settings=settings)
    backend = connection.get_server_pid()
    reading = asyncio.create_task(connection.execute("SELECT repeat('x', 1000000) FROM generate_series(1, 200)"))
    await asyncio.sleep(0)  # it is asked, and no answer is read
    connection._transport.pause_reading()  # type: ignore[attr-defined]
    active = "SELECT wait_event = 'ClientWrite' FROM pg_stat_activity WHERE pid = $1"
    await installation.eventually(lambda: installation.value(active, backend), 20)
    await gone(installation, backend)
    connection.terminate()
    assert isinstance((await asyncio.gather(reading, return_exceptions=True))[0], Exception)


@pytest.mark.parametrize("awake", [True, False])
async def test_a_leader_leads_while_kafka_is_slow_and_no_longer_once_it_is_silent(
    installation: Installation, monkeypatch: pytest.MonkeyPatch, awake: bool
) -> None:
    monkeypatch.setattr(relay, "LEADER", relay.LEADER | {"idle_session_timeout": "1s"})
    monkeypatch.setattr(relay, "_BEAT", 0.1 if awake else 600.0)
    begun, go_on, send = asyncio.Event(), asyncio.Event(), relay.send

    async def slow(*arguments: Any) -> None:
        begun.set()
        await go_on.wait()
        await send(*arguments)

    monkeypatch.setattr(relay, "send", slow)
    await installation.publish(uuid4(), range(1, 11))
    async with installation.relaying():
        await asyncio.wait_for(begun.wait(), 20)
        leader = (await installation.rows(LEADERS))[0]["pid"]
        if awake:
            longer = "SELECT backend_start < now() - interval '2.5 seconds' FROM pg_stat_activity WHERE pid = $1"
            await installation.eventually(lambda: installation.value(longer, leader), 20)
        else:
            await gone(installation, leader)
        go_on.set()
        await everything_arrives(installation)
        epoch = "SELECT epoch = $1 FROM relay_cursor"
        await installation.eventually(lambda: installation.value(epoch, 1 if awake else 2))
        assert len(await installation.log()) == 10 or not awake
