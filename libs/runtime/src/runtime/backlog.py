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
"""Records of a partition that are held to be applied soon; what lies further behind waits until there is room."""
FURTHEST, MOST_BYTES = 50_000, 8_000_000
"""How far ahead of the stored offset a partition is looked at, and how much of what waits is held.

A fact that cannot be applied holds up its own key only, until so much lies behind it, or so much of its key waits: then
nothing more of its partition is fetched, whose-ever it is, until it passes.
"""
SECONDS = 0.1
"""What a turn is to take: so long waits who comes while others have theirs."""
_BEGIN_WITH, _LEAST, _MOST = 200, 50, 1000
"""What a turn holds, by weight."""
_WEIGHT = 1_000
"""Bytes that weigh as much as a record does by itself: a fact may tell of thousands of things at once."""


def weight(records: Iterable[ConsumerRecord]) -> int:
    """How much of a turn the records take: as many as they are, and more where they are large."""
    return sum(1 + len(record.value or b"") // _WEIGHT for record in records)


def _lane(record: ConsumerRecord) -> str:
    return text_of(dict(record.headers).get("ce_parties"))


class Backlog:
    """The records of one partition from the stored offset on, as far as they were fetched."""

    def __init__(self, partition: TopicPartition, stored: int, rewinds: int, last_id: str | None = None) -> None:
        self.partition, self.stored, self.rewinds = partition, stored, rewinds
        self.last_id, self.reached = last_id, 0
        """Which record the log must hold before these, until that was seen; and how far it has been read."""
        self._log: deque[tuple[int, str]] = deque()
        """Offset and event id of all of them: of what is applied ahead no more is kept."""
        self._ahead: set[int] = set()
        self._waiting: dict[int, tuple[str, ConsumerRecord]] = {}
        """The others, by offset, each with its lane."""
        self.waiting: Counter[str] = Counter()
        """How many records wait, by their lane."""
        self._resting: dict[str | bytes | None, float] = {}
        """Until when lanes rest, and the keys whose first record failed alone; a key stays until that is applied."""
        self._bytes = 0

    @property
    def lanes(self) -> list[str]:
        """Those that have records waiting, and do not rest."""
        return [lane for lane in self.waiting if not self.rests(lane)]

    @property
    def full(self) -> bool:
        """Whether nothing more should be fetched for now. What waits for one that failed alone is not in the way."""
        stuck = sum(record.key in self._resting for _, record in self._waiting.values()) if self._resting else 0
        return len(self._waiting) - stuck >= MOST or len(self._log) >= FURTHEST or self._bytes >= MOST_BYTES

    def rest(self, what: str | bytes | None, seconds: float) -> None:
        """A lane whose records cannot be applied now, or a key whose first record cannot, is not tried for so long."""
        self._resting[what] = time.monotonic() + seconds

    def rests(self, what: str | bytes | None) -> bool:
        """Whether a lane or a key is not to be tried now."""
        return self._resting.get(what, 0) > time.monotonic()

    def waits(self, lane: str, offset: int) -> bool:
        """Whether a record of the lane waits that lies no further than this."""
        return any(at <= offset for at, (other, _) in self._waiting.items() if other == lane)

    def add(self, records: Iterable[ConsumerRecord]) -> None:
        """Put what was fetched behind what is there. Raises Fenced where it lies before that."""
        for record in records:
            if record.offset < (self._log[-1][0] + 1 if self._log else self.stored):
                raise Fenced
            lane = _lane(record)
            self._log.append((record.offset, event_id(record)))
            self._waiting[record.offset] = lane, record
            self.waiting[lane] += 1
            self._bytes += len(record.value or b"")

    def turn(self, lane: str, most: int) -> list[ConsumerRecord]:
        """The first records of a lane, up to that weight.

        None of them lies behind one of its key that rests, or waits in another lane.
        One that failed alone may be the first of them, and is no other: each turn tries one at most.
        """
        found: list[ConsumerRecord] = []
        taken, behind = 0, set[bytes | None]()
        for other, record in self._waiting.values():
            known = other != lane or record.key in behind
            if known or (record.key in self._resting and (found or self.rests(record.key))):
                behind.add(record.key)
            else:
                found.append(record)
                if (taken := taken + weight([record])) >= most:
                    break
        return found

    def claim(self, records: Sequence[ConsumerRecord]) -> Claim:
        """How the stored offset moves when these are applied: over all that is applied without a gap then."""
        applied, next_, last_id = {record.offset for record in records}, None, None
        for offset, id in self._log:
            if offset not in applied and offset not in self._ahead:
                break
            next_, last_id = offset + 1, id
        return Claim(self.partition, self.stored, self.rewinds, next_, last_id)

    def applied(self, records: Sequence[ConsumerRecord]) -> None:
        """These are applied, or parked."""
        for record in records:
            lane, _ = self._waiting.pop(record.offset)
            self._ahead.add(record.offset)
            for works in (lane, record.key):
                self._resting.pop(works, None)
            self._bytes -= len(record.value or b"")
        self.waiting -= Counter(map(_lane, records))
        while self._log and self._log[0][0] in self._ahead:
            self.stored = self._log[0][0] + 1
            self._ahead.discard(self._log.popleft()[0])


class Turns:
    """Who has a turn, in all partitions of a member, and how much it takes."""

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

    def took(self, weight: int, seconds: float) -> None:
        """Let later turns take as much as their time allows."""
        allowed = int(weight * SECONDS / max(seconds, 1e-6))
        if seconds > SECONDS:
            self.most = max(_LEAST, min(self.most, allowed))
        elif weight >= self.most:
            self.most = min(_MOST, 2 * self.most, allowed)
