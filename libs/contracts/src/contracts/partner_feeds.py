"""Facts of partner_feeds: what partners' LIMS and MES systems reported, in our words."""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Final
from uuid import UUID

from pydantic import Field

from contracts.fact import Fact, Part, fact
from contracts.moments import Day, HappenedAt, Moment
from contracts.turns import BallHeld
from contracts.vocabulary import Classification, Lot, Quantity, SourceRecord


class MaterialLot(Part):
    """A lot that went into a batch: one edge of the genealogy."""

    material: str
    number: str


class ProcessValue(Part):
    """One summary value of a process step, for example a press's mean compression force."""

    name: str
    value: Decimal | None = None
    text: str | None = None
    """A value in words ("yes"); exactly one of ``value`` and ``text`` is given."""
    unit: str | None = None
    """UCUM, or None where the source states no unit: never guessed."""


class ResultRole(StrEnum):
    """Why a test was done. Originals and retests stand side by side (FDA OOS guidance, 2022)."""

    original = "original"
    repeat = "repeat"
    retest = "retest"
    resample = "resample"


class TestStage(StrEnum):
    """What was tested."""

    __test__ = False

    raw_material = "raw_material"
    intermediate = "intermediate"
    release = "release"
    stability = "stability"


class Qualifier(StrEnum):
    """How the number of a result is to be read, where it is not the value itself."""

    below_quantitation = "below_quantitation"
    """Below the limit of quantitation, which the number is."""
    not_detected = "not_detected"
    """The number is the limit of detection; where nobody states it, the result is the word alone."""
    at_most = "at_most"
    above = "above"
    too_numerous = "too_numerous"
    """More than can be counted; the number is what can be, where it is stated."""


NEED_A_VALUE: Final = frozenset({Qualifier.below_quantitation, Qualifier.at_most, Qualifier.above})
"""Qualifiers that mean nothing without a number."""


class StabilityPoint(Part):
    """Which pull of a stability study a result is of (ICH Q1A 2.2.6): each is a series of its own."""

    months: Annotated[int, Field(ge=0, le=600)]
    """The nominal age by the protocol."""
    condition: str | None = None
    """The storage condition as the protocol names it, such as 25C/60RH."""


class Determination(Part):
    """One result of one test, as it was determined."""

    test: str
    role: ResultRole = ResultRole.original
    value: Decimal | None = None
    text: str | None = None
    """A result in words ("complies"); exactly one of ``value`` and ``text`` is given."""
    qualifier: Qualifier | None = None
    """How ``value`` is to be read; None where it is the result itself."""
    below_quantitation: bool = False
    """The qualifier of this name, as it was told before there were others."""
    unit: str
    """UCUM, as reported."""
    determinations: tuple[Decimal, ...] | None = None
    """Where ``value`` is made of several, such as the smallest of six, each of them."""
    inspected: int | None = None
    """Where ``value`` counts defective units, among how many."""
    voided: bool = False
    """The laboratory withdraws what it reported under this record's id: there is neither ``value`` nor ``text``."""
    stability: StabilityPoint | None = None
    """Of a result of a stability study which pull it is of; None of any other, and where nobody says."""

    @property
    def qualified(self) -> Qualifier | None:
        """The qualifier, also of a fact from before there were others."""
        return self.qualifier or (Qualifier.below_quantitation if self.below_quantitation else None)


class Provenance(Part):
    """How a result came about, as far as its laboratory says so (21 CFR 211.194(a); MHRA, GXP Data Integrity, 2018)."""

    analyst: str | None = None
    """Who measured it, as the laboratory knows that person."""
    instrument: str | None = None
    """On what, as the laboratory knows it."""
    calibration_due: Day | None = None
    """The last day of that instrument's calibration."""
    raw_data_digest: Annotated[str, Field(pattern="^[0-9a-f]{64}$")] | None = None
    """SHA-256 of its own raw data, in hexadecimal: not of those of the whole run."""
    injected_at: HappenedAt | None = None
    """When its measurement began."""
    entered_at: HappenedAt | None = None
    """When it was entered in the laboratory's system."""


class LaboratoryLimits(Part):
    """Between which bounds, in the unit of the result, the laboratory says that the result must lie."""

    lower: Decimal | None = None
    upper: Decimal | None = None


class ReportedResult(Determination):
    """A result as the partner's own system knows it, by its record's id and revision, so that amendments find it."""

    id: str
    revision: int = 1
    laboratory_limits: LaboratoryLimits | None = None
    """Compared with the specification in force, and never used in its place."""
    provenance: Provenance | None = None
    """None where the laboratory says nothing of it."""


