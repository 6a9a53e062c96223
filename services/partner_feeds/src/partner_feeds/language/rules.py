"""The rules by which a row becomes records, one model per record.

A field that takes one cell names its column; a text may be put together: ``"{code}/{batch}"``.
"""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from contracts import Classification
from contracts.partner_feeds import ResultRole, TestStage
from partner_feeds.language.any_rule import AnyRule, Strict
from partner_feeds.language.naming import (
    INSTANT,
    MOMENT,
    NUMBER,
    QUANTITY,
    RESULT,
    TEXT,
    VALUE,
    WORD,
    Lot,
    Lots,
    Moment,
    OptionalText,
    Text,
    word_of,
)


class BatchStartRule(AnyRule):
    """Makes a BatchStart."""

    record: Literal["BatchStart"]
    occurred_at: Moment
    """The column with when it began."""
    lot: Lot
    """The batch: one of ``lots``."""
    planned_quantity: Annotated[str | None, QUANTITY] = None
    """The column with how much is to be made."""
    inputs: Lots = ()
    """Those of ``lots`` that go into it. For: the lot of the active substance."""


class BatchCompletionRule(AnyRule):
    """Makes a BatchCompletion."""

    record: Literal["BatchCompletion"]
    occurred_at: Moment
    """The column with when it was made, or at least a date of it."""
    lot: Lot
    """The batch: one of ``lots``."""
    completed_at: Annotated[str | None, MOMENT] = None
    """The column with when it was completed, where the file says so."""
    actual_quantity: Annotated[str | None, QUANTITY] = None
    """The column with how much was made."""
    yield_percent: Annotated[str | None, NUMBER] = None
    """The column with the yield in percent: its unit is %, or none is said."""
    stage_yields: Annotated[tuple[str, ...], NUMBER] = ()
    """Columns with the yields of single steps. For: granulation, compression, coating."""


class ProcessDataRule(AnyRule):
    """Makes a ProcessData of the filled columns among ``values``; none when all are blank."""

    record: Literal["ProcessData"]
    occurred_at: Annotated[str | None, MOMENT] = None
    """The column with when it was measured; left out where the file gives no date at all."""
    lot: Lot
    """The batch: one of ``lots``."""
    step: Text
    """The process step. For: ``compression``, or ``"{Step}"``."""
    values: Annotated[tuple[str, ...], VALUE] = Field(min_length=1)
    """The columns that become values of it, each under its name."""


class LimitsRule(Strict):
    """The columns of the bounds that the laboratory tests against."""

    lower: Annotated[str | None, NUMBER] = None
    """The column of the lower bound, in the result's unit. For: ``Min``."""
    upper: Annotated[str | None, NUMBER] = None
    """The column of the upper bound, in the result's unit. For: ``Max``."""


class PullRule(Strict):
    """Which pull of a stability study a row is of. Of a row of another stage nothing of it is read."""

    months: Annotated[str, NUMBER]
    """The column of the nominal age in whole months. For: ``Month``."""
    condition: OptionalText = None
    """The storage condition. For: ``"{Condition}"``, or ``25C/60RH``."""


class ProvenanceRule(Strict):
    """Who measured a result and on what, when, and what its raw data are: what the source says of it."""

    analyst: OptionalText = None
    """Who measured it. For: ``"{Analyst}"``."""
    instrument: OptionalText = None
    """On what. For: ``"{Instrument}"``."""
    calibration_due: OptionalText = None
    """The last day of the instrument's calibration, YYYY-MM-DD: it may lie ahead, as no date of a file does. For:
    ``"{Calibrated until}"``."""
    raw_data_digest: OptionalText = None
    """SHA-256 of the raw data, in hexadecimal. For: ``"{Checksum}"``."""
    injected_at: Annotated[str | None, INSTANT] = None
    """The column with when its measurement began."""
    entered_at: Annotated[str | None, INSTANT] = None
    """The column with when it was entered in the laboratory's system."""


class Replicates(Strict):
    """Several columns that together are one result, and how it is made of them (USP General Notices 7.20: it is the
    reportable value that is held against the limit)."""

    columns: Annotated[tuple[str, ...], QUANTITY] = Field(min_length=2, max_length=100)
    """The columns of the determinations. For: ``[Vessel 1, Vessel 2, Vessel 3]``."""
    value: Literal["mean", "min", "max"]
    """What of them is the result that is held against the limit. Each determination goes with it."""


class TestResultRule(AnyRule):
    """Makes a TestResult of each filled column of ``tests`` and of ``replicates``, or one of ``test`` and ``value``."""

    __test__ = False

    record: Literal["TestResult"]
    occurred_at: Moment
    """The column with when it was tested."""
    lot: Lot
    """What was tested: one of ``lots``."""
    laboratory: OptionalText = None
    """The number of the laboratory's site, where it is not that of the feed."""
    stage: Annotated[str, TEXT, word_of(TestStage)]
    """What was tested: raw_material, intermediate, release or stability; or a text column in braces whose codes mean
    them. For: ``"{Type}"`` with ``codes: {REL: release, STAB: stability}``."""
    role: Annotated[str, TEXT, word_of(ResultRole)] = "original"
    """original, or what stands beside it: repeat, retest, resample; or such a text column. For: ``"{Retest}"`` with
    ``codes: {Y: retest, N: original}``."""
    tests: Annotated[tuple[str, ...], RESULT] = ()
    """The columns of which each filled cell is a result, under the column's name. For: a row for each sample."""
    test: OptionalText = None
    """The test of the row's one result, with ``value``. For: a row for each result, ``"{Test}"``."""
    value: Annotated[str | None, RESULT] = None
    """The column of the row's one result."""
    replicates: dict[str, Replicates] = Field(default_factory=dict)
    """By test the columns of its determinations, which are one result. For: six vessels of a dissolution."""
    limits: LimitsRule | None = None
    """What the laboratory itself tests against; it is compared with the specification in force, and differences are
    told. For: ``Min`` and ``Max`` beside the result."""
    stability: PullRule | None = None
    """Which pull of a study a result of the stage stability is of: a later one is no further test of an earlier."""
    provenance: ProvenanceRule | None = None
    """How a result came about: by it flags are raised, such as raw data that were used before."""
    void: Annotated[dict[str, tuple[str, ...]], WORD] = Field(default_factory=dict)
    """A column, and its texts that withdraw what the row reported before. For: ``{Status: [Withdrawn, Cancelled]}``."""

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


class DeviationRule(AnyRule):
    """Makes a Deviation."""

    record: Literal["Deviation"]
    occurred_at: Moment
    """The column with when it happened."""
    title: Text
    """In a line."""
    description: OptionalText = None
    """In full."""
    category: Text
    """Of what kind it is. For: ``equipment``, or ``"{Kind}"``."""
    site: OptionalText = None
    """The number of the site where it happened, where it is not that of the feed."""
    lots: Lots = ()
    """Those of ``lots`` that are affected."""
    discovered_at: Annotated[str | None, INSTANT] = None
    """The column with when it was found, to the minute."""
    partner_aware_at: Annotated[str, INSTANT]
    """The column with when the partner knew of it, to the minute: the clocks of reporting begin there."""
    proposed_classification: Annotated[str | None, TEXT, word_of(Classification)] = None
    """How grave the partner takes it to be: minor, major or critical; or a text column in braces whose codes mean
    them."""


Rule = Annotated[
    BatchStartRule | BatchCompletionRule | ProcessDataRule | TestResultRule | DeviationRule,
    Field(discriminator="record"),
]
