"""Requests that end at any moment leave no connection inside a transaction, and no half effect (SQLAlchemy #13381)."""

import asyncio
import gc
import random
import time
from collections import Counter
from uuid import uuid4

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from notes.behind_http import Notes
from notes.installation import Installation
from notes.ledger import LEADERS
from runtime import database

REQUESTS = 600


async def tainted(notes: Notes) -> list[str]:
    """What is wrong with the connections of the service's pool, looked at one by one."""
    engine, wrong = notes.app.state.store.engine, []
    connections = [await engine.connect() for _ in range(engine.pool.size())]
    for connection in connections:
        raw = (await connection.get_raw_connection()).driver_connection
        if raw.is_in_transaction():
            wrong.append("in a transaction")
        row = await raw.fetchrow(
            "SELECT current_setting('role') AS role, current_setting('entente.actor', true) AS actor"
        )
        if row["role"] != "none" or row["actor"]:
            wrong.append(f"as {row['role']} for {row['actor']}")
    for connection in connections:
        await connection.close()
    return wrong


async def test_cancelled_requests_leave_clean_connections_and_whole_effects(notes: Notes) -> None:
    mark, chance, patience = uuid4().hex, random.Random(5), 60.0

    async def request(number: int) -> str:
        sent = notes.client.post(
            "/notes", json={"text": f"{mark}-{number}"}, headers={"Idempotency-Key": f"{mark}-{number}"}
        )
        try:
            return str((await asyncio.wait_for(sent, patience * chance.random())).status_code)
        except TimeoutError:
            return "cancelled"

    begun = time.perf_counter()
    await asyncio.gather(*(request(-1 - number) for number in range(8)))
    patience = 2 * (time.perf_counter() - begun)
    outcomes: Counter[str] = Counter()
    for start in range(0, REQUESTS, 8):
        found = Counter(await asyncio.gather(*(request(start + number) for number in range(8))))
        outcomes.update(found)
        # However fast the machine is at the moment: about as many end before their answer as after it.
        patience *= 0.8 if found["cancelled"] < 4 else 1.25
    assert set(outcomes) <= {"201", "cancelled", "409"}, outcomes
    assert outcomes["cancelled"] > REQUESTS / 10, outcomes
    assert outcomes["201"] > REQUESTS / 10, outcomes
    assert await tainted(notes) == []
    none = "SELECT count(*) = 0 FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in%'"
    # The server takes a moment to see that a connection, given up in the middle, is closed.
    await notes.installation.eventually(lambda: notes.installation.value(none))
    halves = """
    SELECT count(*) AS notes, count(outbox.id) AS facts, count(audit.record_id) AS audited
    FROM note LEFT JOIN outbox ON outbox.key = note.id::text LEFT JOIN audit ON audit.record_id = note.id
    WHERE note.text LIKE $1
    """
    row = (await notes.installation.rows(halves, f"{mark}%"))[0]
    assert row["notes"] == row["facts"] == row["audited"] >= outcomes["201"]
    answers = await notes.installation.value(
        "SELECT count(*) FROM idempotency WHERE convert_from(body, 'utf8') LIKE $1", f"%{mark}%"
    )
    assert answers == row["notes"]


async def test_who_gives_up_while_a_connection_opens_leaves_nothing_behind(installation: Installation) -> None:
    """The driver forgets what it waits for in that moment: asyncio complained of an exception that nobody retrieved."""
    loop, unheard = asyncio.get_running_loop(), list[str]()
    engine = database.connect(installation.settings.database_of("notes"), 2)

    async def use() -> None:
        async with engine.connect():
            pass

    loop.set_exception_handler(lambda _, context: unheard.append(str(context)))
    try:
        for steps in range(40):
            using = asyncio.create_task(use())
            for _ in range(steps):
                await asyncio.sleep(0)
            using.cancel()
            await asyncio.gather(using, return_exceptions=True)
            await engine.dispose()
        ours = (
            "SELECT count(*) = 0 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        await installation.eventually(lambda: installation.value(ours))
        gc.collect()
    finally:
        loop.set_exception_handler(None)
    assert unheard == []


async def test_a_raw_statement_before_begin_survives_the_rollback(installation: Installation) -> None:
    """Why Work's first statement goes through SQLAlchemy."""
    claim = "SELECT set_config('role', 'svc_worker', false), pg_advisory_lock(1)"
    engine = installation.place.store.engine
    async with AsyncSession(engine) as session:
        raw = await database.raw_connection(session)
        await raw.execute(claim)
        await session.rollback()
        assert len(await installation.rows(LEADERS)) == 1
        raw = await database.raw_connection(session)
        await raw.execute("SELECT set_config('role', 'none', false), pg_advisory_unlock(1)")


async def test_works_first_statement_opens_the_transaction(installation: Installation) -> None:
    class Undone(Exception):
        pass

    try:
        async with installation.work() as work:
            assert work.connection.is_in_transaction()
            await work.connection.execute("INSERT INTO inbox VALUES ('raw')")
            await work.session.execute(text("INSERT INTO inbox VALUES ('sqlalchemy')"))
            raise Undone
    except Undone:
        pass
    assert await installation.value("SELECT count(*) FROM inbox") == 0
