"""Where in Kafka a reader begins: at a fact it saw last, at an instant, or now."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Literal, Self

from aiokafka import AIOKafkaConsumer
from aiokafka.structs import TopicPartition

from contracts import PARTITIONS, topics
from runtime.problems import Problem
from runtime.settings import Settings

OVERLAP = 60_000
"""Milliseconds that the other partitions are read again on resuming.

A record's timestamp is when its producer made it; the producer may be 40 s (its request timeout) in sending it, and
clocks of two replicas differ. So a reader gets some facts twice, and drops them by the CloudEvent's id.
"""
Since = datetime | Literal["beginning"] | None
Offsets = dict[TopicPartition, int]


def partitions_of(settings: Settings, names: list[str]) -> list[TopicPartition]:
    """All partitions of topics, by the names that they have in this installation."""
    return [TopicPartition(settings.topic(name), number) for name in names for number in range(PARTITIONS)]


@dataclass(frozen=True, slots=True)
class Place:
    """One fact's place in Kafka, as a stream's ``id`` says it: ``topic:partition:offset``."""

    topic: str
    partition: int
    offset: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read an id. Raises a 400 Problem for what cannot be one of ours."""
        parts = text.rsplit(":", 2)
        numbers = [int(part) for part in parts[1:] if part.isascii() and part.isdecimal() and len(part) < 19]
        if len(parts) != 3 or len(numbers) != 2 or parts[0] not in topics() or numbers[0] >= PARTITIONS:
            raise unknown(text)
        return cls(parts[0], *numbers)


def unknown(id: object) -> Problem:
    """The refusal of an id from which nothing can be resumed."""
    detail = f"nothing can be resumed from {str(id)[:100]!r}: leave Last-Event-ID out, and give since instead"
    return Problem(400, "unknown-event-id", detail)


async def _time_of(consumer: AIOKafkaConsumer, place: Place, partition: TopicPartition) -> int:
    """The timestamp of the record at a place. Raises a 400 Problem where there is none, TimeoutError for silence."""
    end = (await consumer.end_offsets([partition]))[partition]
    begin = (await consumer.beginning_offsets([partition]))[partition]
    if not begin <= place.offset < end:
        raise unknown(f"{place.topic}:{place.partition}:{place.offset}")
    consumer.assign([partition])
    consumer.seek(partition, place.offset)
    records = (await consumer.getmany(timeout_ms=10_000, max_records=1)).get(partition)
    if not records:
        raise TimeoutError("Kafka did not give the fact that was seen last")
    timestamp: int = records[0].timestamp
    return timestamp


async def _at(consumer: AIOKafkaConsumer, settings: Settings, ends: Offsets, milliseconds: int) -> Offsets:
    """The first offset of each partition whose record is not older."""
    if not settings.verify_topics:
        # librdkafka's in-memory broker knows no times; it keeps little, and readers drop what they had.
        return await consumer.beginning_offsets(list(ends))  # type: ignore[no-any-return]
    found = await consumer.offsets_for_times(dict.fromkeys(ends, max(0, milliseconds)))
    return {partition: found[partition].offset if found[partition] else end for partition, end in ends.items()}


async def _ends(consumer: AIOKafkaConsumer, partitions: list[TopicPartition]) -> Offsets:
    # Topic by topic, side by side: a question about many topics that are new to the client has it learn of one after
    # the other, a tenth of a second each, which would be five seconds before a stream of all of them begins.
    by_topic = [list(each) for _, each in groupby(partitions, key=lambda partition: partition.topic)]
    found = await asyncio.gather(*(consumer.end_offsets(each) for each in by_topic))
    return {partition: end for each in found for partition, end in each.items()}


async def offsets(
    consumer: AIOKafkaConsumer, settings: Settings, partitions: list[TopicPartition], last: Place | None, since: Since
) -> Offsets:
    """Where each partition is to be read from; a place that was seen last counts more than ``since``.

    Raises a 400 Problem for a place that Kafka does not have, KafkaError or TimeoutError when it does not answer.
    """
    # Ends first: what arrives while the times are looked up lies behind them and is read.
    ends = await _ends(consumer, partitions)
    if last is not None:
        seen = TopicPartition(settings.topic(last.topic), last.partition)
        found = await _at(consumer, settings, ends, await _time_of(consumer, last, seen) - OVERLAP)
        return found | ({seen: last.offset + 1} if seen in found else {})
    match since:
        case None:
            return ends
        case "beginning":
            return await consumer.beginning_offsets(partitions)  # type: ignore[no-any-return]
        case _:
            return await _at(consumer, settings, ends, int(since.timestamp() * 1000))
