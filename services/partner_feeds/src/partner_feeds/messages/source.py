"""A message's bytes, piece by piece, for the thread that translates them."""

import asyncio
from collections.abc import Iterator
from typing import IO
from uuid import UUID

from runtime.database import Context
from runtime.work import Store, Work

PIECE = 1_000_000
"""Bytes of one stored piece, and of what is read at once."""
_PATIENCE = 60.0
_FETCH = "SELECT bytes FROM message_chunk WHERE message_id = $1 AND number = $2"


async def fetch(store: Store, context: Context, message_id: UUID, number: int) -> bytes | None:
    """One piece, in a transaction of its own; None after the last."""
    async with store.work(context) as work:
        return await piece_of(work, message_id, number)


async def piece_of(work: Work, message_id: UUID, number: int) -> bytes | None:
    """One piece; None after the last."""
    piece: bytes | None = await work.connection.fetchval(_FETCH, message_id, number)
    return piece


class Stored:
    """The pieces of a stored message, of which the first is at hand. To be read in a thread, one at a time."""

    def __init__(self, store: Store, context: Context, message_id: UUID, size: int, first: bytes) -> None:
        self._store, self._context, self._message_id = store, context, message_id
        self._size, self._first = size, first
        self._loop = asyncio.get_running_loop()
        self.read = 0
        """Bytes so far."""

    def __iter__(self) -> Iterator[bytes]:
        for number in range(-(-self._size // PIECE)):
            piece = self._first if number == 0 else self._fetch(number)
            self.read += len(piece)
            yield piece

    def _fetch(self, number: int) -> bytes:
        fetching = fetch(self._store, self._context, self._message_id, number)
        piece = asyncio.run_coroutine_threadsafe(fetching, self._loop).result(_PATIENCE)
        if piece is None:
            raise LookupError(f"piece {number} of the message {self._message_id} is missing")
        return piece


class Spooled:
    """The pieces of an upload that is not stored: a dry run."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.read = 0
        """Bytes so far."""

    def __iter__(self) -> Iterator[bytes]:
        # Two may read at once, one ahead of the other.
        place = 0
        while piece := self._piece(place):
            place += len(piece)
            self.read += len(piece)
            yield piece

    def _piece(self, place: int) -> bytes:
        self._file.seek(place)
        return self._file.read(PIECE)
