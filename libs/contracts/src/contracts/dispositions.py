"""Facts of quality_events about what was decided of a batch for a market."""

from enum import StrEnum
from uuid import UUID

from contracts.fact import Fact, fact
from contracts.moments import Day, HappenedAt, Moment
from contracts.vocabulary import Lot


class Decision(StrEnum):
    """What was decided."""

    released = "released"
    released_for_processing = "released_for_processing"
    """Under quarantine, to be worked on further, and never to market."""
    rejected = "rejected"
    stopped = "stopped"
    resumed = "resumed"
    withdrawn = "withdrawn"


class DispositionFact(Fact):
    """What every fact about the disposition of a batch in one market carries."""

    disposition_id: UUID
    number: str
    batch_id: UUID
    lot: Lot
    market: str
    """ISO 3166-1 alpha-2."""
    regime: str
    """eu_eea, gb, us, ch or other."""


class DecisionFact(DispositionFact):
    """What every fact about a decision carries; why it was taken the sponsor alone is told."""

    decision: Decision
    decided_at: HappenedAt
    register_number: int | None
    """None: the register is the sponsor's, whom DispositionReasoned tells it. Facts of earlier releases have it."""
    readiness_digest: str | None
    """None, as the register's number is."""
    right_first_time: bool | None = None
    """None before each intended market is decided."""
    manufactured_at: Moment | None = None
    due_on: Day | None = None


@fact("io.entente.BatchConfirmed.v1", topic="quality-events.disposition", key="disposition_id")
class BatchConfirmed(DispositionFact):
    """The maker's qualified person or quality unit confirmed its own stages, naming its deviations."""

    stages: tuple[str, ...]
    by_site: UUID
    deviations: tuple[str, ...]


@fact("io.entente.BatchReleased.v1", topic="quality-events.disposition", key="disposition_id")
class BatchReleased(DecisionFact):
    """The batch was released to the market, or goes on after a stop."""


@fact("io.entente.BatchReleasedForProcessing.v1", topic="quality-events.disposition", key="disposition_id")
class BatchReleasedForProcessing(DecisionFact):
    """The batch may be worked on under quarantine, and not go to market."""

    follow_up_on: Day
    """By when what it waits for is done."""


@fact("io.entente.BatchFollowUpClosed.v1", topic="quality-events.disposition", key="disposition_id")
class BatchFollowUpClosed(DispositionFact):
    """What the batch was released for processing on is done: what it went into may be released (21 CFR 211.84)."""

    follow_up_on: Day
    """By when it was to be done."""


@fact("io.entente.BatchRejected.v1", topic="quality-events.disposition", key="disposition_id")
class BatchRejected(DecisionFact):
    """The batch goes to the market never."""


@fact("io.entente.BatchStopped.v1", topic="quality-events.disposition", key="disposition_id")
class BatchStopped(DecisionFact):
    """A released batch is not to be distributed any further for now."""


@fact("io.entente.BatchRecalled.v1", topic="quality-events.disposition", key="disposition_id")
class BatchRecalled(DecisionFact):
    """A released batch is taken back from the market by an approved recall."""


@fact("io.entente.DispositionReasoned.v1", topic="quality-events.disposition-decision", key="decision_id")
class DispositionReasoned(Fact):
    """Why it was decided so. The sponsor's alone."""

    decision_id: UUID
    disposition_id: UUID
    batch_id: UUID
    market: str
    decision: Decision
    justification: str
    weighed: tuple[str, ...] = ()
    """The numbers of the records that were weighed."""
    legal_entity: str | None = None
    """Whose register has it; with what follows it is in facts of earlier releases' decisions."""
    regime: str | None = None
    """eu_eea, gb, us, ch or other: of the register."""
    register_number: int | None = None
    """Of the register of the legal entity for the regime; consecutive."""
    readiness_digest: str | None = None
    """SHA-256 of the readiness as it was signed."""
    partner_id: UUID | None = None
    site_id: UUID | None = None
    product_id: UUID | None = None
    """None where it is not known, and, as partner and site, in facts from before this was told."""
