"""Facts of quality_events about a batch on its way from making to review: its record, its holds, what became of it."""

from enum import StrEnum
from uuid import UUID

from contracts.fact import Fact, fact
from contracts.vocabulary import FactSide, Lot, Quantity


@fact("io.entente.BatchTerminated.v1", topic="quality-events.batch", key="batch_id")
class BatchTerminated(Fact):
    """The making of a batch was given up. Where it began, it stays one that was started (FDA quality metrics)."""

    batch_id: UUID
    lot: Lot
    reason: str


class BatchRecordFact(Fact):
    """What every fact about a batch's record carries. The record itself stays with its maker."""

    batch_id: UUID
    lot: Lot
    record_version: str
    record_digest: str
    """SHA-256, in hexadecimal."""
    record_complete: bool
    """Whether nothing is missing in it any more; one that is not complete is not reviewed."""


@fact("io.entente.BatchRecordReceived.v1", topic="quality-events.batch", key="batch_id")
class BatchRecordReceived(BatchRecordFact):
    """The maker handed in the record of a batch that is made."""


@fact("io.entente.BatchRecordReviewed.v1", topic="quality-events.batch", key="batch_id")
class BatchRecordReviewed(BatchRecordFact):
    """A quality unit reviewed this version of the record (21 CFR 211.192)."""

    reviewed_side: FactSide
    """The maker's comes first, and then the sponsor's."""


@fact("io.entente.BatchRecordRevised.v1", topic="quality-events.batch", key="batch_id")
class BatchRecordRevised(BatchRecordFact):
    """The maker handed in a new version: it is reviewed anew, whoever had reviewed the one before."""


class LinkKind(StrEnum):
    """What became of one batch in another."""

    consumed = "consumed"
    split = "split"  # type: ignore[assignment]  # text's own method of this name is of no use here
    merged = "merged"
    packed = "packed"
    reworked = "reworked"
    """By another process than the registered one (ICH Q7 14.3)."""
    reprocessed = "reprocessed"
    """By a step of the registered process once more (ICH Q7 14.2)."""
    recovered = "recovered"


@fact("io.entente.BatchesLinked.v1", topic="quality-events.batch-link", key="link_id")
class BatchesLinked(Fact):
    """So much of one batch went into another. Of two makers' batches the sponsor alone is told."""

    link_id: UUID
    kind: LinkKind
    parent_id: UUID
    parent_lot: Lot
    child_id: UUID
    child_lot: Lot
    quantity: Quantity
    deviation_id: UUID | None = None
    """That asks for the reprocessing."""
    change_id: UUID | None = None
    """That the rework follows."""


class HoldFact(Fact):
    """What every fact about one hold of a batch carries. A hold stands beside the batch's state and changes none."""

    hold_id: UUID
    number: str
    batch_id: UUID
    lot: Lot
    markets: tuple[str, ...] = ()
    """ISO 3166-1 alpha-2; empty is every market."""
    by_side: FactSide
    """The sponsor or the maker, whichever placed it: only that side lifts it."""
    reason: str
    """Why it was placed."""


@fact("io.entente.BatchHeld.v1", topic="quality-events.batch-hold", key="hold_id")
class BatchHeld(HoldFact):
    """A batch is not to go on in some markets, or in any."""


@fact("io.entente.BatchHoldLifted.v1", topic="quality-events.batch-hold", key="hold_id")
class BatchHoldLifted(HoldFact):
    """One hold of a batch was lifted by the side that placed it. Others of the same batch may be open."""

    lift_reason: str


class HoldProposalFact(Fact):
    """What every fact about one proposal to hold a batch carries. It is the sponsor's alone."""

    proposal_id: UUID
    number: str
    batch_id: UUID
    site_id: UUID
    """Of which something became known: where the batch was made or tested."""
    partner_id: UUID | None = None
    """The batch's maker."""
    product_id: UUID | None = None
    """None where it is not known, and, as the maker, in facts from before this was told."""


@fact("io.entente.HoldProposed.v1", topic="quality-events.hold-proposal", key="proposal_id")
class HoldProposed(HoldProposalFact):
    """What became known of a site asks for a hold of a batch on which nobody decided. It holds nothing."""

    reasons: tuple[str, ...]


@fact("io.entente.HoldProposalAnswered.v1", topic="quality-events.hold-proposal", key="proposal_id")
class HoldProposalAnswered(HoldProposalFact):
    """Quality held the batch, or said why it goes on."""

    hold_id: UUID | None = None
    """The hold that was placed; None where it was declined."""
