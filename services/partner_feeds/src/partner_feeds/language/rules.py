"""The rules by which a row becomes records, one model per record.

A field that takes one cell names its column; a text may be put together: ``"{code}/{batch}"``.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from contracts import Classification
from contracts.partner_feeds import ResultRole, TestStage
from partner_feeds.language.columns import PLACEHOLDER

OF_THE_RESULT = ("test", "value")
"""Placeholders of a test result's id that mean the result's own test and value."""


@dataclass(frozen=True, slots=True)
class Names:
    """What a rule's field names: a column of some kind, the columns inside a text, or a lot."""

    to: Literal["column", "text", "lot"]
    kinds: frozenset[str] = frozenset({"text", "number", "quantity", "month", "day", "instant"})
    is_result: bool = False
    """A test's result: it may be a limit with its sign, or in words. What else a column gives is the value itself."""

    @property
    def is_plain_value(self) -> bool:
        """Whether a number is wanted that is the value itself, and no limit of it."""
        return self.to == "column" and not self.is_result and self.kinds <= {"number", "quantity", "text"}


_MOMENT = Names("column", frozenset({"month", "day", "instant"}))
_INSTANT = Names("column", frozenset({"instant"}))
_QUANTITY = Names("column", frozenset({"quantity"}))
_NUMBER = Names("column", frozenset({"number", "quantity"}))
_REVISION = Names("column", frozenset({"number", "instant"}))
_RESULT = Names("column", frozenset({"quantity", "text"}), is_result=True)
_VALUE = Names("column", frozenset({"number", "quantity", "text"}))
_ANY = Names("column")
_WORD = Names("column", frozenset({"text"}))
_TEXT = Names("text")
_LOT = Names("lot")


def _word_of(words: type[StrEnum]) -> AfterValidator:
    """One of our words, unless a column gives it: then each row is checked."""

    def check(text: str | None) -> str | None:
        if text is not None and not PLACEHOLDER.search(text) and text not in list(words):
            raise ValueError(f"{text!r} is none of {', '.join(words)}")
        return text

    return AfterValidator(check)


Text = Annotated[str, _TEXT]
Moment = Annotated[str, _MOMENT]
OptionalText = Annotated[str | None, _TEXT]
Lot = Annotated[str, _LOT]
Lots = Annotated[tuple[str, ...], _LOT]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class LotRule(_Strict):
    """How a row names a lot."""

    material: Text
    number: Text
    site: OptionalText = None


class _Rule(_Strict):
    id: Text
    """Must be the same whenever the same thing is reported again, and differ for any other."""
    revision: Annotated[str | None, _REVISION] = None
    """A column that counts corrections, or that says when the record was last changed."""
    when: Annotated[tuple[str, ...], _ANY] = ()
    """The record is made only of rows in which these columns are filled."""
    unless: Annotated[tuple[str, ...], _ANY] = ()
    """The record is made only of rows in which these columns are blank."""


class BatchStartRule(_Rule):
    """Makes a BatchStart."""

    record: Literal["BatchStart"]
    occurred_at: Moment
    lot: Lot
    planned_quantity: Annotated[str | None, _QUANTITY] = None
    inputs: Lots = ()


class BatchCompletionRule(_Rule):
    """Makes a BatchCompletion."""

    record: Literal["BatchCompletion"]
    occurred_at: Moment
    lot: Lot
    completed_at: Annotated[str | None, _MOMENT] = None
    actual_quantity: Annotated[str | None, _QUANTITY] = None
    yield_percent: Annotated[str | None, _NUMBER] = None
    stage_yields: Annotated[tuple[str, ...], _NUMBER] = ()


class ProcessDataRule(_Rule):
    """Makes a ProcessData of the filled columns among ``values``; none when all are blank."""

    record: Literal["ProcessData"]
    occurred_at: Annotated[str | None, _MOMENT] = None
    """None where the file gives no date at all."""
    lot: Lot
    step: Text
    values: Annotated[tuple[str, ...], _VALUE] = Field(min_length=1)


class LimitsRule(_Strict):
    """The columns of the bounds that the laboratory tests against."""

    lower: Annotated[str | None, _NUMBER] = None
    upper: Annotated[str | None, _NUMBER] = None


class Replicates(_Strict):
    """Several columns that together are one result, and how it is made of them (USP General Notices 7.20: it is the
    reportable value that is held against the limit)."""

    columns: Annotated[tuple[str, ...], _QUANTITY] = Field(min_length=2, max_length=100)
    value: Literal["mean", "min", "max"]


class TestResultRule(_Rule):
    """Makes a TestResult of each filled column of ``tests`` and of ``replicates``, or one of ``test`` and ``value``."""

    __test__ = False

    record: Literal["TestResult"]
    occurred_at: Moment
    lot: Lot
    laboratory: OptionalText = None
    stage: Annotated[str, _TEXT, _word_of(TestStage)]
    role: Annotated[str, _TEXT, _word_of(ResultRole)] = "original"
    tests: Annotated[tuple[str, ...], _RESULT] = ()
    test: OptionalText = None
    value: Annotated[str | None, _RESULT] = None
    replicates: dict[str, Replicates] = Field(default_factory=dict)
    """By test the columns of its determinations."""
    limits: LimitsRule | None = None
    """What the laboratory itself tests against; it is compared with the specification in force."""
    void: Annotated[dict[str, tuple[str, ...]], _WORD] = Field(default_factory=dict)
    """A column, and its texts that withdraw what the row reported before."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        several = bool(self.tests or self.replicates)
        if several == bool(self.test) or bool(self.test) != bool(self.value):
            raise ValueError(
                "give either tests (columns named after tests) or replicates, or test and value (one result per row)"
            )
        if several and "{test}" not in self.id:
            raise ValueError("the id of several results of a row must hold {test}, or they would all have the same")
        return self


class DeviationRule(_Rule):
    """Makes a Deviation."""

    record: Literal["Deviation"]
    occurred_at: Moment
    title: Text
    description: OptionalText = None
    category: Text
    site: OptionalText = None
    lots: Lots = ()
    discovered_at: Annotated[str | None, _INSTANT] = None
    partner_aware_at: Annotated[str, _INSTANT]
    proposed_classification: Annotated[str | None, _TEXT, _word_of(Classification)] = None


Rule = Annotated[
    BatchStartRule | BatchCompletionRule | ProcessDataRule | TestResultRule | DeviationRule,
    Field(discriminator="record"),
]


def uses(lots: Mapping[str, LotRule], rules: Iterable[_Rule]) -> Iterator[tuple[str, str, Names]]:
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
