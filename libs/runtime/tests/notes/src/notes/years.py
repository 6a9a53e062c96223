"""Some years of a topic, without Kafka: what happens to facts on their way, and when the inbox may forget them."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from aiokafka.structs import ConsumerRecord, TopicPartition

from contracts import PARTITIONS, clock
from notes.installation import Installation
from notes.releases import PARTNERS, Handlers, registered, release
from runtime import applying, handled, offsets
from runtime.backlog import Backlog
from runtime.consumer import Consumer

PLACE = "SELECT next, rewinds FROM consumer_offset WHERE topic = $1 AND partition = 1"
NEXT = "SELECT next FROM consumer_offset WHERE topic = $1 AND partition = 1"


async def forget(installation: Installation) -> None:
    """Once more an hour has passed."""
    async with installation.work() as work:
        await handled.forget(work)


class Years:
    """Some years of a topic, in which everything happens that may happen to it; time is the test's."""

    def __init__(self, installation: Installation, seed: int) -> None:
        self.installation, self._chance = installation, random.Random(seed)
        self._topic = installation.settings.topic(PARTNERS)
        self._now = datetime(2010, 1, 1, tzinfo=UTC)
        self._log: list[ConsumerRecord] = []
        self._lost: list[tuple[datetime, ConsumerRecord]] = []
        self._away_until = self._now
        self._on_the_way: list[dict[str, Any]] = []
        self._release: Consumer | None = None
        self.count = 0

    async def install(self, handlers: Handlers) -> None:
        """Start a release, which registers what it handles."""
        if self._release:
            await self._release._place.store.close()
        self._release = release(self.installation, handlers, roll_back=True)
        await self._release.register()

    def pass_by(self, days: int) -> None:
        """Time passes; what was recorded has arrived."""
        self.arrive(all_of_them=True)
        self._now += timedelta(days=days)

    def record(self, count: int = 1) -> None:
        """Facts are recorded; they reach the topic later."""
        for _ in range(count):
            self._on_the_way.append(registered(uuid4(), self.count, time=self._now) | {"at": self._now})
            self.count += 1

    def arrive(self, all_of_them: bool = False) -> None:
        """What is on the way reaches the topic in any order, the latest after not quite ninety days."""
        self._chance.shuffle(self._on_the_way)
        late = [each for each in self._on_the_way if all_of_them or self._chance.random() < 0.5 or self._old(each)]
        for each in late:
            self._append(each["key"], each["value"], each["headers"])
        self._on_the_way = [each for each in self._on_the_way if each not in late]

    def _old(self, each: dict[str, Any]) -> bool:
        return bool(self._now - each["at"] > handled.LATEST_ARRIVAL - timedelta(days=45))

    def _append(self, key: bytes, value: bytes, headers: Any) -> None:
        place, sizes = (self._topic, 1, len(self._log), 0, 0), (None, len(key), len(value))
        self._log.append(ConsumerRecord(*place, key, value, *sizes, tuple(headers)))

    def replay(self, from_: int | None = None) -> None:
        """The ledger is sent again from somewhere on."""
        begin = self._chance.randrange(len(self._log) + 1) if from_ is None else from_
        for known in self._log[begin : begin + 20]:
            self._append(known.key, known.value, known.headers)

    async def apply(self) -> None:
        """A batch, from wherever the database says."""
        assert self._release
        stands, rewinds = (await self.installation.rows(PLACE, self._topic))[0]
        backlog = Backlog(TopicPartition(self._topic, 1), stands, rewinds)
        backlog.add(self._log[stands : stands + self._chance.randint(1, 30)])
        while backlog.lanes and self._chance.random() < 0.8:
            batch = backlog.turn(self._chance.choice(backlog.lanes), self._chance.randint(1, 30))
            await applying.apply(self._release._place, backlog.claim(batch), batch)
            backlog.applied(batch)

    async def mark(self) -> None:
        """Members note what they have read to its end."""
        assert self._release
        stands = await self.installation.value(NEXT, self._topic)
        ended = [(TopicPartition(self._topic, number), 0) for number in range(PARTITIONS) if number != 1]
        ended += [(TopicPartition(self._topic, 1), stands)] if stands == len(self._log) else []
        async with self.installation.work() as work:
            await offsets.mark(work, ended, self._now, self._release._handlers)

    async def lose(self, cut: int | None = None) -> None:
        """The log loses its tail, some of it perhaps not applied yet; it is sent again within ninety days."""
        cut = self._chance.randrange(len(self._log) + 1) if cut is None else cut
        self._log, tail = self._log[:cut], self._log[cut:]
        self._lost += [(self._now, each) for each in tail]
        with clock.standing_at(self._now):
            async with self.installation.work() as work:
                stands = await self.installation.value(NEXT, self._topic)
                await offsets.rewind(work, TopicPartition(self._topic, 1), 0, if_at=stands)

    def refill(self, all_of_it: bool = False) -> None:
        """What was lost is sent again, in its order, some of it late."""
        while self._lost and (all_of_it or self._now - self._lost[0][0] > timedelta(days=45)):
            _, each = self._lost.pop(0)
            self._append(each.key, each.value, each.headers)

    async def step(self) -> None:
        """Something happens. Now and then the service is away for half a year, and what it reads then is old."""
        self._now += timedelta(days=self._chance.choice([0, 0, 0, 1, 5, 40]))
        self.arrive()
        self.refill()
        what = self._chance.randrange(26)
        if what == 0:
            self._away_until = self._now + timedelta(days=180)
        elif what == 1:
            await self.lose()
        elif what == 2:
            self.replay()
        elif what < 9:
            self.record()
        elif self._now < self._away_until:
            return
        elif what < 18:
            await self.apply()
        elif what < 22:
            await self.mark()
        else:
            await forget(self.installation)

    async def at_end(self) -> bool:
        """Whether all that the log holds is applied."""
        return bool(await self.installation.value(NEXT, self._topic) == len(self._log))

    async def end(self) -> None:
        """All that was recorded is applied."""
        self.arrive(all_of_them=True)
        self.refill(all_of_it=True)
        while not await self.at_end():
            await self.apply()
        assert self._release
        await self._release._place.store.close()
