"""SIGKILL or SIGSTOP of any process, Kafka away, PostgreSQL restarted: nothing missing, nothing twice, order kept.

``ENTENTE_FAULT_SECONDS`` makes it long: the default is the short form that CI runs.
"""

import asyncio
import os
import random
from collections import defaultdict
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from aiokafka import AIOKafkaConsumer
from aiokafka.structs import TopicPartition

from benchmarks.feeds import laboratory_file
from benchmarks.installation import Process, installation
from contracts import PARTITIONS, read, topics
from tests.faults.cluster import Cluster, start
from tests.faults.freezing import SERVICES, backends, frozen, kafka, leader
from tests.whole import WHOLE, only_whole

SECONDS = float(os.environ.get("ENTENTE_FAULT_SECONDS", "10"))
AWAY = min(60.0, max(15.0, SECONDS / 3))
"""Longer than a consumer group waits for its members: then they must join anew."""
OOS_EVERY, RESULTS = 8, ("dissolution_min", "dissolution_av")
ROWS, PAUSE = (40, 0.5) if WHOLE or SECONDS > 10 else (16, 1.0)
"""A file's batches, and seconds between two: a plant's pace, and more. What is sent during a fault must be worked off
after it: in the short form that is the dear part, so there it is what keeps every service at work and no more."""

pytestmark = [pytest.mark.durable_broker, pytest.mark.timeout(600 + 4 * SECONDS)]

TESTS = "SELECT coalesce(sum(count), 0)::int FROM bucket WHERE measure = 'test_evaluated'"
OOS = "SELECT coalesce(sum(count), 0)::int FROM bucket WHERE measure = 'oos'"
MADE = "SELECT count(*)::int FROM batch WHERE state = 'manufactured'"
INVESTIGATIONS = "SELECT count(*)::int FROM oos_investigation"


@pytest_asyncio.fixture(scope="module")
async def cluster() -> AsyncIterator[Cluster]:
    """Two replicas of every service, seeded."""
    async with installation() as installed:
        started = await start(installed, replicas=2)
        await started.seed()
        yield started


class Sender:
    """Sends files one after the other until told to stop, and counts what was taken."""

    def __init__(self, cluster: Cluster, first: int) -> None:
        self._cluster, self.first, self.next = cluster, first, first

    async def run(self, stopping: asyncio.Event) -> None:
        """Each file is sent until it is taken; the next begins where it ended."""
        while not stopping.is_set():
            answer = await self._cluster.send(laboratory_file(self.next, ROWS, RESULTS, OOS_EVERY))
            assert answer["refused"] == 0, answer
            self.next += ROWS
            await asyncio.sleep(PAUSE)


async def settled(cluster: Cluster, batches: int) -> None:
    """Everything that was sent has arrived everywhere, once."""
    oos = len([number for number in range(1, batches + 1) if number % OOS_EVERY == 0])
    await cluster.eventually("quality_events", MADE, lambda found: found == batches)
    await cluster.eventually("kpi", TESTS, lambda found: found == batches)
    assert await cluster.eventually("quality_events", INVESTIGATIONS, lambda found: found == oos) == oos
    assert await cluster.eventually("kpi", OOS, lambda found: found == oos) == oos
    await cluster.quiet()
    assert await cluster.count("kpi", TESTS) == batches
    assert await cluster.count("kpi", OOS) == oos
    assert (await cluster.ask("kpi", "POST", "/rebuilds", json={"compare": True}))["different"] == 0
    for package in ("sample_tracking", "quality_events", "kpi", "partner_feeds"):
        assert await cluster.count(package, "SELECT count(*) FROM parked") == 0


async def in_order(cluster: Cluster) -> None:
    """Facts of each key, duplicates dropped by their id, lie in Kafka in the order of their versions."""
    consumer = AIOKafkaConsumer(bootstrap_servers=cluster.installation.settings.kafka_bootstrap_servers)
    await consumer.start()
    partitions = [TopicPartition(topic, number) for topic in topics() for number in range(PARTITIONS)]
    consumer.assign(partitions)
    ends = await consumer.end_offsets(partitions)
    seen, sequences = set(), defaultdict[tuple[str, str], list[int]](list)
    for partition in partitions:
        consumer.seek(partition, 0)
    while any([await consumer.position(partition) < ends[partition] for partition in partitions]):
        for records in (await consumer.getmany(timeout_ms=500)).values():
            for record in records:
                fact = read(record.key, record.value, record.headers)
                if fact is not None and fact.id not in seen:
                    seen.add(fact.id)
                    sequences[record.topic, fact.key].append(fact.sequence)
    await consumer.stop()
    assert {"quality-events.batch", "sample-tracking.result"} < {topic for topic, _ in sequences}
    assert all(found == sorted(found) for found in sequences.values())


