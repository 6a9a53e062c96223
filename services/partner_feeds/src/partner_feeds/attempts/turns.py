"""Turns between partners: however much one of them sends, the next turn is another's, if another waits."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID


class Turns:
    """So many at once. Who waits is served partner by partner, and within one partner in the order of asking."""

    def __init__(self, at_once: int) -> None:
        self._free = at_once
        self._waiting: dict[UUID, deque[asyncio.Future[None]]] = {}

    @asynccontextmanager
    async def of(self, partner_id: UUID) -> AsyncIterator[None]:
        """A turn of this partner's, as soon as it is its turn."""
        if self._free and not self._waiting:
            self._free -= 1
        else:
            await self._wait(partner_id)
        try:
            yield
        finally:
            self._free += 1
            self._call()

    async def _wait(self, partner_id: UUID) -> None:
        called = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(partner_id, deque()).append(called)
        try:
            await called
        except asyncio.CancelledError:
            if called.done() and not called.cancelled():  # it was called, and does not come
                self._free += 1
                self._call()
            raise

    def _call(self) -> None:
        """Call whoever is next; a partner that was called goes behind the others."""
        while self._free and self._waiting:
            partner_id = next(iter(self._waiting))
            queue = self._waiting.pop(partner_id)
            called = queue.popleft()
            if queue:
                self._waiting[partner_id] = queue
            if not called.done():
                called.set_result(None)
                self._free -= 1
