"""What arrives over HTTP, before anything is kept: who sends, in what form, and the bytes while they are hashed."""

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email.message import Message as Header
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import IO

from fastapi import Request

from partner_feeds.attempts.batches import XML
from partner_feeds.feeds.model import Feed, FeedFormat
from partner_feeds.intake import binary_mode
from partner_feeds.messages.source import PIECE
from partner_feeds.readers.form import CONTENT_TYPES
from partner_feeds.settings import IntakeSettings
from partner_feeds.translation.envelope import BATCHED, SINGLE, media_type
from partner_feeds.translation.events import EventLimits
from runtime.problems import Problem

TAKEN = {FeedFormat(format_): (type_,) for format_, type_ in CONTENT_TYPES.items()} | {
    FeedFormat.cloudevents: (SINGLE, BATCHED),
    FeedFormat.b2mml: XML,
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
    attributes: dict[str, str] | None = None
    """Of an event in binary mode."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A whole body, in memory while it is small and in a temporary file beyond."""

    file: IO[bytes]
    size: int
    sha256: str


def heading(request: Request, feed: Feed, settings: IntakeSettings) -> Heading:
    """What the headers say, before the body is read. Raises a 415, 413 or 400 Problem."""
    limit = settings.largest_message
    binary = feed.format == FeedFormat.cloudevents and binary_mode.is_binary(request)
    if feed.format == FeedFormat.cloudevents:
        limit = min(limit, binary_mode.LARGEST_BODY if binary else EventLimits().message_bytes)
    taken = (content_type(request),) if binary else TAKEN[FeedFormat(feed.format)]
    check_type(request, taken, limit)
    message_id = request.headers.get("message-id")
    if message_id is not None and not _MESSAGE_ID.fullmatch(message_id):
        detail = "a Message-Id has 1 to 255 printable ASCII characters without blanks"
        raise Problem(400, "invalid-message-id", detail)
    attributes = binary_mode.attributes_of(request) if binary else None
    return Heading(SINGLE if binary else content_type(request), message_id, file_name(request), limit, attributes)


def check_type(request: Request, taken: Sequence[str], limit: int) -> None:
    """Raise a 415 Problem for another content type than those, and 413 for a Content-Length beyond the limit."""
    given = content_type(request)
    if given not in taken:
        detail = f"this takes {' or '.join(taken)}, not {given or 'a body without Content-Type'}"
        if SINGLE in taken:
            detail += "; in binary mode application/json, with ce-specversion, ce-id, ce-source and ce-type as headers"
        raise Problem(415, "unsupported-media-type", detail, headers={"Accept-Post": ", ".join(taken)}, accepted=taken)
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > limit:
        raise too_large(limit)


def content_type(request: Request) -> str:
    """The media type without its parameters: the mapping, not a header, says how a file is encoded."""
    return media_type(request.headers.get("content-type", ""))


def too_large(limit: int) -> Problem:
    """The answer to a body beyond the limit."""
    return Problem(413, "too-large", f"a message has at most {limit} bytes: send the rest in another", limit=limit)


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


def as_event(attributes: dict[str, str], upload: Upload) -> Upload:
    """The body of a request in binary mode as the event that it is kept as."""
    upload.file.seek(0)
    content = binary_mode.structured(attributes, upload.file.read())
    return Upload(BytesIO(content), len(content), hashlib.sha256(content).hexdigest())


def _put(file: IO[bytes], digest: "hashlib._Hash", piece: bytes) -> None:
    digest.update(piece)
    file.write(piece)
