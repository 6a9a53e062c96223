"""Facts of quality_events about what something means for a batch that was released before it was known."""

from enum import StrEnum
from uuid import UUID

from contracts.fact import Fact, fact
from contracts.moments import DueAt, HappenedAt


class ImpactCause(StrEnum):
    """What became known of a released batch."""

    deviation = "deviation"
    oos = "oos"
    complaint = "complaint"


class ImpactGround(StrEnum):
    """What became known of a released batch, or of how it was made and tested. Those of `ImpactCause`, and more."""

    deviation = "deviation"
    oos = "oos"
    complaint = "complaint"
    record = "record"
    """What is stated of its making, or its record, is another than what was reviewed."""
    inputs = "inputs"
    """Something went in of which nobody had told."""
    results = "results"
    """A result of it was amended, voided, found not to be reportable, whatever the new one says, or confirmed as a data
    integrity problem."""
    excursions = "excursions"
    """A maker's system recorded an excursion of its process, or told one otherwise."""
    statements = "statements"
    """Quality withdrew what it had stated of a condition of release."""
    changes = "changes"
    """It was made under a change by which it may not go to the market."""
    authorisations = "authorisations"
    """A site's qualification, or the product's registration, was taken away for the days of its work."""


class ImpactOutcome(StrEnum):
    """What follows for what is on the market."""

    none = "none"
    stopped = "stopped"
    recall_proposed = "recall_proposed"


class DistributionImpactFact(Fact):
    """What every fact about one impact carries. It is the sponsor's alone."""

    impact_id: UUID
    number: str
    batch_id: UUID
    market: str
    """ISO 3166-1 alpha-2."""
    cause_type: ImpactCause
    cause_id: UUID
    sponsor_aware_at: HappenedAt
    """When the sponsor knew of the cause, confirmed or not."""
    due_at: DueAt
    partner_id: UUID | None = None
    site_id: UUID | None = None
    product_id: UUID | None = None
    """None where it is not known, and, as partner and site, in facts from before this was told."""


@fact("io.entente.DistributionImpactOpened.v1", topic="quality-events.distribution-impact", key="impact_id")
class DistributionImpactOpened(DistributionImpactFact):
    """Something became known of a batch that is released to a market: somebody has to say what follows."""


@fact("io.entente.DistributionImpactAssessed.v1", topic="quality-events.distribution-impact", key="impact_id")
class DistributionImpactAssessed(DistributionImpactFact):
    """Quality said what follows for a batch that is released to a market."""

    outcome: ImpactOutcome


class ImpactFact(Fact):
    """What every fact about one impact carries, in the second version. It is the sponsor's alone."""

    impact_id: UUID
    number: str
    batch_id: UUID
    market: str
    """ISO 3166-1 alpha-2."""
    cause_type: ImpactGround
    cause_id: UUID
    """The record of a *deviation*, *oos* or *complaint*; of all else the batch: this one, or one of which it came."""
    sponsor_aware_at: HappenedAt
    """When the sponsor knew of the cause, confirmed or not."""
    due_at: DueAt
    partner_id: UUID | None = None
    site_id: UUID | None = None
    product_id: UUID | None = None
    """None where it is not known, and, as partner and site, in facts from before this was told."""


@fact("io.entente.DistributionImpactOpened.v2", topic="quality-events.distribution-impact", key="impact_id")
class ImpactOpened(ImpactFact):
    """Something became known of a batch that is released to a market: somebody has to say what follows.

    Told of every cause; the first version is told beside it of those that it has a word for.
    """


@fact("io.entente.DistributionImpactAssessed.v2", topic="quality-events.distribution-impact", key="impact_id")
class ImpactAssessed(ImpactFact):
    """Quality said what follows for a batch that is released to a market. Told as `ImpactOpened` is."""

    outcome: ImpactOutcome
