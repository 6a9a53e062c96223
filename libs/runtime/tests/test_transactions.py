"""A log that a transactional producer or a mirror wrote: markers take offsets, and what was aborted lies between."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaProducer, TopicPartition

from notes.installation import FORGETFUL, PRODUCTS, Installation, Member, message
from notes.parked import numbers
from runtime import consumer
from runtime.consumer import Consumer

pytestmark = pytest.mark.durable_broker


class Transactions:
    """A transactional producer of records of one partition."""

    def __init__(self, installation: Installation) -> None:
        servers, name = installation.settings.kafka_bootstrap_servers, f"t-{uuid4().hex[:8]}"
        self._producer = AIOKafkaProducer(bootstrap_servers=servers, transactional_id=name)
        self._topic = installation.settings.topic(PRODUCTS)

    async def __aenter__(self) -> "Transactions":
        await self._producer.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._producer.stop()

    async def send(self, *records: dict[str, Any]) -> None:
        """Begin a transaction and send; it stays open."""
        await self._producer.begin_transaction()
        sent = [await self._producer.send(self._topic, **record, partition=0) for record in records]
        await asyncio.gather(*sent)

    async def commit(self, *records: dict[str, Any]) -> None:
        """A transaction that counts; without records, the one that is open."""
        if records:
            await self.send(*records)
        await self._producer.commit_transaction()

    async def abort(self, *records: dict[str, Any]) -> None:
        """A transaction that never was."""
        await self.send(*records)
        await self._producer.abort_transaction()


async def heard(installation: Installation, count: int) -> None:
    await installation.eventually(lambda: installation.value("SELECT count(*) >= $1 FROM heard", count), 20)


async def read_to_the_end(installation: Installation, member: Member) -> None:
    """Nothing is left to apply, also as Kafka's own tools see it."""
    place = TopicPartition(installation.settings.topic(PRODUCTS), 0)

    async def nothing_left() -> bool:
        client = member.consumer._consumer
        if member.consumer.lag() != 0:
            return False
        end = (await client.end_offsets([place]))[place]
        return bool(await client.committed(place) == end)

    await installation.eventually(nothing_left, 20)


async def test_a_transactional_log_is_read_to_its_end_once(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Markers, aborted records and plain ones in every order; the last thing in the log is a marker."""
    monkeypatch.setattr(consumer, "STALLED_AFTER", 1.0)
    monkeypatch.setattr(consumer, "LOOK_EVERY", 0.1)
    key = uuid4()

    def facts(*which: int) -> list[dict[str, Any]]:
        return [message(key, number) for number in which]

    async with Transactions(installation) as log:
        await log.commit(*facts(0, 1))
        await log.abort(*facts(90, 91))
        await installation.produce([record | {"partition": 0} for record in facts(2)])
        await log.commit(*facts(3))
        await log.commit(*facts(4, 5))
        await log.abort(*facts(92))
        async with installation.consuming() as member:
            await heard(installation, 6)
            await read_to_the_end(installation, member)
            client = member.consumer._consumer
            await log.abort(*facts(93))  # behind it only markers come, for longer than a stall is waited for
            await log.abort(*facts(94))
            await read_to_the_end(installation, member)
            await asyncio.wait_for(member.looked(15), 20)
            assert member.consumer._consumer is client, "it has nothing to apply, so it is not stalled"
            await log.commit(*facts(6))
            await heard(installation, 7)
        await log.abort(*facts(95))
        await log.commit(*facts(7))
        async with installation.consuming() as member:
            await heard(installation, 8)
            await read_to_the_end(installation, member)
    assert await numbers(installation, key) == list(range(8))
    assert await installation.value("SELECT count(*) FROM parked") == 0


async def test_a_transaction_that_stays_open_is_no_lag(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumer, "STALLED_AFTER", 1.0)
    monkeypatch.setattr(consumer, "LOOK_EVERY", 0.1)
    key = uuid4()
    async with Transactions(installation) as log, installation.consuming() as member:
        await log.commit(message(key, 0))
        await log.send(message(key, 1))
        await installation.produce([message(key, 2) | {"partition": 0}])
        await heard(installation, 1)
        await installation.eventually(lambda: asyncio.sleep(0, member.consumer.lag() == 0), 20)
        client = member.consumer._consumer
        await asyncio.wait_for(member.looked(15), 20)
        assert member.consumer._consumer is client
        await log.commit()
        await heard(installation, 3)
        await read_to_the_end(installation, member)
    assert await numbers(installation, key) == [0, 1, 2]


async def test_members_that_come_and_go_handle_a_transactional_log_once(installation: Installation) -> None:
    """Without an inbox, so that only the stored offset keeps a fact from being applied twice."""
    await installation.run(FORGETFUL)
    key, each = uuid4(), 10

    async with Transactions(installation) as log:
        first = Member(Consumer(installation.replica(), installation.settings))
        for turn in range(8):
            await log.commit(*(message(key, number) for number in range(turn * each, (turn + 1) * each)))
            await log.abort(message(key, 1000 + turn))
            if turn == 3:
                await heard(installation, 1)
                second = Member(Consumer(installation.replica(), installation.settings))
            if turn == 6:
                await first.stop()
        await heard(installation, 8 * each)
        await read_to_the_end(installation, second)
        await second.stop()
    assert await numbers(installation, key) == list(range(8 * each))
