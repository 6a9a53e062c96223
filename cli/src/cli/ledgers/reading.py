"""Reading topics to their end, and writing down which facts lie there, beside the ledger they came from."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from aiokafka import AIOKafkaConsumer
from aiokafka.structs import ConsumerRecord, TopicPartition

from contracts import PARTITIONS
from runtime import kafka
from runtime.settings import Settings

CLOCKS_DIFFER = timedelta(hours=1)
"""A broker's clock may be so much behind: so much more is read."""
_AT_ONCE = 10_000
SEEN = """
CREATE TEMP TABLE on_kafka (id uuid, time timestamptz, topic text, partition int, "offset" bigint, key text, type text,
                            sequence int, parties text)
"""
_COLUMNS = ("id", "time", "topic", "partition", "offset", "key", "type", "sequence", "parties")


@asynccontextmanager
async def _reader(settings: Settings) -> AsyncIterator[AIOKafkaConsumer]:
    options = {"enable_auto_commit": False, "isolation_level": "read_committed", "max_poll_records": _AT_ONCE}
    # The client looks for a place of its own as soon as it is given partitions, beside what it is told afterwards.
    options |= {"auto_offset_reset": "earliest"}
    consumer = AIOKafkaConsumer(**kafka.client(settings, ""), **options)
    await consumer.start()
    try:
        yield consumer
    finally:
        await consumer.stop()


async def read(settings: Settings, topics: Sequence[str], since: datetime | None, connection: Any) -> tuple[int, int]:
    """Fill ``on_kafka`` with the facts of topics, whole or since a moment; of what came twice, both.

    Gives the number of records, and of those that are no fact. A topic that is not there holds nothing.
    """
    await connection.execute(SEEN)
    records = strange = 0
    async with _reader(settings) as consumer:
        there = await consumer.topics()
        names = [settings.topic(name) for name in topics if settings.topic(name) in there]
        partitions = [TopicPartition(name, number) for name in names for number in range(PARTITIONS)]
        if not partitions:
            return 0, 0
        consumer.assign(partitions)
        ends = await consumer.end_offsets(partitions)
        await _begin(consumer, partitions, since, ends)
        while any([await consumer.position(each) < ends[each] for each in partitions]):
            for batch in (await consumer.getmany(timeout_ms=500)).values():
                rows = [row for record in batch if (row := _row(record, settings.topic_prefix))]
                await connection.copy_records_to_table("on_kafka", records=rows, columns=_COLUMNS)
                records, strange = records + len(batch), strange + len(batch) - len(rows)
    return records, strange


async def _begin(
    consumer: Any, partitions: Sequence[TopicPartition], since: datetime | None, ends: dict[TopicPartition, int]
) -> None:
    if since is None:
        await consumer.seek_to_beginning(*partitions)
        return
    at = int((since - CLOCKS_DIFFER).timestamp() * 1000)
    for each, found in (await consumer.offsets_for_times(dict.fromkeys(partitions, at))).items():
        consumer.seek(each, found.offset if found else ends[each])


def _row(record: ConsumerRecord, prefix: str) -> tuple[Any, ...] | None:
    """What the comparison needs of a record; None of one that no service of ours could have sent."""
    said = {name: value.decode("utf-8", "replace") for name, value in record.headers}
    with suppress(KeyError, ValueError):
        id, time = UUID(said["ce_id"]), datetime.fromisoformat(said["ce_time"])
        place = record.topic.removeprefix(prefix), record.partition, record.offset
        key, sequence = (record.key or b"").decode(), int(said["ce_sequence"])
        return id, time, *place, key, said["ce_type"], sequence, said.get("ce_parties", "")
    return None


async def contents(settings: Settings, places: Sequence[tuple[str, int, int]]) -> list[str]:
    """What single records hold, by topic, partition and offset: there is no more of a fact that its owner lost."""
    found = list[str]()
    if not places:
        return found
    async with _reader(settings) as consumer:
        for topic, partition, offset in places:
            each = TopicPartition(settings.topic(topic), partition)
            consumer.assign([each])
            consumer.seek(each, offset)
            found.append((await consumer.getone(each)).value.decode("utf-8", "replace"))
    return found
