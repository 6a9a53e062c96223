"""A batch in the making whose site is sold goes on with the buyer: who made a stage keeps it."""

from datetime import datetime
from uuid import UUID

from quality_events.batches.model import Batch
from quality_events.batches.stages import BatchStage, Stage
from runtime.problems import RuleViolated


def take_over(batch: Batch, partner_id: UUID, at: datetime) -> None:
    """Let it be another maker's from an instant on; who made it until then stays a party, and reads it."""
    batch.partner_id, batch.taken_over_at = partner_id, at
    batch.parties = [*(each for each in batch.parties if each != partner_id), partner_id]


def refuse_former(batch: Batch, known: BatchStage, stage: Stage, zone: str | None) -> None:
    """Raise RuleViolated where a maker states a stage anew that another one began: it may but end what still ran."""
    at = batch.taken_over_at
    if at and known.begun_before(at, zone) and not known.is_ended_by(stage):
        why = f"{known.step} was begun before the site was sold, and stays as it was stated"
        raise RuleViolated(f"{why}: end it where it runs, or let the sponsor correct it", fields=["step"])
