"""Facts of quality_events about changes at partners' sites, per market (ICH Q10 3.2.3; ICH Q12; EU GMP 7.12)."""

from enum import StrEnum
from uuid import UUID

from contracts.fact import Fact, Part, fact
from contracts.moments import Day, HappenedAt, Moment
from contracts.vocabulary import FactSide, Lot


class ChangeClass(StrEnum):
    """How much a change may affect the product."""

    minor = "minor"
    moderate = "moderate"
    major = "major"


class ChangeCategory(StrEnum):
    """How a change is reported to a market's authority."""

    none = "none"
    """Not at all: the quality system alone keeps it."""
    annual_report = "annual_report"
    """US: 21 CFR 314.70(d)."""
    cbe_0 = "cbe_0"
    """US, changes being effected: 21 CFR 314.70(c)(6)."""
    cbe_30 = "cbe_30"
    """US, changes being effected in 30 days: 21 CFR 314.70(c)(4)."""
    pas = "pas"
    """US, prior approval supplement: 21 CFR 314.70(b)."""
    ia = "ia"
    """EU, and those who follow it, minor and told within a year: Regulation (EC) 1234/2008."""
    ia_in = "ia_in"
    """EU, minor and told at once after it was made."""
    ib = "ib"
    """EU, minor and told before."""
    ii = "ii"
    """EU, major."""
    notification = "notification"
    """Elsewhere: told before (ICH Q12 2)."""
    prior_approval = "prior_approval"
    """Elsewhere: approved before (ICH Q12 2)."""


class ChangedMarket(Part):
    """How the change is reported in one market."""

    market: str
    """ISO 3166-1 alpha-2."""
    category: ChangeCategory


class ChangeFact(Fact):
    """What every fact about one change carries."""

    change_id: UUID
    number: str
    title: str
    site_id: UUID
    partner_id: UUID
    proposed_side: FactSide
    """Which side proposed it: the owner of the site, or the sponsor."""
    classification: ChangeClass | None
    """None before it is classified."""
    told_at: HappenedAt
    """When the other side was told."""
    effective_from: Day
    """From when on it is to be made."""
    product_ids: tuple[UUID, ...]
    markets: tuple[ChangedMarket, ...]
    """Empty before it was assessed."""


@fact("io.entente.ChangeProposed.v1", topic="quality-events.change", key="change_id")
class ChangeProposed(ChangeFact):
    """Something at a site is to be made otherwise."""


@fact("io.entente.ChangeClassified.v1", topic="quality-events.change", key="change_id")
class ChangeClassified(ChangeFact):
    """The sponsor's quality said how much it may affect the product."""


@fact("io.entente.ChangeApproved.v1", topic="quality-events.change", key="change_id")
class ChangeApproved(ChangeFact):
    """The quality units of both sides agreed. No authority has by that: see the markets' categories."""


@fact("io.entente.ChangeRefused.v1", topic="quality-events.change", key="change_id")
class ChangeRefused(ChangeFact):
    """The sponsor's quality does not agree."""

    reason: str


@fact("io.entente.ChangeImplemented.v1", topic="quality-events.change", key="change_id")
class ChangeImplemented(ChangeFact):
    """It is made from a first lot on."""

    first_lot: Lot
    emergency: bool
    """It was made before it was approved."""
    deviation_id: UUID | None
    """That was opened because of that."""
    first_lot_started_at: Moment | None = None
    """When the first lot was started, where that is known: since then it is made so, whenever that was recorded."""
