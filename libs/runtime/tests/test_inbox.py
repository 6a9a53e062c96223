"""What the inbox may forget: nothing that was applied is applied again, nothing that never was is dropped, ever."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

from aiokafka.structs import TopicPartition

from contracts import Fact, Recorded, clock
from notes.consumers import Trouble
from notes.installation import WAITING, Installation
from notes.releases import OLD, PARTNERS, SECOND, heard, hears, in_one_partition, registered, running
from notes.years import forget
from runtime import parking
from runtime.backlog import Backlog
from runtime.consumer import Consumer
from runtime.work import Work

REGISTERED, AGAIN = ":PartnerRegistered", "second:PartnerRegistered"
KNOWN = "SELECT count(*) FROM inbox"
FLOORS = "SELECT count(*) FROM handled WHERE floor > '-infinity'"
UNREAD = "SELECT count(*) FROM consumer_offset WHERE read_to_end_at IS NULL"


def recorded_days_ago(*days: int) -> list[dict[str, Any]]:
    """Facts of one key, numbered from zero on, in the order of a log."""
    key, now = uuid4(), clock.now()
    return in_one_partition(
        *(registered(key, number, time=now - timedelta(days=ago)) for number, ago in enumerate(days))
    )


async def test_what_is_forgotten_stays_known(installation: Installation) -> None:
    """Two facts are older than ninety days: they go from the inbox, and are dropped again wherever they come from."""
    facts = recorded_days_ago(400, 91, 89, 1)
    await installation.produce(facts, PARTNERS)
    async with running(installation, OLD):
        await hears(installation, {REGISTERED: [0, 1, 2, 3]})
        await installation.eventually(lambda: installation.value(f"SELECT ({UNREAD}) = 0"), 20)
        await forget(installation)
        assert await installation.value(KNOWN) == 4, "floors rose, and rows below them go the next time"
        await forget(installation)
        assert await installation.value(KNOWN) == 2
        await installation.produce(facts, PARTNERS)  # a replay
        await installation.rows("UPDATE consumer_offset SET next = 0, last_id = NULL")  # a log that was lost
        new = in_one_partition(registered(uuid4(), 4))
        await installation.produce(new, PARTNERS)
        await hears(installation, {REGISTERED: [0, 1, 2, 3, 4]})
    async with running(installation, SECOND):  # a handler that knows nothing yet
        await hears(installation, {REGISTERED: [0, 1, 2, 3, 4], AGAIN: [0, 1, 2, 3, 4]})


async def test_while_a_batch_is_in_hand_no_floor_rises_and_no_other_partition_waits(installation: Installation) -> None:
    """It may be about to note what it received below a floor that it does not know."""
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def hold(work: Work, recorded: Recorded[Fact]) -> None:
        if recorded.sequence == 1:
            begun.set()
            await go_on.wait()

    await installation.produce(recorded_days_ago(400), PARTNERS)
    async with running(installation, OLD, Trouble(hold)):
        await hears(installation, {REGISTERED: [0]})
        await installation.eventually(lambda: installation.value(f"SELECT ({UNREAD}) = 0"), 20)
        await installation.produce([each | {"partition": 1} for each in recorded_days_ago(300, 200)], PARTNERS)
        await asyncio.wait_for(begun.wait(), 20)
        await asyncio.wait_for(forget(installation), 10)
        assert await installation.value(FLOORS) == 0
        assert await installation.value(f"SELECT ({WAITING})") == 0
        go_on.set()
        await hears(installation, {REGISTERED: [0, 0, 1]})

        async def rises() -> bool:  # as it is tried each minute
            await forget(installation)
            return bool(await installation.value(FLOORS))

        await installation.eventually(rises, 20)


async def test_while_a_partition_is_not_read_to_its_end_nothing_is_forgotten(installation: Installation) -> None:
    await installation.produce(recorded_days_ago(400), PARTNERS)
    async with running(installation, OLD):
        await hears(installation, {REGISTERED: [0]})
        await installation.eventually(lambda: installation.value(f"SELECT ({UNREAD}) = 0"), 20)
    for end in (None, clock.now()):
        mark = "UPDATE consumer_offset SET read_to_end_at = $1 WHERE topic LIKE '%partner' AND partition = 1"
        await installation.rows(mark, end)
        await forget(installation)
        assert await installation.value(FLOORS) == (end is not None)


async def test_what_could_not_be_read_is_new_however_old_it_is(installation: Installation) -> None:
    unreadable = in_one_partition(registered(uuid4(), 0, time=clock.now() - timedelta(days=400)))[0]
    value, unreadable["value"] = unreadable["value"], b"?"
    await installation.produce([unreadable, unreadable], PARTNERS)
    async with running(installation, OLD) as member:
        await installation.eventually(lambda: installation.value("SELECT count(*) = 2 FROM parked"), 20)
        await installation.eventually(lambda: installation.value(f"SELECT ({UNREAD}) = 0"), 20)
        await forget(installation)
        assert await installation.value(FLOORS) == 1
        await installation.rows("UPDATE parked SET value = $1", value)
        first = await installation.value("SELECT min(id) FROM parked")
        assert await parking.retry(member.consumer._place, first) == {"applied": 1, "failed": []}
        await forget(installation)
        assert await installation.value(KNOWN) == 0
        await parking.retry(member.consumer._place, None)
    assert await heard(installation) == {REGISTERED: [0]}
    assert await installation.value("SELECT count(*) FROM parked") == 0


async def test_what_an_earlier_release_received_is_known_and_forgotten_later(installation: Installation) -> None:
    """Its rows name no handler, and the instant of receipt."""
    facts = recorded_days_ago(200, 1)
    await installation.produce(facts, PARTNERS)
    ids = [dict(each["headers"])["ce_id"].decode() for each in facts]
    old = "INSERT INTO inbox (event_id, recorded_at) SELECT unnest($1::text[]), unnest($2::timestamptz[])"
    await installation.rows(old, ids, [clock.now() - timedelta(days=200), clock.now()])
    async with running(installation, OLD):
        await installation.produce(in_one_partition(registered(uuid4(), 2)), PARTNERS)
        await hears(installation, {REGISTERED: [2]})
        await installation.eventually(lambda: installation.value(f"SELECT ({UNREAD}) = 0"), 20)
        await forget(installation)
        await forget(installation)
        assert await installation.value(KNOWN) == 2


async def test_under_load_that_never_ends_a_partition_is_read_to_where_its_end_was(installation: Installation) -> None:
    consumer = Consumer(installation.place, installation.settings)
    await consumer.register()
    partition = TopicPartition(installation.settings.topic("partner-registry.product"), 0)
    held = consumer._backlogs[partition] = Backlog(partition, 5, 1)
    read = "SELECT read_to_end_at FROM consumer_offset WHERE topic LIKE '%product' AND partition = 0"
    looks = [clock.now() - timedelta(seconds=seconds) for seconds in (4, 2, 0)]
    for look, held.stored, end in zip(looks, (5, 9, 12), (10, 20, 30), strict=True):
        consumer._ends = {partition: end}
        await installation.rows("UPDATE consumer_offset SET next = $1", held.stored)
        assert await installation.value(read) is None
        async with installation.work() as work:
            await consumer._mark(work, look)
    assert await installation.value(read) == looks[0], "at the first look its end was 10, and 12 are applied"
