"""Content of JSON's kind into a record, or everything that is wrong with it, by path and in words."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from contracts.batch_records import RecordCounts
from partner_feeds.readers.json_text import Repeated
from partner_feeds.records.answers import RowError
from partner_feeds.records.model import Amount, LotCode, MaterialUsed, NamedValue, Record
from partner_feeds.records.types import RECORD_TYPES
from partner_feeds.translation.envelope import shown
from partner_feeds.values.moments import Horizon
from partner_feeds.values.texts import nearest

ADAPTERS: dict[type[Record], TypeAdapter[Record]] = {record: TypeAdapter(record) for record in RECORD_TYPES.values()}
_MOMENTS = ("occurred_at", "completed_at", "discovered_at", "partner_aware_at")


@dataclass(frozen=True, slots=True)
class Place:
    """Where content stands: its row, and the path before that of its own fields."""

    row: int
    where: str


def record_of(record: type[Record], content: Any, horizon: Horizon, place: Place) -> Record | tuple[RowError, ...]:
    """The record that the content is, or what is wrong with it."""
    try:
        found = ADAPTERS[record].validate_python(content)
    except ValidationError as error:
        return tuple(_explained(place, each, record) for each in error.errors(include_url=False))
    return tuple(_in_the_future(place, found, horizon)) or found


def _explained(place: Place, error: ErrorDetails, record: type[Record]) -> RowError:
    """pydantic's error by JSON path, and in words for whoever writes the sender."""
    path = place.where + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in error["loc"])
    given = error["input"]
    if error["type"] in ("missing", "missing_argument"):
        return RowError.of(place.row, shown(path), "", "is missing")
    if isinstance(given, Repeated):
        return RowError.of(place.row, shown(path), "", "the object has this key twice: which one is meant?")
    if error["type"] == "unexpected_keyword_argument":
        return RowError.of(place.row, shown(path), shown(given), _unknown_field(error["loc"], record))
    if error["type"].startswith("dataclass"):
        return RowError.of(place.row, shown(path), shown(given), "must be a JSON object")
    if error["type"] == "string_pattern_mismatch":
        return RowError.of(place.row, shown(path), shown(given), "holds a control character: write it without")
    if error["type"] == "string_unicode":
        return RowError.of(place.row, shown(path), shown(given), "not UTF-8: write the message in UTF-8")
    message = error["msg"].removeprefix("Value error, ")
    return RowError.of(place.row, shown(path), shown(given), message)


_NESTED: dict[str, type] = {
    "lot": LotCode,
    "lots": LotCode,
    "inputs": MaterialUsed,
    "planned_quantity": Amount,
    "actual_quantity": Amount,
    "quantity": Amount,
    "counts": RecordCounts,
    "values": NamedValue,
    "stage_yields": NamedValue,
}


def _unknown_field(place: tuple[int | str, ...], record: type[Record]) -> str:
    inside = _NESTED.get(str(place[0]), record) if len(place) > 1 else record
    known = [field.name for field in fields(inside)] if is_dataclass(inside) else list(RecordCounts.model_fields)
    return f"unknown field{nearest(str(place[-1]), known)}; known: {', '.join(known)}"


def _in_the_future(place: Place, record: Record, horizon: Horizon) -> Iterator[RowError]:
    for name in _MOMENTS:
        moment = getattr(record, name, None)
        if moment is not None and (reason := horizon.why_not(moment)):
            yield RowError.of(place.row, f"{place.where}.{name}", str(moment), reason)
