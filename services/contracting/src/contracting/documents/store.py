"""Where the bytes of documents lie: by their SHA-256 digest, whole or not at all, and never changed."""

import hashlib
from collections.abc import AsyncIterator
from typing import IO, Protocol

PIECE = 1_000_000
"""Bytes that are read at once."""


class NotKept(Exception):
    """No bytes of this digest lie in the store."""


class StoreAway(Exception):
    """The store cannot be reached, or does not take or give what it is asked for."""


class DocumentStore(Protocol):
    """Bytes by their digest. The same bytes twice are one."""

    async def keep(self, sha256: str, file: IO[bytes]) -> None:
        """Keep a file whose digest is known. It is there whole when this returns, and not at all before.

        It is written each time, also where the same bytes are there: how long it takes tells nobody that they were.
        Raises StoreAway.
        """

    async def open(self, sha256: str) -> AsyncIterator[bytes]:
        """The bytes, piece by piece. Raises NotKept and StoreAway, and while they are read StoreAway."""


async def unchanged(sha256: str, pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same pieces, of which the last is only given if all of them have the digest: else StoreAway is raised.

    Whoever reads a document that was damaged gets less than its length, and so knows.
    """
    digest, last = hashlib.sha256(), b""
    async for piece in pieces:
        if last:
            yield last
        digest.update(piece)
        last = piece
    if digest.hexdigest() != sha256:
        raise StoreAway(f"the bytes of {sha256} are not those that were kept")
    yield last
