"""What arrives over HTTP, before anything is kept: who sends, and in what form."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

from fastapi import Request

from partner_feeds.attempts.batches import XML
from partner_feeds.feeds.model import Feed, FeedFormat
from partner_feeds.intake import binary_mode
from partner_feeds.readers.form import CONTENT_TYPES
from partner_feeds.settings import IntakeSettings
from partner_feeds.translation.envelope import BATCHED, SINGLE
from partner_feeds.translation.events import EventLimits
from runtime.problems import Problem
from serving.uploads import Upload, check_length, content_type, file_name

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
    check_length(request, limit, too_large(limit))


def too_large(limit: int) -> Problem:
    """The answer to a body beyond the limit."""
    return Problem(413, "too-large", f"a message has at most {limit} bytes: send the rest in another", limit=limit)


def as_event(attributes: dict[str, str], upload: Upload) -> Upload:
    """The body of a request in binary mode as the event that it is kept as."""
    upload.file.seek(0)
    content = binary_mode.structured(attributes, upload.file.read())
    return Upload(BytesIO(content), len(content), hashlib.sha256(content).hexdigest())
