"""What cannot be applied: it parks with what follows on its key, everything else goes on, and it can be retried."""

import asyncio
from dataclasses import replace
from uuid import uuid4

import asyncpg
import pytest

from contracts import Fact, Recorded
from contracts.partner_registry import ProductRegistered
from notes.installation import WAITING, Installation, Member, message
from notes.model import Note
from notes.parked import Impossible, applied, numbers, parked, refusing
from runtime import parking
from runtime.consumer import Consumer
from runtime.database import Context
from runtime.principal import worker
from runtime.subscriptions import Subscriptions
from runtime.work import Work


async def test_a_bad_fact_parks_with_what_follows_on_its_key_and_nothing_else(installation: Installation) -> None:
    bad, good = uuid4(), uuid4()
    installation.trouble.obstacle = refusing((bad, 2))
    await installation.produce([message(key, n) for n in range(5) for key in (bad, good)])
    async with installation.consuming():
        await applied(installation, 10)
        await installation.produce([message(bad, 5), message(good, 5)])
        await applied(installation, 12)
    assert await numbers(installation, good) == [0, 1, 2, 3, 4, 5]
    assert await numbers(installation, bad) == [0, 1]
    assert await parked(installation, bad) == [2, 3, 4, 5]
    first, second, *_ = await parking.listing(installation.place, 10)
    assert first["reason"] == "Impossible: cannot take number 2"
    assert "an earlier fact of the same key is parked" in second["reason"]
    explained = await parking.explain(installation.place, first["id"])
    assert "raise error or Impossible" in explained["detail"]
    assert explained["headers"]["ce_type"] == "io.entente.ProductRegistered.v1"
    assert str(bad) in explained["value"]


async def test_a_retry_applies_in_order_and_stops_at_the_first_that_fails(installation: Installation) -> None:
    key, other = uuid4(), uuid4()
    installation.trouble.obstacle = refusing((key, 0), (key, 2), (other, 0))
    await installation.produce([message(each, n) for n in range(4) for each in (key, other)])
    async with installation.consuming():
        await applied(installation, 8)
        installation.trouble.obstacle = refusing((key, 2))
        outcome = await parking.retry(installation.place, None)
        assert (outcome["applied"], len(outcome["failed"])) == (6, 1)
        assert "cannot take number 2" in outcome["failed"][0]["reason"]
        assert await numbers(installation, key) == [0, 1]
        assert await numbers(installation, other) == [0, 1, 2, 3]
        assert await parked(installation, key) == [2, 3]
        await installation.produce([message(key, 4)])
        await applied(installation, 9)
        installation.trouble.obstacle = None
        outcome = await parking.retry(installation.place, outcome["failed"][0]["id"])
        assert outcome == {"applied": 3, "failed": []}
        await installation.produce([message(key, 5)])
        await applied(installation, 10)
    assert await numbers(installation, key) == [0, 1, 2, 3, 4, 5]


async def test_a_retry_waits_for_the_batch_in_hand(installation: Installation) -> None:
    """The batch is about to park one more fact behind the one that is retried: it must not stay behind alone."""
    key, other, begun, go_on = uuid4(), uuid4(), asyncio.Event(), asyncio.Event()
    installation.trouble.obstacle = refusing((key, 0))
    await installation.produce([message(key, 0) | {"partition": 0}])
    async with installation.consuming():
        await applied(installation, 1)

        async def obstacle(work: Work, recorded: Recorded[Fact]) -> None:
            if recorded.sequence == 5:
                begun.set()
                await go_on.wait()

        installation.trouble.obstacle = obstacle
        await installation.produce([message(key, 1) | {"partition": 0}, message(other, 5) | {"partition": 0}])
        await begun.wait()
        retrying = asyncio.create_task(parking.retry(installation.place, None))

        async def waits_or_is_done() -> bool:
            return retrying.done() or bool(await installation.value(WAITING))

        await installation.eventually(waits_or_is_done)
        go_on.set()
        assert (await retrying)["applied"] == 2
    assert await numbers(installation, key) == [0, 1]
    assert await parked(installation, key) == []


@pytest.mark.parametrize(
    "error", [asyncpg.DeadlockDetectedError("deadlock"), ConnectionResetError("gone"), TimeoutError()]
)
async def test_a_transient_error_is_tried_again_and_parks_nothing(installation: Installation, error: Exception) -> None:
    key, left = uuid4(), 3

    async def obstacle(work: Work, recorded: Recorded[Fact]) -> None:
        nonlocal left
        if recorded.sequence == 5 and left:
            left -= 1
            raise error

    installation.trouble.obstacle = obstacle
    await installation.produce([message(key, n) for n in range(10)])
    async with installation.consuming():
        await applied(installation, 10)
    assert await numbers(installation, key) == list(range(10))
    assert (left, await parked(installation, key)) == (0, [])


