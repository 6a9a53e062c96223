"""A stage lies within the days of its batch, as far as a person states it: what feeds tell is kept, and asked about."""

from typing import Final
from uuid import UUID

from sqlmodel import select

from contracts.batches import LinkKind
from directory import queries as directory
from quality_events import moments
from quality_events.batches import works
from quality_events.batches.fields import StatedColumns
from quality_events.batches.model import Batch
from quality_events.batches.stages import Stage
from quality_events.genealogy.model import BatchLink
from runtime.problems import RuleViolated
from runtime.work import Work

_PACKS: Final = frozenset({LinkKind.packed, LinkKind.split, LinkKind.merged})
"""What a batch came of whose making is packing, or splitting and merging, which may be that."""
_WORDS: Final = {"started_at": "starts", "ended_at": "ends"}


async def refuse_other_days(work: Work, batch: Batch, stage: Stage) -> None:
    """Raise RuleViolated for a stage of the maker's that lies outside of its batch's days for certain."""
    zone, there = await zones_of(work, batch, stage.site_id)
    said = {"started_at": moments.written(stage.started_at)}
    said |= {"ended_at": moments.written(stage.ended_at)} if stage.ended_at else {}
    refuse_before_start(batch, zone, stage.step, said, there)
    kinds = await work.session.scalars(select(BatchLink.kind).where(BatchLink.child_id == batch.id))
    making = works.WHOLE if _PACKS.isdisjoint(kinds) else works.HANDLING
    refuse_after_completion(batch, zone, stage.step, said, there, making)


async def zones_of(work: Work, batch: Batch, site_id: UUID) -> tuple[str, str]:
    """By which zones the days of a batch, and of a stage at a site, are counted."""
    zone, there = [await directory.zone_of(work, each) or "UTC" for each in (batch.site_id, site_id)]
    return zone, there


def refuse_before_start(batch: StatedColumns, zone: str, step: str, said: dict[str, str], there: str) -> None:
    """Raise RuleViolated where a moment of a stage, ``said`` by its field, lies before the batch began: none does."""
    if (began := batch.started_at) is None:
        return
    for field, at in said.items():
        if moments.is_days_before(at, there, began, zone):
            why = f"{batch.number} began {began}, and {step} {_WORDS[field]} {at}: no stage lies before that"
            raise RuleViolated(f"{why}; if that is wrong, its source amends the start first", fields=[field])


def refuse_after_completion(
    batch: StatedColumns, zone: str, step: str, said: dict[str, str], there: str, making: frozenset[str]
) -> None:
    """Raise RuleViolated where a stage that is of its ``making`` begins or ends after it was made.

    Bulk is packed, and looked at, after that.
    """
    made = batch.completed_at
    if made is None or not works.work_of(step, dosage_form="") <= making:
        return
    for field, at in said.items():
        if moments.is_days_before(made, zone, at, there):
            why = f"{batch.number} was made {made}, and {step}, a step of that, {_WORDS[field]} {at}: it is no later"
            raise RuleViolated(f"{why}; if that is wrong, its source amends the completion first", fields=[field])
