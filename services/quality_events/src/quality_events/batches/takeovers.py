"""A batch in the making whose site is sold goes on with the buyer: who made a stage keeps it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from contracts.sites import SiteTransferred
from quality_events import moments
from quality_events.batches.model import MAKING, Batch
from quality_events.batches.stages import BatchStage, Stage
from runtime.problems import RuleViolated


def take_over(batch: Batch, partner_id: UUID, at: datetime) -> None:
    """Let it be another maker's from an instant on; who made it until then stays a party, and reads it."""
    batch.partner_id, batch.taken_over_at = partner_id, at
    batch.parties = [*(each for each in batch.parties if each != partner_id), partner_id]


def follow_sales(batch: Batch, sales: Sequence[SiteTransferred], zone: str | None) -> bool:
    """Let it be whose it is by the sales of its site, in their order, and by when it was made, whatever is told first.

    Made before a sale for certain it is, or goes back, to who owned the site then; in the making at a sale, or made
    after it, it is the buyer's. Where nobody can tell it stays whose it is. Tells whether it is another's now.
    """
    said = batch.completed_at or batch.completion_reported
    later = [each for each in sales if said and moments.ends_before(said, each.effective_at, zone)]
    if later and batch.taken_over_at in {each.effective_at for each in later}:
        _give_back(batch, [each for each in sales if each not in later], later)
        return True
    dated = batch.completed_at
    if not dated and batch.state not in MAKING:
        return False
    gone = [each for each in sales if not (dated and moments.lies_before(dated, each.effective_at, zone))]
    before = batch.partner_id
    for each in gone:
        if each.from_partner_id == batch.partner_id != gone[-1].partner_id:
            take_over(batch, each.partner_id, each.effective_at)
    return batch.partner_id != before


def _give_back(batch: Batch, gone: Sequence[SiteTransferred], later: Sequence[SiteTransferred]) -> None:
    """Who bought the site when it was made already has no part in it."""
    maker, buyers = later[0].from_partner_id, {each.partner_id for each in later}
    batch.partner_id = maker
    batch.parties = [*(each for each in batch.parties if each not in {maker, *buyers}), maker]
    began = bool(gone) and gone[-1].from_partner_id in batch.parties
    batch.taken_over_at = gone[-1].effective_at if began else None


def refuse_former(batch: Batch, known: BatchStage, stage: Stage, zone: str | None) -> None:
    """Raise RuleViolated where a maker states a stage anew that another one began: it may but end what still ran."""
    at = batch.taken_over_at
    if at and known.begun_before(at, zone) and not known.is_ended_by(stage):
        why = f"{known.step} was begun before the site was sold, and stays as it was stated"
        raise RuleViolated(f"{why}: end it where it runs, or let the sponsor correct it", fields=["step"])
