"""CloudEvents in binary mode: the attributes are headers, the body is the data (CloudEvents 1.0, HTTP binding, 3.1).

Such a request is kept in the other form of the same event, structured JSON, in which everything that follows reads it.
The body goes into it in base64, so that not one of its bytes is read before it is kept.
"""

import base64
import json
from urllib.parse import unquote

from fastapi import Request

from partner_feeds.translation.envelope import BATCHED, SINGLE, is_json, media_type
from partner_feeds.translation.events import EventLimits
from runtime.problems import Problem

_PREFIX = "ce-"
LARGEST_BODY = EventLimits().message_bytes * 3 // 4 - 100_000
"""Base64 makes four bytes of three; the rest is for the attributes."""


def is_binary(request: Request) -> bool:
    """Whether the request's headers are an event's attributes, and its body the data. A media type of CloudEvents says
    that they are in the body."""
    given = request.headers.get("content-type", "")
    return "ce-specversion" in request.headers and is_json(given) and media_type(given) not in (SINGLE, BATCHED)


def attributes_of(request: Request) -> dict[str, str]:
    """The event's attributes. Raises a 400 Problem for one that is given twice: which one is meant?"""
    attributes = {"datacontenttype": request.headers["content-type"]}
    for name, value in request.headers.items():
        if not name.startswith(_PREFIX):
            continue
        if (attribute := name.removeprefix(_PREFIX)) in attributes:
            raise Problem(400, "request-refused", f"{name} is given twice, or has a header of its own (Content-Type)")
        attributes[attribute] = unquote(value)
    return attributes


def structured(attributes: dict[str, str], body: bytes) -> bytes:
    """The same event in structured mode."""
    return json.dumps(attributes | {"data_base64": base64.b64encode(body).decode()}).encode()
