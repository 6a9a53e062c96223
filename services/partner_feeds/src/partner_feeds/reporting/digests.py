"""The digest of a record's content: it differs when something else comes under a known id and revision."""

from collections.abc import Callable
from dataclasses import fields
from hashlib import blake2b
from operator import attrgetter
from typing import Any

from contracts.partner_feeds import TestStage
from partner_feeds.records.model import Record, TestResult
from partner_feeds.records.types import RECORD_TYPES
from partner_feeds.values.moments import DayOfReceipt


def _content_of(record: type[Record]) -> Callable[[Any], tuple[Any, ...]]:
    names = [each.name for each in fields(record) if each.name not in ("record_id", "revision")]
    if record is TestResult:
        names = ["lot.material", "lot.number", "lot.site", *(name for name in names if name not in _NOT_OF_A_RESULT)]
        names[names.index("below_quantitation")] = "is_below_quantitation"
    getter: Callable[[Any], tuple[Any, ...]] = attrgetter(*names)
    return getter


_SINCE = ("qualifier", "determinations", "laboratory_limits", "voided", "stability", "provenance")
"""What results have had since the first release. It counts where a result has it: what is known stays known."""
_NOT_OF_A_RESULT = ("occurred_at", "lot", *_SINCE)
_CONTENT = {record: _content_of(record) for record in RECORD_TYPES.values()}


def digest_of(record: Record) -> int:
    """Of the record's content, the same in every process: 64 bits, for a comparison with one other."""
    content = _text_of(record)
    if isinstance(record, TestResult) and _is_dated(record):
        content += f" at {record.occurred_at!r}"
    return _digest(content)


def digest_before_dates(record: Record) -> int:
    """As ``digest_of``, and as results were known while their dates did not count: what is known stays known."""
    return _digest(_text_of(record))


def _is_dated(result: TestResult) -> bool:
    # A raw material's comes again with every batch that used its lot, dated with that batch.
    return result.stage is not TestStage.raw_material and not isinstance(result.occurred_at, DayOfReceipt)


def _text_of(record: Record) -> str:
    return repr(_CONTENT[type(record)](record)) + (_since(record) if isinstance(record, TestResult) else "")


def _digest(content: str) -> int:
    return int.from_bytes(blake2b(content.encode("utf-8", "backslashreplace"), digest_size=8).digest(), signed=True)


def _since(result: TestResult) -> str:
    later = {name: value for name in _SINCE if (value := getattr(result, name))}
    if result.is_below_quantitation:
        later.pop("qualifier", None)
    return repr(later) if later else ""
