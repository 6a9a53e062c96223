"""How many requests one principal may make."""

import asyncio
import math
import time
from collections.abc import Callable

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
        full_at = self._full_once_taken(subject)
        if full_at - self._clock() <= self._span:
            self._full_at[subject] = full_at
            return
        await asyncio.sleep(self._pause)
        seconds = max(1, math.ceil(self._full_once_taken(subject) - self._clock() - self._span))
        detail = f"you ask faster than {1 / self._cost:g} requests a second: wait {seconds} s, then ask more slowly"
        raise Problem(429, "too-many-requests", detail, headers={"Retry-After": str(seconds)})

    def _full_once_taken(self, subject: str) -> float:
        return max(self._full_at.get(subject, 0.0), self._clock()) + self._cost