async def under_fault(cluster: Cluster, first: int, fault: asyncio.Task[None]) -> int:
    """Send files while a fault goes on; give the number of batches sent in all."""
    stopping, sender = asyncio.Event(), Sender(cluster, first)
    sending = asyncio.create_task(sender.run(stopping))
    await fault
    stopping.set()
    await sending
    return sender.next - 1


@pytest.fixture(scope="module")
def sent() -> dict[str, int]:
    """How many batches were sent so far, by whichever test."""
    return {"batches": 0}


async def test_killing_any_process_at_any_moment(cluster: Cluster, sent: dict[str, int]) -> None:
    chance = random.Random(7)

    async def kill_and_restart() -> None:
        end = asyncio.get_running_loop().time() + SECONDS
        while asyncio.get_running_loop().time() < end:
            # Three, some while the ones before still start; killed faster than they start, none would ever answer.
            for _ in range(3):
                victim = chance.choice(cluster.processes)
                await victim.kill()
                await asyncio.sleep(chance.uniform(0.2, 1.0))
                await victim.start(ready=False)
                await asyncio.sleep(chance.uniform(0.5, 2.0))
            await asyncio.gather(*(process.ready() for process in cluster.processes))

    sent["batches"] = await under_fault(cluster, sent["batches"] + 1, asyncio.create_task(kill_and_restart()))
    await settled(cluster, sent["batches"])
    await in_order(cluster)


async def test_kafka_away(cluster: Cluster, sent: dict[str, int]) -> None:
    async def outage() -> None:
        await asyncio.to_thread(cluster.installation.kafka.kill)
        await asyncio.sleep(AWAY)
        await asyncio.to_thread(cluster.installation.kafka.start)

    sent["batches"] = await under_fault(cluster, sent["batches"] + 1, asyncio.create_task(outage()))
    await settled(cluster, sent["batches"])
    await in_order(cluster)


async def test_postgres_restarted(cluster: Cluster, sent: dict[str, int]) -> None:
    async def restart() -> None:
        await asyncio.sleep(1)
        await asyncio.to_thread(cluster.installation.postgres.kill)
        await asyncio.to_thread(cluster.installation.postgres.start)
        await asyncio.sleep(2)

    sent["batches"] = await under_fault(cluster, sent["batches"] + 1, asyncio.create_task(restart()))
    await settled(cluster, sent["batches"])
    await in_order(cluster)


async def other_leaders(cluster: Cluster, former: list[Process]) -> None:
    """Wait until every relay is led by another process. A quarter of a minute is usual; a busy machine takes longer."""
    async with asyncio.timeout(180):
        for package in SERVICES:
            while (leads := await leader(cluster, package)) is None or leads in former:
                await asyncio.sleep(0.5)


@only_whole
async def test_freezing_the_leader_of_every_service(cluster: Cluster, sent: dict[str, int]) -> None:
    """The other replicas lead, consume and answer; thawed, the former leaders do no harm."""

    async def freeze_and_thaw() -> None:
        former = [found for package in SERVICES if (found := await leader(cluster, package))]
        assert len(former) == len(SERVICES)
        for process in former:
            process.freeze(True)
        try:
            await other_leaders(cluster, former)
            seen = await cluster.count("kpi", TESTS)
            await cluster.eventually("kpi", TESTS, lambda found: found > seen + ROWS, within=180)
        finally:
            for process in former:
                process.freeze(False)
        await asyncio.gather(*(process.ready() for process in cluster.processes))

    sent["batches"] = await under_fault(cluster, sent["batches"] + 1, asyncio.create_task(freeze_and_thaw()))
    await settled(cluster, sent["batches"])


@only_whole
async def test_freezing_any_process_at_any_moment(cluster: Cluster, sent: dict[str, int]) -> None:
    """Any replica, Kafka, or PostgreSQL's processes of a service, for some seconds; in the long form for long."""
    chance = random.Random(11)

    async def freeze_and_thaw() -> None:
        end = asyncio.get_running_loop().time() + SECONDS
        while asyncio.get_running_loop().time() < end:
            process, package = chance.choice(cluster.processes), chance.choice(SERVICES)
            for pids in ([kafka(cluster)], await backends(cluster, package), [process.pid]):
                process.frozen = process.pid in pids
                with frozen(*pids):
                    await asyncio.sleep(chance.uniform(1, AWAY / 5))
                process.frozen = False
        await asyncio.gather(*(process.ready() for process in cluster.processes))

    sent["batches"] = await under_fault(cluster, sent["batches"] + 1, asyncio.create_task(freeze_and_thaw()))
    await settled(cluster, sent["batches"])
    await in_order(cluster)
