"""What arrives over HTTP, before anything is kept: who sends, in what form, and the bytes while they are hashed."""

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email.message import Message as Header
from tempfile import SpooledTemporaryFile
from typing import IO

from fastapi import Request

from partner_feeds.feeds.model import Feed, FeedFormat
from partner_feeds.messages.source import PIECE
from partner_feeds.readers.form import CONTENT_TYPES
from partner_feeds.settings import IntakeSettings
from partner_feeds.translation.events import BATCHED, SINGLE, EventLimits
from runtime.problems import Problem

TAKEN = {FeedFormat(format_): (type_,) for format_, type_ in CONTENT_TYPES.items()} | {
    FeedFormat.cloudevents: (SINGLE, BATCHED)
}
"""Content types by the feed's format."""
_MESSAGE_ID = re.compile(r"[\x21-\x7e]{1,255}")


@dataclass(frozen=True, slots=True)
class Heading:
    """What a request's headers say about its body."""

    content_type: str
    message_id: str | None
    file_name: str | None
    limit: int


@dataclass(frozen=True, slots=True)
class Upload:
    """A whole body, in memory while it is small and in a temporary file beyond."""

    file: IO[bytes]
    size: int
    sha256: str


def heading(request: Request, feed: Feed, settings: IntakeSettings) -> Heading:
    """What the headers say, before the body is read. Raises a 415, 413 or 400 Problem."""
    limit = settings.largest_message
    if feed.format == FeedFormat.cloudevents:
        limit = min(limit, EventLimits().message_bytes)
    check_type(request, TAKEN[FeedFormat(feed.format)], limit)
    message_id = request.headers.get("message-id")
    if message_id is not None and not _MESSAGE_ID.fullmatch(message_id):
        detail = "a Message-Id has 1 to 255 printable ASCII characters without blanks"
        raise Problem(400, "invalid-message-id", detail)
    return Heading(content_type(request), message_id, file_name(request), limit)


def check_type(request: Request, taken: Sequence[str], limit: int) -> None:
    """Raise a 415 Problem for another content type than those, and 413 for a Content-Length beyond the limit."""
    given = content_type(request)
    if given not in taken:
        detail = f"this takes {' or '.join(taken)}, not {given or 'a body without Content-Type'}"
        raise Problem(415, "unsupported-media-type", detail, headers={"Accept-Post": ", ".join(taken)}, accepted=taken)
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > limit:
        raise too_large(limit)


def content_type(request: Request) -> str:
    """The media type without its parameters: the mapping, not a header, says how a file is encoded."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def too_large(limit: int) -> Problem:
    """The answer to a body beyond the limit."""
    return Problem(413, "too-large", f"a message has at most {limit} bytes: send the rest in another", limit=limit)


def file_name(request: Request) -> str | None:
    """The name of the file that the body was, where its sender says it (Content-Disposition)."""
    header = Header()
    header["content-disposition"] = request.headers.get("content-disposition", "")
    name = "".join(letter for letter in header.get_filename() or "" if letter.isprintable())
    return name[:200] or None


@asynccontextmanager
async def received(request: Request, limit: int) -> AsyncIterator[Upload]:
    """The request's body. Memory does not grow with it. Raises a 413 Problem beyond the limit."""
    digest, size = hashlib.sha256(), 0
    with SpooledTemporaryFile(max_size=PIECE) as file:
        waiting = bytearray()
        async for chunk in request.stream():
            size += len(chunk)
            if size > limit:
                raise too_large(limit)
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
