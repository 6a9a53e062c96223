"""What was fetched of a partition and waits to be applied: partners take turns, and the order of a key holds.

A lane is what concerns the same partners. One partner's file of thousands of rows lies before a rival's single record:
the record is applied ahead of them. The stored offset passes over it only together with all that lies before it, and
when the partition is read again, the inbox knows it.
"""

import time
from collections import Counter, deque
from collections.abc import Iterable, Sequence

from aiokafka.structs import ConsumerRecord, TopicPartition

from runtime.offsets import Claim, Fenced, event_id, text_of

MOST = 5_000
MOST_BYTES = 8_000_000
"""How far ahead a partition is looked at: a record that lies further behind waits until there is room."""
SECONDS = 0.1
"""What a turn is to take: so long waits who comes while others have theirs."""
_BEGIN_WITH, _LEAST, _MOST = 200, 50, 1000
"""Records of a turn."""


def _lane(record: ConsumerRecord) -> str:
    return text_of(dict(record.headers).get("ce_parties"))


class Backlog:
    """The records of one partition from the stored offset on, as far as they were fetched."""

    def __init__(self, partition: TopicPartition, stored: int, rewinds: int) -> None:
        self.partition, self.stored, self.rewinds = partition, stored, rewinds
        self._log: deque[tuple[str, ConsumerRecord]] = deque()
        self._ahead: set[int] = set()
        self.waiting: Counter[str] = Counter()
        """How many records wait, by their lane."""
        self._resting: dict[str, float] = {}
        self._bytes = 0

    @property
    def lanes(self) -> list[str]:
        """Those that have records waiting, and may have a turn now."""
        now = time.monotonic()
        return [lane for lane in self.waiting if self._resting.get(lane, 0) <= now]

    @property
    def full(self) -> bool:
        """Whether nothing more should be fetched for now."""
        return self.waiting.total() >= MOST or self._bytes >= MOST_BYTES

    def rest(self, lane: str, seconds: float) -> None:
        """A lane whose first record cannot be applied now has no turn for so long."""
        self._resting[lane] = time.monotonic() + seconds

    def add(self, records: Iterable[ConsumerRecord]) -> None:
        """Put what was fetched behind what is there. Raises Fenced where it lies before that."""
        for record in records:
            if record.offset < (self._log[-1][1].offset + 1 if self._log else self.stored):
                raise Fenced
            lane = _lane(record)
            self._log.append((lane, record))
            self.waiting[lane] += 1
            self._bytes += len(record.value or b"")

    def turn(self, lane: str, most: int) -> list[ConsumerRecord]:
        """The first records of a lane, none of which lies behind one of its key that waits in another lane."""
        found: list[ConsumerRecord] = []
        behind: set[bytes | None] = set()
        for other, record in self._log:
            if record.offset in self._ahead:
                continue
            if other != lane or record.key in behind:
                behind.add(record.key)
            else:
                found.append(record)
                if len(found) == most:
                    break
        return found

    def claim(self, records: Sequence[ConsumerRecord]) -> Claim:
        """How the stored offset moves when these are applied: over all that is applied without a gap then."""
        applied, last = self._ahead | {record.offset for record in records}, None
        for _, record in self._log:
            if record.offset not in applied:
                break
            last = record
        next_, last_id = (last.offset + 1, event_id(last)) if last else (None, None)
        return Claim(self.partition, self.stored, self.rewinds, next_, last_id)

    def applied(self, records: Sequence[ConsumerRecord]) -> None:
        """These are applied, or parked."""
        self._ahead |= {record.offset for record in records}
        self.waiting -= Counter(map(_lane, records))
        self._bytes -= sum(len(record.value or b"") for record in records)
        while self._log and self._log[0][1].offset in self._ahead:
            _, first = self._log.popleft()
            self._ahead.discard(first.offset)
            self.stored = first.offset + 1


class Turns:
    """Who has a turn, in all partitions of a member, and how many records it takes."""

    def __init__(self) -> None:
        self.most = _BEGIN_WITH
        self._last: dict[str | TopicPartition, int] = {}

    def next(self, backlogs: Iterable[Backlog]) -> tuple[Backlog, str, list[ConsumerRecord]] | None:
        """The partition, the lane and the records that have a turn now; None where nothing can have one.

        Those whose parties' last turn is longest ago, so that nobody has more for dealing with many. One at a time:
        turns beside each other would share the processor, and each would take that much longer.
        """
        waiting = [(backlog, lane) for backlog in backlogs for lane in backlog.lanes]
        for backlog, lane in sorted(waiting, key=self._order):
            if records := backlog.turn(lane, self.most):
                parties = (*lane.split(","), backlog.partition)
                self._last |= dict.fromkeys(parties, max(self._last.values(), default=0) + 1)
                return backlog, lane, records
        return None

    def _order(self, of: tuple[Backlog, str]) -> tuple[list[int], int]:
        backlog, lane = of
        parties = sorted((self._last.get(party, 0) for party in lane.split(",")), reverse=True)
        return parties, self._last.get(backlog.partition, 0)

    def took(self, records: int, seconds: float) -> None:
        """Let later turns take as many records as their time allows."""
        allowed = int(records * SECONDS / max(seconds, 1e-6))
        if seconds > SECONDS:
            self.most = max(_LEAST, min(self.most, allowed))
        elif records == self.most:
            self.most = min(_MOST, 2 * self.most, allowed)
