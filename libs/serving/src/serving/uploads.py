"""A body that streams in: who sends says in headers what it is, and its bytes are hashed while they come."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email.message import Message as Header
from tempfile import SpooledTemporaryFile
from typing import IO

from fastapi import Request

from runtime.problems import Problem

PIECE = 1_000_000
"""Bytes that are hashed and written at once, and that stay in memory."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A whole body, in memory while it is small and in a temporary file beyond."""

    file: IO[bytes]
    size: int
    sha256: str


def content_type(request: Request) -> str:
    """The content type without its parameters, in small letters; empty where none is given."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def file_name(request: Request) -> str | None:
    """The name of the file that the body was, where its sender says it (Content-Disposition) and it can be read."""
    header = Header()
    header["content-disposition"] = request.headers.get("content-disposition", "")
    try:
        given = header.get_filename() or ""
    except (TypeError, ValueError, LookupError):  # of pieces that are no numbers, and of encodings that are none
        return None
    name = "".join(letter for letter in given if letter.isprintable())
    return name[:200] or None


def check_length(request: Request, limit: int, too_large: Problem) -> None:
    """Raise the Problem for a Content-Length beyond the limit, before the body is read."""
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > limit:
        raise too_large


@asynccontextmanager
async def received(request: Request, limit: int, too_large: Problem) -> AsyncIterator[Upload]:
    """The request's body. Memory does not grow with it. Raises the Problem for one of more than ``limit`` bytes."""
    digest, size = hashlib.sha256(), 0
    with SpooledTemporaryFile(max_size=PIECE) as file:
        waiting = bytearray()
        async for chunk in request.stream():
            size += len(chunk)
            if size > limit:
                raise too_large
            waiting += chunk
            if len(waiting) >= PIECE:
                # The disk, and the digest of a megabyte, would hold up everybody else.
                await asyncio.to_thread(_put, file, digest, bytes(waiting))
                waiting.clear()
        _put(file, digest, bytes(waiting))
        yield Upload(file, size, digest.hexdigest())


def _put(file: IO[bytes], digest: "hashlib._Hash", piece: bytes) -> None:
    digest.update(piece)
    file.write(piece)
