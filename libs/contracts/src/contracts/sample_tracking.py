"""Facts of sample_tracking: what the laboratory found."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.fact import Fact, Part, fact
from contracts.moments import HappenedAt
from contracts.partner_feeds import Determination, Qualifier, ResultRole, TestStage
from contracts.turns import BallHeld
from contracts.unit_limits import AttributeLimit, DissolutionLimit, EachLimit, FoundInUnits, UniformityLimit
from contracts.vocabulary import Lot, SourceRecord


class Evaluation(StrEnum):
    """A result held against the specification in force."""

    passed = "pass"
    out_of_specification = "oos"
    not_evaluated = "not_evaluated"
    """No limit applies, or nobody can say whether it is met: it is not a test in the sense of the OOS rate."""


class Limit(Part):
    """What a test must meet: bounds, which are inclusive and unbounded where None; words; or units of a sample."""

    test: str
    stage: TestStage
    lower: Decimal | None = None
    upper: Decimal | None = None
    text: str | None = None
    """The word that a result in words must be, whatever the size of its letters."""
    accepted: tuple[str, ...] = ()
    """Further words that mean the same as ``text``."""
    rejected: tuple[str, ...] = ()
    """Words that do not meet it. Any other word is not judged."""
    report_only: bool = False
    """The test is to be done and has no limit."""
    attribute: AttributeLimit | None = None
    dissolution: DissolutionLimit | None = None
    uniformity: UniformityLimit | None = None
    each: EachLimit | None = None
    """Of a limit for each determination and for their mean."""
    method: str | None = None
    """The code of the method by which it is to be tested."""
    unit: str
    decimals: int
    """Results are rounded half up to this many decimals, once, on the final value (USP General Notices 7.20)."""


class SpecificationPurpose(StrEnum):
    """What a product's limits are for (ICH Q6A 2.5)."""

    release = "release"
    shelf_life = "shelf_life"
    in_process = "in_process"


class AppliesTo(StrEnum):
    """Which lots a revision judges."""

    manufactured_from = "manufactured_from"
    """Those that are made from its day on."""
    all_open_lots = "all_open_lots"
    """From its day on all that are open: what was found on them before is held against it, too."""


class ReEvaluates(Part):
    """What is held against a revision that was found before it."""

    lots: int
    results: int


class SpecificationFact(Fact):
    """What every fact about a revision of a product's specification carries."""

    specification_id: UUID
    product_id: UUID
    market: str | None
    """ISO 3166-1 alpha-2, or None for every market."""
    purpose: SpecificationPurpose = SpecificationPurpose.release
    revision: int
    effective_from: date | None = None
    """The day, in UTC, from which it is in force; None in facts from before there was one: from its approval on."""
    applies_to: AppliesTo = AppliesTo.manufactured_from
    limits: tuple[Limit, ...]


@fact("io.entente.SpecificationApproved.v1", topic="sample-tracking.specification", key="specification_id")
class SpecificationApproved(SpecificationFact):
    """Quality approved a revision. It is in force when ``effective_from`` has come."""

    re_evaluates: ReEvaluates | None = None
    """As many as there are at the approval; None where it looks back at none."""


@fact("io.entente.SpecificationEffective.v1", topic="sample-tracking.specification", key="specification_id")
class SpecificationEffective(SpecificationFact):
    """A revision came into force, in the place of the one before. Told beside the approval where both are at once."""

    supersedes: UUID | None = None


class MarketEvaluation(Part):
    """A result held against one specification."""

    specification_id: UUID
    market: str | None = None
    """ISO 3166-1 alpha-2, or None for every market."""
    verdict: Evaluation
    rounded: Decimal | None = None
    """In the unit of the limit and with its decimals."""
    found: FoundInUnits | None = None
    """None of a single value or word."""


