"""Facts of partner_registry on how high a risk is and how closely it looks: the sponsor's alone, but for one."""

from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from contracts.fact import Fact, Part, fact
from contracts.moments import Day, DueAt, HappenedAt


class RiskDimension(StrEnum):
    """From where harm to patients or to supply may come (ICH Q9(R1) counts product availability)."""

    quality = "quality"
    regulatory = "regulatory"
    data_integrity = "data_integrity"
    financial = "financial"
    capacity = "capacity"
    geographic = "geographic"
    continuity = "continuity"


class RiskBand(StrEnum):
    """How high a risk is, from the lowest to the highest."""

    low = "low"
    medium = "medium"
    high = "high"
    critical = "critical"


class RiskTrajectory(StrEnum):
    """Where a site's risk has gone since the assessment before it on the same scale."""

    first = "first"
    not_comparable = "not_comparable"
    rising = "rising"
    stable = "stable"
    falling = "falling"


class DimensionRisk(Part):
    """What holds of one dimension of a site's risk."""

    dimension: RiskDimension
    score: int | None
    """Severity times probability times detectability, 1 to 125, as it was signed; None where it is not assessed."""
    band: RiskBand | None
    """As it was signed."""
    floor: RiskBand | None = None
    """At least this, since a fact that no signed assessment covers."""


@fact("io.entente.RiskScoreChanged.v1", topic="partner-registry.risk", key="site_id")
class RiskScoreChanged(Fact):
    """Another band or score is in force for a site, by a signature or by a fact. The sponsor's alone."""

    site_id: UUID
    partner_id: UUID
    before: RiskBand | None
    """None where nothing was known."""
    band: RiskBand
    """In force, floors included."""
    at_least: bool
    """Some dimension is not assessed: it may be higher."""
    provisional: bool
    """A fact holds it, or a dimension, up until a reassessment is signed."""
    signed_band: RiskBand | None
    worst_score: int | None
    dimensions: tuple[DimensionRisk, ...]
    trajectory: RiskTrajectory | None
    scale_version: str | None
    drivers: tuple[str, ...]
    due_at: DueAt | None = None
    """By when the reassessment is to be signed that a fact asks for."""


class OutsideEventKind(StrEnum):
    """What may happen to a partner outside of all records that are kept here."""

    insolvency_notice = "insolvency_notice"
    rating_cut = "rating_cut"
    sanctions = "sanctions"
    export_ban = "export_ban"
    force_majeure = "force_majeure"
    capacity_gap = "capacity_gap"
    """What is needed of the only source of a product is more than it can make."""


class OutsideEventFact(Fact):
    """What every fact about one such event carries. The sponsor's alone."""

    outside_event_id: UUID
    number: str
    partner_id: UUID
    kind: OutsideEventKind
    site_ids: tuple[UUID, ...]
    """None: all of the partner's sites."""
    happened_at: HappenedAt
    source: str


@fact("io.entente.OutsideEventRecorded.v1", topic="partner-registry.outside-event", key="outside_event_id")
class OutsideEventRecorded(OutsideEventFact):
    """Somebody wrote down what happened; until the risk is assessed anew it holds that up."""


@fact("io.entente.OutsideEventWithdrawn.v1", topic="partner-registry.outside-event", key="outside_event_id")
class OutsideEventWithdrawn(OutsideEventFact):
    """It did not happen, or not so: somebody else took it back."""

    reason: str


class SegmentCriterion(StrEnum):
    """By what it is weighed how much a partner matters, each from 0 to 10."""

    product_complexity = "product_complexity"
    regulatory_demand = "regulatory_demand"
    market_criticality = "market_criticality"
    competitive_sensitivity = "competitive_sensitivity"
    spend = "spend"
    technology_uniqueness = "technology_uniqueness"
    mutual_dependence = "mutual_dependence"


class Segment(StrEnum):
    """How a partner is worked with."""

    strategic = "strategic"
    preferred = "preferred"
    transactional = "transactional"
    developing = "developing"
    """There is no commercial year yet, or no commercial qualification in force: whatever the score."""


@fact("io.entente.SegmentChanged.v1", topic="partner-registry.segmentation", key="segmentation_id")
class SegmentChanged(Fact):
    """A partner's segment was confirmed, or has grown old. The sponsor's alone."""

    segmentation_id: UUID
    number: str
    partner_id: UUID
    before: Segment | None
    after: Segment | None
    """None where the partner never was segmented, and cannot be."""
    score: Decimal | None
    """0 to 100; None where a criterion is missing."""
    stale: bool
    """A criterion is missing, or a year has passed: it is the last one that could be said."""
    why: str
    unknown: tuple[str, ...] = ()
    """What goes before the score, and nobody knows."""


class PlanValue(Part):
    """One value of a plan, and the rules from which it comes."""

    name: str
    value: bool | int | str
    rules: tuple[str, ...]


@fact("io.entente.OversightPlanChanged.v1", topic="partner-registry.oversight-plan", key="plan_id")
class OversightPlanChanged(Fact):
    """Another plan of oversight holds at a site, or it came into force. The sponsor's alone."""

    plan_id: UUID
    number: str
    site_id: UUID
    partner_id: UUID
    state: str
    """``derived`` until quality has acknowledged it, or has not in time; ``in_force`` then."""
    before: tuple[PlanValue, ...]
    after: tuple[PlanValue, ...]
    """What holds: where the plan is looser than the one before, that one until the next cycle."""
    cause: str
    unknown: tuple[str, ...]
    """What would decide, and nobody knows: it matched no rule."""
    next_audit_on: Day | None
    """None where no last audit is known: the first one is held before the first commercial batch."""
    caused_by_id: UUID | None = None
    """The fact after which the plan was derived; None where none led to it, or nobody kept which."""
    caused_by_type: str | None = None
    next_cycle_on: Day | None = None
    """From when on looser cadences than those of the plan before hold; that of audits follows their dates."""
    for_cause_by: Day | None = None
    """Until when an audit for cause is held."""


@fact("io.entente.OversightAnnounced.v1", topic="partner-registry.oversight-announcement", key="plan_id")
class OversightAnnounced(Fact):
    """What a partner is told of how its site is looked at: no band, no score, no rule."""

    plan_id: UUID
    site_id: UUID
    partner_id: UUID
    audit_months: int | None
    """From the end of one audit to the next."""
    operational: str | None
    business: str | None
    strategic: str | None
    """How often each of the meetings is held."""
    body: str | None
    """Which body the partnership has."""