async def test_a_killed_database_connection_is_a_transient_error(installation: Installation) -> None:
    key, left = uuid4(), 3

    async def obstacle(work: Work, recorded: Recorded[Fact]) -> None:
        nonlocal left
        if recorded.sequence == 5 and left:
            left -= 1
            await installation.rows("SELECT pg_terminate_backend($1)", work.connection.get_server_pid())

    installation.trouble.obstacle = obstacle
    await installation.produce([message(key, n) for n in range(10)])
    async with installation.consuming():
        await applied(installation, 10)
    assert await numbers(installation, key) == list(range(10))
    assert await parked(installation, key) == []


async def test_an_error_that_only_the_batch_meets_parks_nothing(installation: Installation) -> None:
    key, failed = uuid4(), False

    async def obstacle(work: Work, recorded: Recorded[Fact]) -> None:
        nonlocal failed
        if recorded.sequence == 5 and not failed:
            failed = True
            raise Impossible

    installation.trouble.obstacle = obstacle
    await installation.produce([message(key, n) for n in range(10)])
    async with installation.consuming():
        await applied(installation, 10)
    assert (await numbers(installation, key), failed) == (list(range(10)), True)


async def test_a_value_that_the_driver_refuses_parks_and_does_not_block(installation: Installation) -> None:
    """asyncpg raises an InterfaceError for a number too large for its column: no second try mends that."""
    bad, good = uuid4(), uuid4()
    await installation.produce([message(bad, 2**31), message(good, 1)])
    async with installation.consuming():
        await applied(installation, 2)
    assert await numbers(installation, good) == [1]
    assert await parked(installation, bad) == [2**31]


async def test_a_programming_error_of_the_driver_s_kind_parks(installation: Installation) -> None:
    key = uuid4()

    async def forgets_an_argument(work: Work, recorded: Recorded[Fact]) -> None:
        if recorded.sequence == 0:
            await work.connection.fetchval("SELECT $1::int")

    installation.trouble.obstacle = forgets_an_argument
    await installation.produce([message(key, 0), message(key, 1)])
    async with installation.consuming():
        await applied(installation, 2)
    assert await parked(installation, key) == [0, 1]


async def test_what_this_release_does_not_handle_stays_parked(installation: Installation) -> None:
    key = uuid4()
    installation.trouble.obstacle = refusing((key, 0))
    await installation.produce([message(key, 0)])
    async with installation.consuming():
        await applied(installation, 1)
    installation.trouble.obstacle = None
    older = replace(installation.place, subscriptions=Subscriptions())
    outcome = await parking.retry(older, None)
    assert (outcome["applied"], "does not handle" in outcome["failed"][0]["reason"]) == (0, True)
    assert await parked(installation, key) == [0]
    assert (await parking.retry(installation.place, None))["applied"] == 1


async def test_a_reason_that_cannot_be_stored_keeps_no_other_key_back(installation: Installation) -> None:
    first, second = uuid4(), uuid4()
    odd = ValueError("no such code: 'x\0y'")
    installation.trouble.obstacle = refusing((first, 0), (second, 0), error=odd)
    await installation.produce([message(first, 0), message(second, 0)])
    async with installation.consuming():
        await applied(installation, 2)
    installation.trouble.obstacle = refusing((first, 0), error=odd)
    outcome = await parking.retry(installation.place, None)
    assert (outcome["applied"], len(outcome["failed"])) == (1, 1)
    assert await numbers(installation, second) == [0]


async def test_what_a_retry_changes_names_the_operator_the_reason_and_the_fact(installation: Installation) -> None:
    listens, trouble = Subscriptions(), [ValueError("no such site")]

    @listens.on(ProductRegistered)
    async def hear(work: Work, fact: ProductRegistered) -> None:
        for error in trouble:
            raise error
        work.add(Note(text="heard", parties=[]))

    installation.place = replace(installation.place, subscriptions=listens)
    await installation.produce([message(uuid4(), 0, id=(event := uuid4()), correlationid="the message")])
    member = Member(Consumer(installation.place, installation.settings))
    await applied(installation, 1)
    await member.stop()
    trouble.clear()
    person = replace(worker("notes"), subject="ola")
    operator = replace(installation.place, operator=Context(person, "asked", "the site is known now"))
    assert (await parking.retry(operator, None))["applied"] == 1
    (row,) = await installation.rows("SELECT actor, reason, cause, correlation_id FROM audit WHERE table_name = 'note'")
    assert tuple(row) == ("ola", "the site is known now", str(event), "the message")
