"""What one principal may take of a process: so many requests over time, and its turn at the database like any other."""

import asyncio
import math
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from cachetools import TTLCache

from runtime.problems import Problem


class Limits:
    """A token bucket for each subject: ``burst`` requests at once, ``per_second`` over time.

    A refusal takes its time, ``pause`` in seconds: who does not listen would else be refused at full speed, and slow
    down everybody more than if it were served.
    """

    def __init__(
        self, per_second: float, burst: int, pause: float = 1.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._cost, self._pause, self._clock = 1 / per_second, pause, clock
        self._span = burst / per_second + 1e-6  # thousands of additions round away less than that
        # After the span a bucket is full again, as one that was never seen is: to forget it changes nothing.
        self._full_at: TTLCache[str, float] = TTLCache(maxsize=100_000, ttl=self._span, timer=clock)

    def __len__(self) -> int:
        self._full_at.expire()
        return len(self._full_at)

    async def admit(self, subject: str) -> None:
        """Count a request. Raises a 429 Problem whose Retry-After, in seconds, says when one will be taken again."""
        now = self._clock()
        full_at = self._full_once_taken(subject, now)
        if full_at - now <= self._span:
            self._full_at[subject] = full_at
            return
        await asyncio.sleep(self._pause)
        now = self._clock()
        seconds = max(1, math.ceil(self._full_once_taken(subject, now) - now - self._span))
        detail = f"you ask faster than {1 / self._cost:g} requests a second: wait {seconds} s, then ask more slowly"
        raise Problem(429, "too-many-requests", detail, headers={"Retry-After": str(seconds)})

    def _full_once_taken(self, subject: str, now: float) -> float:
        return max(self._full_at.get(subject, now), now) + self._cost


class Turns:
    """So many places, given in turn: to the next principal that waits, and only among its own to the next request."""

    def __init__(self, places: int, patience: float = 10.0) -> None:
        self._free, self._patience = places, patience
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}

    @asynccontextmanager
    async def of(self, subject: str) -> AsyncIterator[None]:
        """Hold a place. Raises TimeoutError when none came within the patience, in seconds."""
        if self._free:
            self._free -= 1
        else:
            await self._wait(subject)
        try:
            yield
        finally:
            self._pass_on()

    async def _wait(self, subject: str) -> None:
        turn = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(subject, deque()).append(turn)
        try:
            async with asyncio.timeout(self._patience):
                await turn
        except BaseException:
            if turn.done() and not turn.cancelled():
                self._pass_on()  # it came in the moment in which nobody wanted it any more
            raise

    def _pass_on(self) -> None:
        while self._waiting:
            subject = next(iter(self._waiting))
            turns = self._waiting.pop(subject)
            turn = turns.popleft()
            if turns:
                self._waiting[subject] = turns  # behind all others that wait
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1
