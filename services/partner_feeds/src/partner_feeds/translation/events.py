"""CloudEvents JSON, single or batched, into records. Each event is answered by its place and by JSON path."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from partner_feeds.readers.json_text import Unreadable, elements, whole
from partner_feeds.records.answers import Accepted, Answer, Notice, Refused, refused
from partner_feeds.records.model import Record
from partner_feeds.records.types import RECORD_TYPES
from partner_feeds.translation import beside
from partner_feeds.translation.envelope import BATCHED, SINGLE, data_of, shown
from partner_feeds.translation.validation import Place, record_of
from partner_feeds.values.moments import Horizon


@dataclass(frozen=True, slots=True)
class EventLimits:
    """What one message may hold at most."""

    message_bytes: int = 8_000_000
    events: int = 10_000


def read_events(
    body: bytes, *, batched: bool, now: datetime, limits: EventLimits | None = None, show: int = 0
) -> Iterator[Answer]:
    """Answers for the events of a message, in order, the first ``show`` with their cells.

    Nothing in the bytes raises.
    """
    limits = limits or EventLimits()
    if len(body) > limits.message_bytes:
        reason = f"{len(body)} bytes: at most {limits.message_bytes} in one message, send the rest in another"
        yield refused(1, "", "", reason)
        return
    # Bytes that are not UTF-8 become lone surrogates here, and the field that holds them is refused.
    text = body.decode("utf-8-sig", "surrogateescape")
    if other := _of_the_other_form(text, batched):
        yield other
        return
    horizon = Horizon(now)
    row = 0
    for row, element in enumerate(elements(text) if batched else [whole(text)], start=1):
        if row > limits.events:
            reason = f"more than {limits.events} events in one message: from here on send them in another"
            yield refused(row, "", "", reason)
            return
        yield _answer(row, element, horizon, show=row <= show)
    if row == 0:
        yield Notice(1, "the batch is empty: there was nothing to take")


def _of_the_other_form(text: str, batched: bool) -> Refused | None:
    """A batch under the type of a single event, or the other way round."""
    begin = text.lstrip(" \t\r\n")[:1]
    if batched and begin == "{":
        reason = f"this is a single event: send it as {SINGLE}, for a batch is written [{{...}}, {{...}}]"
        return refused(1, "", shown(text), reason)
    if not batched and begin == "[":
        return refused(1, "", shown(text), f"this is a batch of events: send it as {BATCHED}")
    return None


def _answer(row: int, event: Any, horizon: Horizon, *, show: bool) -> Accepted | Refused:
    if isinstance(event, Unreadable):
        return refused(row, "", shown(event.value), event.reason)
    if not isinstance(event, dict):
        return refused(row, "", shown(event), 'not a CloudEvent: it is written {"specversion": "1.0", ...}')
    data, errors = data_of(row, event)
    if errors:
        return Refused(row, tuple(errors))
    record = record_of(RECORD_TYPES[event["type"]], data, horizon, Place(row, "data"))
    if not isinstance(record, Record):
        return Refused(row, record)
    return Accepted(row, (record,), beside.of_data(data, record) if show else ())