class EvaluatedResult(Determination):
    """A result as it was recorded, held against the specifications in force."""

    result_id: UUID
    evaluation: Evaluation
    """The gravest of ``evaluations`` and ``evaluated_against``."""
    evaluations: tuple[MarketEvaluation, ...] = ()
    """One by each specification that limits the test. A market that is not among them asks for no more than what holds
    for every market."""
    evaluated_against: tuple[MarketEvaluation, ...] = ()
    """By revisions that came to apply after it was recorded, beside ``evaluations``, which stay as they were."""
    unjudged: bool = False
    """The product has a specification, and it cannot be said whether the result meets it: somebody must look."""
    pending: bool = False
    """By one specification at least it waits for a further stage of its test: it is neither met nor missed."""
    method: str | None = None
    """The code of the method as it was reported, and its version; None of what names none: it is that of the limit."""
    method_version: str | None = None
    reportable: bool | None = None
    """Whether its laboratory was entitled for the method on the day of the test: where not, it counts nowhere. None
    where nobody can say."""
    not_reportable: str | None = None
    """Why it is not reportable, or why nobody can say."""
    specification_id: UUID | None = None
    supersedes: UUID | None = None
    """The result that this one amends: it no longer counts, and stays visible."""
    superseded_by: UUID | None = None
    """A newer revision that came first: this one never counted."""
    read_as: str | None = None
    """The test as which quality read it, where ``test``, as it was reported, names none; it counts as that."""
    amended_by: str | None = None
    """Of what amends another one, who entered it, or the feed by which it came."""
    amendment_reason: str | None = None
    """Why it amends the other one, where a person entered it."""
    order_id: UUID | None = None
    """The laboratory's test order that it answers; None where there is none, or where several could be meant."""


@fact("io.entente.ResultsReported.v1", topic="sample-tracking.result", key="lot.id")
class ResultsReported(Fact):
    """Results of one lot at one stage, determined at one moment (``occurred_at``), were recorded and evaluated.

    A result that amends another one comes in a set of its own, and so does one of which more became known: its id tells
    that it is the same.
    """

    lot: Lot
    stage: TestStage
    laboratory_site_id: UUID
    laboratory_partner_id: UUID
    results: Annotated[tuple[EvaluatedResult, ...], Field(min_length=1)]


@fact("io.entente.OosDetected.v1", topic="sample-tracking.result", key="result_id")
class OosDetected(Fact):
    """A result lies outside its specification. Every one is investigated (21 CFR 211.192)."""

    result_id: UUID
    lot: Lot
    test: str
    stage: TestStage
    role: ResultRole
    value: Decimal | None
    text: str | None
    qualifier: Qualifier | None = None
    """How ``value`` is to be read; None where it is the result itself."""
    below_quantitation: bool = False
    """The qualifier of this name, as it was told before there were others."""
    unit: str
    laboratory_site_id: UUID
    laboratory_partner_id: UUID
    specification_id: UUID
    limit: Limit
    markets: tuple[str, ...] = ()
    """Whose limits it lies outside, where it meets those for every market. None is named where it misses these."""
    found: FoundInUnits | None = None
    """By what of several units it lies outside of ``limit``; None of a single value or word."""
    historic: bool = False
    """From a feed that was loading its past: no clock is opened that nobody could have kept."""
    read_at: HappenedAt | None = None
    """When quality read a result that could not be judged, or a revision looked back at it: before, nobody could know
    of it. ``test``, ``text`` and ``unit`` are as it was read."""


@fact("io.entente.ResultInterpreted.v1", topic="sample-tracking.result", key="result_id")
class ResultInterpreted(Fact):
    """Quality decided about a result that could not be judged: how it is read, or that no limit applies to it."""

    result_id: UUID
    lot: Lot
    test: str
    """As it was reported."""
    evaluation: Evaluation
    """What follows from it."""
    source: SourceRecord | None = None
    """How its partner's system knows it; None of one that a person entered."""


@fact("io.entente.ResultApproved.v1", topic="sample-tracking.result", key="result_id")
class ResultApproved(Fact):
    """A reviewed result was approved by the laboratory's quality unit."""

    result_id: UUID
    lot: Lot
    test: str


@fact("io.entente.sample-tracking.BallHeld.v1", topic="sample-tracking.ball", key="subject_id")
class SampleTrackingBallHeld(BallHeld):
    """A drafted specification or a result waits for somebody else from now on.

    The first turn of a result is its laboratory's, which the fact that reports it tells.
    """
