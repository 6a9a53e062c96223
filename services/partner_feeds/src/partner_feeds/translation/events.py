"""CloudEvents JSON, single or batched, into records. Each event is answered by its place and by JSON path."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from partner_feeds.readers.json_text import Repeated, Unreadable, elements, whole
from partner_feeds.records import model as records
from partner_feeds.records.answers import Accepted, Answer, Notice, Refused, RowError, refused
from partner_feeds.records.model import RECORD_TYPES, Record
from partner_feeds.translation.envelope import BATCHED, SINGLE, data_of, shown
from partner_feeds.values.moments import Horizon
from partner_feeds.values.texts import nearest

_ADAPTERS: dict[str, TypeAdapter[Record]] = {type_: TypeAdapter(record) for type_, record in RECORD_TYPES.items()}
_MOMENTS = ("occurred_at", "completed_at", "discovered_at", "partner_aware_at")


@dataclass(frozen=True, slots=True)
class EventLimits:
    """What one message may hold at most."""

    message_bytes: int = 8_000_000
    events: int = 10_000


def read_events(body: bytes, *, batched: bool, now: datetime, limits: EventLimits | None = None) -> Iterator[Answer]:
    """Answers for the events of a message, in order. Nothing in the bytes raises."""
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
        yield _answer(row, element, horizon)
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


def _answer(row: int, event: Any, horizon: Horizon) -> Accepted | Refused:
    if isinstance(event, Unreadable):
        return refused(row, "", shown(event.value), event.reason)
    if not isinstance(event, dict):
        return refused(row, "", shown(event), 'not a CloudEvent: it is written {"specversion": "1.0", ...}')
    data, errors = data_of(row, event)
    if errors:
        return Refused(row, tuple(errors))
    try:
        record = _ADAPTERS[event["type"]].validate_python(data)
    except ValidationError as error:
        record_type = RECORD_TYPES[event["type"]]
        details = error.errors(include_url=False)
        return Refused(row, tuple(_explained(row, each, record_type) for each in details))
    errors = list(_in_the_future(row, record, horizon))
    return Refused(row, tuple(errors)) if errors else Accepted(row, (record,))


def _explained(row: int, error: ErrorDetails, record: type[Record]) -> RowError:
    """pydantic's error by JSON path, and in words for whoever writes the sender."""
    path = "data" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in error["loc"])
    given = error["input"]
    if error["type"] in ("missing", "missing_argument"):
        return RowError.of(row, shown(path), "", "is missing")
    if isinstance(given, Repeated):
        return RowError.of(row, shown(path), "", "the object has this key twice: which one is meant?")
    if error["type"] == "unexpected_keyword_argument":
        return RowError.of(row, shown(path), shown(given), _unknown_field(error["loc"], record))
    if error["type"].startswith("dataclass"):
        return RowError.of(row, shown(path), shown(given), "must be a JSON object")
    if error["type"] == "string_pattern_mismatch":
        return RowError.of(row, shown(path), shown(given), "holds a control character: write it without")
    if error["type"] == "string_unicode":
        return RowError.of(row, shown(path), shown(given), "not UTF-8: write the message in UTF-8")
    message = error["msg"].removeprefix("Value error, ")
    return RowError.of(row, shown(path), shown(given), message)


_NESTED: dict[str, type] = {
    "lot": records.LotCode,
    "lots": records.LotCode,
    "inputs": records.MaterialUsed,
    "planned_quantity": records.Amount,
    "actual_quantity": records.Amount,
    "values": records.NamedValue,
    "stage_yields": records.NamedValue,
}


def _unknown_field(place: tuple[int | str, ...], record: type[Record]) -> str:
    inside = _NESTED.get(str(place[0]), record) if len(place) > 1 else record
    known = [field.name for field in fields(inside)]
    return f"unknown field{nearest(str(place[-1]), known)}; known: {', '.join(known)}"


def _in_the_future(row: int, record: Record, horizon: Horizon) -> Iterator[RowError]:
    for name in _MOMENTS:
        moment = getattr(record, name, None)
        if moment is not None and (reason := horizon.why_not(moment)):
            yield RowError.of(row, f"data.{name}", str(moment), reason)
