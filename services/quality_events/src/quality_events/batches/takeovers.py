"""A batch in the making whose site is sold goes on with the buyer: who made a stage keeps it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from contracts.sites import SiteTransferred
from quality_events import moments
from quality_events.batches.model import MAKING, Batch
from quality_events.batches.stages import BatchStage, Stage
from runtime.problems import RuleViolated


def follow_sales(
    batch: Batch, sales: Sequence[SiteTransferred], zone: str | None, worked: Sequence[BatchStage] = ()
) -> bool:
    """Let it be whose it is by the sales of its site, in their order, and by when it was made, whatever is told first.

    Each sale counts that its owner made, of a batch that was begun before and not made yet; who sold it is no party to
    what comes after. Begun nobody knows when, by who owns the site at last, it has no part in any. Who took the owner's
    place by law is who made all that the owner had made. What its stages, ``worked``, say was worked on since it went
    over does not go back by a completion that is told from before. Tells whether anything is another now.
    """
    owner = UUID(batch.sellers[0]["partner_id"]) if batch.sellers else batch.partner_id
    sellers: list[dict[str, Any]] = []
    own = batch.started_at is None and bool(sales) and sales[-1].partner_id == owner
    for each in () if own else sales:
        if each.from_partner_id == owner and _was_in_the_making(batch, each.effective_at, zone, worked):
            sold = {"partner_id": str(owner), "until": each.effective_at.isoformat()}
            sellers.append(sold | ({"succeeded": True} if each.by_succession else {}))
            owner = each.partner_id
    if sellers == (batch.sellers or []):
        return False
    batch.partner_id, batch.parties, batch.sellers = owner, [owner], sellers or None
    batch.taken_over_at = datetime.fromisoformat(sellers[-1]["until"]) if sellers else None
    return True


def _was_in_the_making(batch: Batch, at: datetime, zone: str | None, worked: Sequence[BatchStage]) -> bool:
    """Whether it was begun by then, and not made: what is not known begun was. Where nobody can tell it stays whose
    it is, as where who has it since stated a stage, which nobody else is to read."""
    said = batch.completed_at or batch.completion_reported
    if batch.started_at and not moments.lies_before(batch.started_at, at, zone):
        return False
    went_over = at in {datetime.fromisoformat(each["until"]) for each in batch.sellers or ()}
    if went_over and any(not moments.lies_before(each.ended_at or each.started_at, at, zone) for each in worked):
        return True
    if said and moments.ends_before(said, at, zone):
        return False
    dated = batch.completed_at
    if moments.lies_before(dated, at, zone) if dated else batch.state not in MAKING:
        return went_over
    return True


def seller_of(sellers: Sequence[Mapping[str, Any]], started_at: str, zone: str | None) -> UUID | None:
    """Whose the site was, where it was sold since, when a stage there began; None where it is the last buyer's."""
    sales = (each for each in sellers if not each.get("succeeded"))
    sold = (each for each in sales if moments.lies_before(started_at, datetime.fromisoformat(each["until"]), zone))
    return next((UUID(each["partner_id"]) for each in sold), None)


def refuse_former(batch: Batch, known: BatchStage, stage: Stage, zone: str | None) -> None:
    """Raise RuleViolated where a maker states a stage anew that another one began: it may but end what still ran."""
    former = seller_of(batch.sellers or (), known.started_at, zone)
    if former not in {None, batch.partner_id} and not known.is_ended_by(stage):
        why = f"{known.step} was begun before the site was sold, and stays as it was stated"
        raise RuleViolated(f"{why}: end it where it runs, or let the sponsor correct it", fields=["step"])
