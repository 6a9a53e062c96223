"""One reader of Kafka: no group, no database; it begins where its client stopped and merges partitions by time."""

import asyncio
import heapq
import json
import time
from collections import deque
from collections.abc import AsyncIterator, Iterator

import anyio
import structlog
from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError
from aiokafka.structs import ConsumerRecord, TopicPartition
from sse_starlette import ServerSentEvent

from event_stream.filters import Filter
from event_stream.places import Offsets, Place, Since, offsets, partitions_of
from runtime import kafka
from runtime.settings import Settings

log = structlog.get_logger()
SILENT_AFTER = 30.0
"""Seconds without a word from Kafka about a partition after which a stream ends; its client resumes.

Less than the overlap: a partition that fell silent while others went on is read again from before its silence.
"""


class Reader:
    """Reads the partitions of a filter's topics, oldest record first.

    Merging matters to whoever resumes: an id speaks for one partition only, and the others are taken up by its time.
    Without it, one partition could be a year ahead of another while a reader catches up.
    """

    def __init__(self, settings: Settings, chosen: Filter) -> None:
        self._settings, self._filter = settings, chosen
        self._consumer = AIOKafkaConsumer(
            **kafka.client(settings, "event-stream"),
            enable_auto_commit=False,
            auto_offset_reset="none",
            fetch_max_bytes=8_000_000,
        )
        self._waiting: dict[TopicPartition, deque[ConsumerRecord]] = {}
        self._next: Offsets = {}
        self._opened_at = 0.0

    async def open(self, last: Place | None, since: Since) -> None:
        """Stand where the client wants to begin.

        Raises a 400 Problem for a place that Kafka does not have, KafkaError or TimeoutError when it cannot be reached.
        """
        await self._consumer.start()
        partitions = partitions_of(self._settings, self._filter.topics())
        self._next = await offsets(self._consumer, self._settings, partitions, last, since)
        self._waiting = {partition: deque() for partition in partitions}
        self._consumer.assign(partitions)
        for partition, offset in self._next.items():
            self._consumer.seek(partition, offset)
        self._opened_at = time.time()

    async def close(self) -> None:
        """Let go of Kafka."""
        await self._consumer.stop()

    async def events(self, until: float, stopping: anyio.Event) -> AsyncIterator[ServerSentEvent]:
        """Facts as server-sent events until an instant (seconds since the epoch), told to stop, or Kafka's silence."""
        yield ServerSentEvent(comment="reading", retry=2000)
        try:
            async for record in self._records():
                if time.time() >= until or stopping.is_set():
                    return
                if record is not None and (event := self._event(record)) is not None:
                    yield event
        except KafkaError as error:
            log.warning("stream ends; its reader will resume", reason=str(error) or type(error).__name__)

    def _event(self, record: ConsumerRecord) -> ServerSentEvent | None:
        topic = record.topic.removeprefix(self._settings.topic_prefix)
        place = f"{topic}:{record.partition}:{record.offset}"
        try:
            event = self._filter.event(record)
        except Exception as error:  # whatever a foreign producer wrote must not end the stream
            log.warning("a record is no fact; readers do not get it", place=place, reason=str(error))
            return None
        if event is None:
            return None
        return ServerSentEvent(json.dumps(event, ensure_ascii=False), event=event["type"], id=place)

    async def _records(self) -> AsyncIterator[ConsumerRecord | None]:
        """Records in the order of their time; None where nothing came for a while, so that the caller can look up."""
        while True:
            empty = [partition for partition, records in self._waiting.items() if not records]
            for partition, records in (await self._consumer.getmany(*empty, timeout_ms=1000)).items():
                self._waiting[partition].extend(records)
            if self._silent():
                log.warning("stream ends; its reader will resume", reason="Kafka does not answer")
                return
            for record in self._ripe():
                yield record
            yield None
            await asyncio.sleep(0)  # a long history that the filter refuses must not hold up other requests

    def _ripe(self) -> Iterator[ConsumerRecord]:
        """What can go out: nothing older can still come from a partition that is not read to its end."""
        if any(not records and self._behind(partition) for partition, records in self._waiting.items()):
            return
        heads = [(records[0].timestamp, partition) for partition, records in self._waiting.items() if records]
        heapq.heapify(heads)
        while heads:
            partition = heads[0][1]
            record = self._waiting[partition].popleft()
            self._next[partition] = record.offset + 1
            yield record
            if self._waiting[partition]:
                heapq.heapreplace(heads, (self._waiting[partition][0].timestamp, partition))
            elif self._behind(partition):
                return
            else:
                heapq.heappop(heads)

    def _behind(self, partition: TopicPartition) -> bool:
        end = self._consumer.highwater(partition)  # None until Kafka first spoke of it: what it holds is not known
        return end is None or self._next[partition] < end

    def _silent(self) -> bool:
        """Whether Kafka said nothing of a partition for long. One whose records wait here is not being asked."""
        answered = [
            (self._consumer.last_poll_timestamp(partition) or 0) / 1000
            for partition, records in self._waiting.items()
            if not records
        ]
        return bool(answered) and time.time() - max(min(answered), self._opened_at) > SILENT_AFTER
