"""What a partner's system reports, in our words and its codes. Every way in ends here.

Plain dataclasses, because a file makes hundreds of thousands of them: the mapping's compiled converters have
checked every value. JSON is validated by pydantic, which reads the same annotations.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, ClassVar

from pydantic import ConfigDict, Field, StringConstraints

from contracts import Classification, Day, HappenedAt, Moment
from contracts.partner_feeds import NEED_A_VALUE, Qualifier, ResultRole, TestStage
from partner_feeds.records.json_values import IsCode, IsInstant, IsLotNumber, IsMoment, IsNumber, IsNumberOrText, IsUnit

LONGEST_CODE = 200
LONGEST_TEXT = 10_000
_PRINTABLE = r"^[^\x00-\x1f\x7f]+$"

Code = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_CODE, pattern=_PRINTABLE), IsCode
]
"""A number or code that the partner uses. Control characters are refused: no database and no label can hold them; so is
one that looks like another, or like nothing."""

LotNumber = Annotated[Code, IsLotNumber]

Text = Annotated[str, StringConstraints(max_length=LONGEST_TEXT, pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$")]
Revision = Annotated[int, Field(strict=True, ge=1, le=2**31 - 1)]
Number = Annotated[Decimal, IsNumber]
Unit = Annotated[str, IsUnit]
When = Annotated[Moment, IsMoment]
Instant = Annotated[HappenedAt, IsInstant]

LONGEST_STUDY = 600
"""Months."""

_STRICT = ConfigDict(extra="forbid")
"""A misspelt optional field would otherwise be lost without a word."""


@dataclass(frozen=True, slots=True)
class LotCode:
    """A lot as its maker knows it: the number is unique only with the material and the site."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    material: Code
    """The product's code, or the code of a substance or excipient."""
    number: LotNumber
    site: Code | None = None
    """The site's number; None is the feed's own site."""


@dataclass(frozen=True, slots=True)
class MaterialUsed:
    """A lot of another material that went into a batch."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    material: Code
    number: LotNumber


@dataclass(frozen=True, slots=True)
class Amount:
    """A quantity, which is not below zero, and its UCUM unit."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    value: Annotated[Number, Field(ge=0)]
    unit: Unit


@dataclass(frozen=True, slots=True)
class NamedValue:
    """One summary value of a process step. ``unit`` is None where the source states none."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    name: Code
    value: Annotated[Decimal | str, IsNumberOrText]
    unit: Unit | None = None


@dataclass(frozen=True, slots=True)
class Bounds:
    """A lower and an upper bound, of which one may be absent."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    lower: Number | None = None
    upper: Number | None = None


@dataclass(frozen=True, slots=True)
class StudyPull:
    """Which pull of a stability study a result is of."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    months: Annotated[int, Field(strict=True, ge=0, le=LONGEST_STUDY)]
    """The nominal age by the protocol."""
    condition: Code | None = None
    """The storage condition as the protocol names it, such as 25C/60RH."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """Who measured a result and on what, when, and what its raw data are."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    analyst: Code | None = None
    instrument: Code | None = None
    calibration_due: Day | None = None
    """The last day of the instrument's calibration."""
    raw_data_digest: Annotated[str, Field(pattern="^[0-9a-f]{64}$")] | None = None
    """SHA-256, in hexadecimal."""
    injected_at: Instant | None = None
    entered_at: Instant | None = None
    """When it was entered in the laboratory's system."""


LAST_REVISION = 2**31 - 1
"""Of a record that is withdrawn by a source that counts no revisions: nothing comes behind it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What every record carries. The same id and revision again is a duplicate; a higher revision amends."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    record_id: Code
    revision: Revision = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchStart(Record):
    """The making of a batch began."""

    occurred_at: When
    lot: LotCode
    planned_quantity: Amount | None = None
    inputs: tuple[MaterialUsed, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchCompletion(Record):
    """A batch is made. ``completed_at`` is None where the source gives no completion date."""

    occurred_at: When
    lot: LotCode
    completed_at: When | None = None
    actual_quantity: Amount | None = None
    yield_percent: Number | None = None
    stage_yields: tuple[NamedValue, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessData(Record):
    """Summary values of one process step of a batch."""

    occurred_at: When | None
    """None where the source gives no date at all."""
    lot: LotCode
    step: Code
    values: Annotated[tuple[NamedValue, ...], Field(min_length=1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class TestResult(Record):
    """One result of one test on one lot: exactly one of ``value`` and ``text``."""

    __test__: ClassVar[bool] = False

    occurred_at: When
    lot: LotCode
    laboratory: Code | None = None
    """The laboratory's site number; None is the feed's own site."""
    test: Code
    stage: TestStage
    role: ResultRole = ResultRole.original
    value: Number | None = None
    text: Text | None = None
    qualifier: Qualifier | None = None
    """How ``value`` is to be read, such as the limit of quantitation below which the result lies."""
    below_quantitation: Annotated[bool, Field(strict=True)] = False
    """The qualifier of this name, as it could be said before there were others."""
    unit: Unit
    determinations: tuple[Number, ...] = ()
    """Where ``value`` is made of several, each of them."""
    laboratory_limits: Bounds | None = None
    """Between which bounds the laboratory says that it must lie: compared with the specification, and never used."""
    voided: Annotated[bool, Field(strict=True)] = False
    """The laboratory withdraws what it reported under this id; then there is neither ``value`` nor ``text``."""
    stability: StudyPull | None = None
    """Which pull of a stability study it is of: each is a series of its own. Only of the stage stability."""
    provenance: Measurement | None = None
    """How it came about, as far as the laboratory says so."""

    def __post_init__(self) -> None:
        if self.stability is not None and self.stage is not TestStage.stability:
            raise ValueError(f"stability, a pull of a study, goes with the stage stability, and not with {self.stage}")
        if self.text is None and self.qualifier is None and self.value is not None and not self.voided:
            return  # most of a file: a plain number, which excludes nothing
        if self.voided and (self.value, self.text, self.qualified) != (None, None, None):
            raise ValueError("a voided result has neither value, text nor qualifier")
        if not self.voided and (self.value is None) == (self.text is None):
            raise ValueError("give either value (a number) or text (a result in words), and not both")
        if self.below_quantitation and self.qualifier not in (None, Qualifier.below_quantitation):
            raise ValueError(f"below_quantitation and {self.qualifier} exclude one another")
        if (self.below_quantitation or self.qualifier in NEED_A_VALUE) and self.value is None:
            raise ValueError(f"{self.qualified} needs the number that it is said of as value")

    @property
    def is_below_quantitation(self) -> bool:
        """Whether that is said, in either way."""
        return self.qualified is Qualifier.below_quantitation

    @property
    def qualified(self) -> Qualifier | None:
        """The qualifier, in whichever way it was said."""
        return self.qualifier or (Qualifier.below_quantitation if self.below_quantitation else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deviation(Record):
    """A departure from an approved procedure at the partner's site."""

    occurred_at: When
    title: Code
    description: Text = ""
    category: Code
    site: Code | None = None
    lots: tuple[LotCode, ...] = ()
    discovered_at: Instant | None = None
    partner_aware_at: Instant
    proposed_classification: Classification | None = None
