"""A store in a bucket of Amazon's S3, or of what speaks like it."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from contracting.documents.settings import DocumentSettings
from contracting.documents.store import PIECE, NotKept, StoreAway

if TYPE_CHECKING:
    from obstore import GetResult

_SILENCE = timedelta(seconds=10)
"""In which nothing comes of what was asked for."""
_PATIENCE = timedelta(seconds=20)
"""Within which a request is tried again: whoever asks gives up at 30."""


class BucketStore:
    """Objects by their digest, under the prefix. What is put there is seen whole, also where it is sent in parts."""

    def __init__(self, settings: DocumentSettings) -> None:
        where = urlsplit(settings.store)
        config: Any = {"region": settings.s3_region}
        if settings.s3_endpoint:
            config |= {"endpoint": settings.s3_endpoint}
        if settings.s3_key:
            secret = settings.s3_secret.get_secret_value()
            config |= {"access_key_id": settings.s3_key, "secret_access_key": secret}
        self._store = S3Store(
            where.netloc,
            prefix=where.path.strip("/") or None,
            config=config,
            client_options={
                "connect_timeout": _SILENCE,
                "read_timeout": _SILENCE,
                "timeout": timedelta(minutes=10),  # of a whole document, over a slow line
                "allow_http": settings.s3_closed_network,
            },
            retry_config={"max_retries": 3, "retry_timeout": _PATIENCE},
        )

    async def keep(self, sha256: str, file: IO[bytes]) -> None:
        """As ``DocumentStore`` says."""
        file.seek(0)
        try:
            await obstore.put_async(self._store, sha256, file)
        except BaseError as error:
            raise StoreAway(_first_line(error)) from error

    async def open(self, sha256: str) -> AsyncIterator[bytes]:
        """As ``DocumentStore`` says."""
        try:
            found = await obstore.get_async(self._store, sha256)
        except FileNotFoundError as error:
            raise NotKept(sha256) from error
        except BaseError as error:
            raise StoreAway(_first_line(error)) from error
        return _pieces(found)


async def _pieces(found: "GetResult") -> AsyncIterator[bytes]:
    try:
        async for piece in found.stream(min_chunk_size=PIECE):
            yield bytes(piece)
    except BaseError as error:
        raise StoreAway(_first_line(error)) from error


def _first_line(error: Exception) -> str:
    """What went wrong: further lines are for who wrote the library."""
    return str(error).partition("\n")[0]