class Sent(Fact):
    """What every fact carries that follows from a partner's message."""

    parties: tuple[UUID, ...]
    """Organisations that the record concerns: the maker, the reporter, the laboratory."""
    reported_by: UUID | None = None
    """The partner whose system sent it. None in facts from before this was told."""
    sent_by: str | None = None
    """The subject of the token with which it was sent: who sends a record is no second person to it."""
    historic: bool = False
    """The feed was loading its past: no clock is opened that nobody could have kept."""


class Reported(Sent):
    """What every record that a partner's system sent carries."""

    source: SourceRecord


@fact("io.entente.BatchStartReported.v1", topic="partner-feeds.batch", key="lot.id")
class BatchStartReported(Reported):
    """A partner's MES says that it began to make a batch."""

    lot: Lot
    planned_quantity: Quantity | None = None
    inputs: tuple[MaterialLot, ...] = ()


@fact("io.entente.BatchCompletionReported.v1", topic="partner-feeds.batch", key="lot.id")
class BatchCompletionReported(Reported):
    """A partner's MES says that a batch is made.

    ``completed_at`` is None where the source gives no completion date; ``occurred_at`` is then the date it does give.
    """

    lot: Lot
    completed_at: Moment | None = None
    actual_quantity: Quantity | None = None
    yield_percent: Decimal | None = None
    """Actual over theoretical, in per cent, as the partner states it."""
    stage_yields: tuple[ProcessValue, ...] = ()


@fact("io.entente.ProcessDataReported.v1", topic="partner-feeds.batch", key="lot.id")
class ProcessDataReported(Reported):
    """Summary values of a batch's process, for example of the tablet press."""

    lot: Lot
    step: str
    values: tuple[ProcessValue, ...]
    undated: bool = False
    """The source gives no date: ``occurred_at`` is the month in which the lot began, as far as that was known then, or
    the day of receipt."""


@fact("io.entente.TestResultsReported.v1", topic="partner-feeds.test-result", key="lot.id")
class TestResultsReported(Sent):
    """A laboratory reported results of one lot at one stage, which were determined at one moment (``occurred_at``).

    A set holds what is new. A result that amends an earlier one comes in a set of its own.
    """

    __test__ = False

    feed_id: UUID
    message_id: UUID
    lot: Lot
    laboratory_site_id: UUID
    laboratory_partner_id: UUID
    stage: TestStage
    results: Annotated[tuple[ReportedResult, ...], Field(min_length=1)]


@fact("io.entente.DeviationReported.v1", topic="partner-feeds.deviation", key="source.id")
class DeviationReported(Reported):
    """A partner's quality system reported a departure from an approved procedure."""

    site_id: UUID
    partner_id: UUID
    title: str
    description: str = ""
    category: str
    lots: tuple[Lot, ...] = ()
    discovered_at: HappenedAt | None = None
    partner_aware_at: HappenedAt
    proposed_classification: Classification | None = None


@fact("io.entente.MessageQuarantined.v1", topic="partner-feeds.message", key="message_id")
class MessageQuarantined(Fact):
    """Some or all records of a partner's message could not be translated; the original is kept."""

    message_id: UUID
    feed_id: UUID
    feed: str
    partner_id: UUID
    refused: int
    first_reason: str


@fact("io.entente.SpecificationMismatchFound.v1", topic="partner-feeds.mismatch", key="product_id")
class SpecificationMismatchFound(Fact):
    """A laboratory tests against other limits than the specification in force: told once of each pair."""

    product_id: UUID
    specification_id: UUID
    test: str
    stage: TestStage
    unit: str
    """Of the laboratory's limits."""
    laboratory_limits: LaboratoryLimits
    feed_id: UUID
    feed: str
    partner_id: UUID
    message_id: UUID


@fact("io.entente.RecordContradicted.v1", topic="partner-feeds.contradiction", key="contradiction_id")
class RecordContradicted(Fact):
    """A partner's system reported a known record under the same revision with other content, which was not taken.

    A result that changes without a revision is a data integrity event (MHRA, GXP Data Integrity Guidance, 2018).
    """

    contradiction_id: UUID
    feed_id: UUID
    feed: str
    partner_id: UUID
    maker_id: UUID
    """Whose lot it is about, or whose lots the feed reports on; ``partner_id`` is who sent it."""
    site_id: UUID
    product_id: UUID | None = None
    message_id: UUID
    row: int
    record: str
    """The record's type, such as TestResult."""
    record_id: str
    revision: int


@fact("io.entente.partner-feeds.BallHeld.v1", topic="partner-feeds.ball", key="subject_id")
class PartnerFeedsBallHeld(BallHeld):
    """A message with open rows, a contradiction, or a drafted mapping waits for somebody else from now on."""
