"""Where the records of a mapping name its columns and lots."""

from collections.abc import Iterable, Iterator, Mapping

from pydantic import BaseModel

from partner_feeds.language.any_column import PLACEHOLDER
from partner_feeds.language.any_rule import AnyRule, LotRule
from partner_feeds.language.naming import Names
from partner_feeds.language.rules import TestResultRule

OF_THE_RESULT = ("test", "value")
"""Placeholders of a test result's id that mean the result's own test and value."""


def uses(lots: Mapping[str, LotRule], rules: Iterable[AnyRule]) -> Iterator[tuple[str, str, Names]]:
    """Where the rules name a column or a lot, its name, and as what."""
    for name, lot in lots.items():
        yield from _used_by(f"lots.{name}", lot)
    for index, rule in enumerate(rules):
        yield from _used_by(f"records[{index}]", rule)


def _used_by(where: str, model: BaseModel) -> Iterator[tuple[str, str, Names]]:
    for field, info in type(model).model_fields.items():
        names = next((mark for mark in info.metadata if isinstance(mark, Names)), None)
        value = getattr(model, field)
        if isinstance(value, BaseModel):
            yield from _used_by(f"{where}.{field}", value)
        if isinstance(value, dict) and names is None:
            for key, each in value.items():
                yield from _used_by(f"{where}.{field}.{key}", each)
        if names is None or value is None:
            continue
        for text in (value,) if isinstance(value, str) else value:
            for name in PLACEHOLDER.findall(text) if names.to == "text" else [text]:
                if not (isinstance(model, TestResultRule) and field == "id" and name in OF_THE_RESULT):
                    yield f"{where}.{field}", name, names
