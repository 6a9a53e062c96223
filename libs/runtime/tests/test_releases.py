"""Releases with other handlers: a new one is given the whole history, once, whichever replicas run beside it."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from aiokafka.structs import ConsumerRecord, TopicPartition

from contracts import Fact, Recorded
from contracts.partner_registry import PartnerRegistered, PartnerStatusChanged
from notes.consumers import Trouble
from notes.installation import WAITING, Installation, Member, claim
from notes.releases import (
    NEW,
    OLD,
    PARTNERS,
    SECOND,
    changed,
    heard,
    hears,
    in_one_partition,
    registered,
    release,
    running,
)
from runtime import applying, handled, parking
from runtime.database import Context
from runtime.offsets import Fenced, Outdated
from runtime.principal import Principal
from runtime.subscriptions import Subscriptions
from runtime.work import Work
from serving import operations

REGISTERED, CHANGED, AGAIN = ":PartnerRegistered", ":PartnerStatusChanged", "second:PartnerRegistered"


def both_types(key: UUID, *numbers: int) -> list[dict[str, Any]]:
    """Of each number a fact that all releases handle, and one that only a newer one does; in one order."""
    return in_one_partition(*(make(key, number) for number in numbers for make in (registered, changed)))


async def stopped(installation: Installation, member: Member, reason: str) -> None:
    """Wait until it consumes no more, and says why."""

    async def says_so() -> bool:
        trouble = member.health.troubles.get("consumer")
        return trouble is not None and reason in trouble.reason

    await installation.eventually(says_so, 20)
    assert member.consumer.lag() is None


async def test_a_type_that_a_release_adds_is_heard_from_the_beginning(installation: Installation) -> None:
    key = uuid4()
    await installation.produce(both_types(key, *range(5)), PARTNERS)
    async with running(installation, OLD):
        await hears(installation, {REGISTERED: [*range(5)]})
    await installation.produce(both_types(key, 5, 6), PARTNERS)
    async with running(installation, NEW):
        await hears(installation, {REGISTERED: [*range(7)], CHANGED: [*range(7)]})
        await installation.produce(both_types(key, 7), PARTNERS)
        await hears(installation, {REGISTERED: [*range(8)], CHANGED: [*range(8)]})


async def test_another_handler_of_known_facts_hears_them_all_and_the_first_none_again(
    installation: Installation,
) -> None:
    key = uuid4()
    await installation.produce(in_one_partition(*(registered(key, number) for number in range(5))), PARTNERS)
    async with running(installation, OLD):
        await hears(installation, {REGISTERED: [*range(5)]})
    async with running(installation, SECOND):
        await installation.produce(in_one_partition(registered(key, 5)), PARTNERS)
        await hears(installation, {REGISTERED: [*range(6)], AGAIN: [*range(6)]})


def test_two_handlers_in_one_group_are_refused() -> None:
    listens = Subscriptions()

    async def handle(work: Work, fact: PartnerRegistered) -> None: ...

    listens.on(PartnerRegistered)(handle)
    listens.on(PartnerRegistered, group="numbers")(handle)
    for group, named in (("", 'group ""'), ("numbers", 'group "numbers"')):
        with pytest.raises(ValueError, match=f"io.entente.PartnerRegistered.v1 has a handler in the {named}"):
            listens.on(PartnerRegistered, group=group)(handle)


async def test_an_older_replica_eats_nothing_of_what_a_newer_one_handles(installation: Installation) -> None:
    """A rolling upgrade in the middle of traffic: it stops, says why, and leaves its group to the newer one."""
    installation.settings.pool_size = 3
    key = uuid4()

    async def produce() -> None:
        for number in range(0, 200, 5):
            await installation.produce(both_types(key, *range(number, number + 5)), PARTNERS)

    producing = asyncio.create_task(produce())
    async with running(installation, OLD) as old:
        await installation.eventually(lambda: installation.value("SELECT count(*) >= 20 FROM heard"), 20)
        async with running(installation, NEW):
            await stopped(installation, old, "another release")
            await producing
            await hears(installation, {REGISTERED: [*range(200)], CHANGED: [*range(200)]})
            await stopped(installation, old, "does not: io.entente.PartnerStatusChanged.v1")
            assert await installation.value("SELECT count(*) FROM parked") == 0


async def test_a_replica_that_has_nothing_to_do_notices_too(installation: Installation) -> None:
    async with running(installation, OLD) as old:
        await installation.eventually(lambda: asyncio.sleep(0, old.consumer.lag() == 0), 20)
        async with running(installation, NEW) as new:
            await stopped(installation, old, "another release")
            await installation.eventually(lambda: asyncio.sleep(0, len(new.consumer._backlogs) == 4), 20)
    async with running(installation, OLD) as restarted:
        await stopped(installation, restarted, "ENTENTE_ROLL_BACK")


async def test_a_batch_that_waited_for_a_registration_is_fenced(installation: Installation) -> None:
    """Its statement began before the other release was registered; both want to begin at the beginning."""
    old = release(installation, OLD)
    await old.register()
    topic = installation.settings.topic(PARTNERS)
    await installation.produce(both_types(uuid4(), 0, 1), PARTNERS)
    records: list[ConsumerRecord] = await installation.log(PARTNERS)
    connection = await asyncpg.connect(installation.admin)
    async with connection.transaction():
        await connection.execute("UPDATE consumer_offset SET handlers = 'those of another release', next = 0")
        applying_them = asyncio.create_task(
            applying.apply(old._place, claim(TopicPartition(topic, 1), 0, records), records)
        )
        await installation.eventually(lambda: installation.value(WAITING))
    with pytest.raises(Fenced):
        await applying_them
    await connection.close()
    assert await heard(installation) == {}
    await old._place.store.close()


async def test_the_old_release_can_come_back_for_good_and_the_next_upgrade_rewinds(installation: Installation) -> None:
    key = uuid4()
    await installation.produce(both_types(key, 0, 1), PARTNERS)
    async with running(installation, NEW) as new:
        await hears(installation, {REGISTERED: [0, 1], CHANGED: [0, 1]})
        async with running(installation, OLD, roll_back=True) as old:
            await stopped(installation, new, "rolled back")
            await installation.produce(both_types(key, 2), PARTNERS)
            await hears(installation, {REGISTERED: [0, 1, 2], CHANGED: [0, 1]})
            await stopped(installation, new, "removed what this one handles: io.entente.PartnerStatusChanged.v1")
            assert "consumer" not in old.health.troubles
    async with running(installation, NEW):
        await hears(installation, {REGISTERED: [0, 1, 2], CHANGED: [0, 1, 2]})


async def test_without_being_told_to_an_older_release_removes_nothing(installation: Installation) -> None:
    newer, older = release(installation, NEW), release(installation, OLD)
    await newer.register()
    with pytest.raises(Outdated, match="ENTENTE_ROLL_BACK=true"):
        await older.register()
    assert await installation.value("SELECT count(*) FROM handled WHERE registered") == 2
    for consumer in (newer, older):
        await consumer._place.store.close()


def refusing(number: int) -> Trouble:
    """An obstacle for facts with that number."""

    async def refuse(work: Work, recorded: Recorded[Fact]) -> None:
        if recorded.sequence == number:
            raise ValueError(f"cannot take {number}")

    return Trouble(refuse)


async def test_what_a_new_handler_cannot_take_parks_for_its_group_alone(installation: Installation) -> None:
    """The first group goes on with the key; a retry gives the second what waits, in the order of the log."""
    key, trouble = uuid4(), refusing(2)
    await installation.produce(in_one_partition(*(registered(key, number) for number in range(4))), PARTNERS)
    async with running(installation, OLD):
        await hears(installation, {REGISTERED: [*range(4)]})
    async with running(installation, SECOND, trouble) as member:
        await installation.eventually(lambda: installation.value("SELECT count(*) = 2 FROM parked"), 20)
        await installation.produce(in_one_partition(registered(key, 4)), PARTNERS)
        await hears(installation, {REGISTERED: [*range(5)], AGAIN: [0, 1]})
        place = member.consumer._place
        parked = [(row["handler_group"], row["blocks"]) for row in await parking.listing(place, 10)]
        assert parked == [("second", True)] * 3
        trouble.obstacle = None
        assert await parking.retry(place, None) == {"applied": 3, "failed": []}
        await hears(installation, {REGISTERED: [*range(5)], AGAIN: [*range(5)]})


async def test_a_key_that_is_parked_for_one_group_keeps_its_order_for_a_new_one(installation: Installation) -> None:
    key, trouble = uuid4(), refusing(2)
    await installation.produce(in_one_partition(*(registered(key, number) for number in range(5))), PARTNERS)
    async with running(installation, OLD, trouble):
        await installation.eventually(lambda: installation.value("SELECT count(*) = 3 FROM parked"), 20)
    async with running(installation, SECOND) as member:
        await hears(installation, {REGISTERED: [0, 1], AGAIN: [*range(5)]})
        assert await parking.retry(member.consumer._place, None) == {"applied": 3, "failed": []}
        await hears(installation, {REGISTERED: [*range(5)], AGAIN: [*range(5)]})


async def test_a_group_that_still_fails_keeps_no_other_back_at_a_retry(installation: Installation) -> None:
    key = uuid4()
    await installation.produce(in_one_partition(*(registered(key, number) for number in range(5))), PARTNERS)
    async with running(installation, OLD, refusing(2)):
        await installation.eventually(lambda: installation.value("SELECT count(*) = 3 FROM parked"), 20)
    trouble = refusing(3)
    async with running(installation, SECOND, trouble) as member:
        await installation.eventually(lambda: installation.value("SELECT count(*) = 5 FROM parked"), 20)
        trouble.obstacle = refusing(2).obstacle
        outcome = await parking.retry(member.consumer._place, None)
        assert (outcome["applied"], len(outcome["failed"])) == (2, 1)
        await hears(installation, {REGISTERED: [0, 1], AGAIN: [*range(5)]})


async def test_an_older_replica_retries_nothing_that_others_are_to_be_given(installation: Installation) -> None:
    """A record that became readable is new to both groups, and one of them is not in this release."""
    record = in_one_partition(registered(uuid4(), 0))[0]
    value, record["value"] = record["value"], b"?"
    await installation.produce([record], PARTNERS)
    async with running(installation, SECOND) as newer, running(installation, OLD) as older:
        await installation.eventually(lambda: installation.value("SELECT count(*) = 1 FROM parked"), 20)
        await installation.rows("UPDATE parked SET value = $1", value)
        outcome = await parking.retry(older.consumer._place, None)
        assert (outcome["applied"], "another one's handlers" in outcome["failed"][0]["reason"]) == (0, True)
        assert (await parking.retry(newer.consumer._place, None))["applied"] == 1
    assert await heard(installation) == {REGISTERED: [0], AGAIN: [0]}


async def test_a_retry_keeps_what_is_parked_for_a_group_that_was_removed(installation: Installation) -> None:
    """A release that was rolled back to handles the type, and not for that group: the next upgrade does."""
    key = uuid4()
    await installation.produce(in_one_partition(registered(key, 0), registered(key, 1)), PARTNERS)
    async with running(installation, SECOND, refusing(1)):
        await installation.eventually(lambda: installation.value("SELECT count(*) = 2 FROM parked"), 20)
    async with running(installation, OLD, roll_back=True) as older:
        removed = "SELECT count(*) = 1 FROM handled WHERE registered"
        await installation.eventually(lambda: installation.value(removed), 20)
        outcome = await parking.retry(older.consumer._place, None)
        assert (outcome["applied"], len(outcome["failed"])) == (1, 1)
    async with running(installation, SECOND) as newer:
        again = "SELECT count(*) = 2 FROM handled WHERE registered"
        await installation.eventually(lambda: installation.value(again), 20)
        assert (await parking.retry(newer.consumer._place, None))["applied"] == 1
    assert await heard(installation) == {REGISTERED: [0, 1], AGAIN: [0, 1]}


async def test_the_status_tells_how_much_of_the_history_is_to_be_read(installation: Installation) -> None:
    key, gate = uuid4(), asyncio.Event()

    async def hold(work: Work, recorded: Recorded[Fact]) -> None:
        await gate.wait()

    await installation.produce(both_types(key, 0), PARTNERS)
    async with running(installation, OLD):
        await installation.eventually(lambda: to_read(installation, 0), 20)
    async with running(installation, NEW, Trouble(hold)):
        await installation.eventually(lambda: to_read(installation, 1), 20)
        gate.set()
        await installation.eventually(lambda: to_read(installation, 0), 20)


async def test_nobody_decides_on_what_is_read_again(installation: Installation) -> None:
    """From when a release begins that handles more, until all is read: what came last waits behind all of that."""
    gate, topic, new = asyncio.Event(), installation.settings.topic(PARTNERS), "io.entente.PartnerStatusChanged.v1"

    async def hold(work: Work, recorded: Recorded[Fact]) -> None:
        await gate.wait()

    async def unread(*expected: str) -> bool:
        found = []
        for partner_id in (None, uuid4()):
            asks = Context(Principal("ana", "ana", frozenset(), partner_id))
            async with installation.place.store.work(asks) as work:
                for everywhere in (True, False):
                    found.append(await handled.unread(work, (PartnerStatusChanged, ""), everywhere=everywhere))
        return found == [[*expected]] * 4

    await installation.produce(both_types(uuid4(), 0), PARTNERS)
    assert await unread(new)
    async with running(installation, OLD):
        await installation.eventually(lambda: unread(new), 20)  # to the end, but nothing is given to who begins now
    async with running(installation, NEW, Trouble(hold)):
        await installation.eventually(lambda: unread(topic), 20)
        gate.set()
        await installation.eventually(unread, 20)


async def to_read(installation: Installation, partitions: int) -> bool:
    """Whether that is what the status says, of a service that runs."""
    begun = await installation.value("SELECT count(*) FROM handled WHERE registered")
    return bool(begun) and (await operations.status_of(installation.place))["partitions_to_read"] == partitions
