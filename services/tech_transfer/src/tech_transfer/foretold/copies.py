"""What quality_events tells of deviations and batches, kept so that it is the same in whatever order it comes."""

from collections.abc import Sequence
from typing import Any, Final

from contracts import Recorded
from contracts.moments import first_day
from contracts.quality_events import (
    BatchManufactured,
    BatchStarted,
    DeviationAmended,
    DeviationCancelled,
    DeviationClassified,
    DeviationFact,
    DeviationLinked,
    DeviationRaised,
)
from runtime.subscriptions import Subscriptions
from runtime.work import Work

GROUP: Final = "foretold"
"""The group of the handlers: other parts of this service listen to the same facts."""


def _latest(by: str, *columns: str) -> str:
    """Of each column what the fact with the highest sequence says, of those that say it."""
    return ", ".join(
        f"{each} = CASE WHEN excluded.{by} > kept.{by} THEN excluded.{each} ELSE kept.{each} END"
        for each in (*columns, by)
    )


_DEVIATION: Final = f"""
INSERT INTO known_deviation AS kept (id, number, site_id, partner_id, product_id, aware_at, told_by, title, category,
    said_by, lot_ids, lots_by, classification, classified_by, cancelled)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
ON CONFLICT (id) DO UPDATE SET
    {_latest("told_by", "number", "site_id", "partner_id", "product_id", "aware_at")},
    {_latest("said_by", "title", "category")}, {_latest("lots_by", "lot_ids")},
    {_latest("classified_by", "classification")}, cancelled = kept.cancelled OR excluded.cancelled
"""  # noqa: S608
_BATCH: Final = f"""
INSERT INTO known_batch AS kept (id, lot_id, lot_number, product_id, site_id, partner_id, started_on, started_by,
    made_on, made_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (id) DO UPDATE SET product_id = coalesce(excluded.product_id, kept.product_id),
    {_latest("started_by", "started_on")}, {_latest("made_by", "made_on")}
"""  # noqa: S608


def keep_foretold(subscriptions: Subscriptions) -> Subscriptions:
    """Let the service keep what it is told of deviations and batches."""
    for fact in (DeviationRaised, DeviationAmended, DeviationLinked, DeviationClassified, DeviationCancelled):
        subscriptions.on_batch(fact, GROUP)(_note_deviations)
    subscriptions.on_batch(BatchStarted, GROUP)(_note_started)
    subscriptions.on_batch(BatchManufactured, GROUP)(_note_made)
    return subscriptions


async def _note_deviations(work: Work, facts: Sequence[Recorded[Any]]) -> None:
    await work.connection.executemany(_DEVIATION, [_deviation(each.fact, each.sequence) for each in facts])


def _deviation(fact: DeviationFact, sequence: int) -> tuple[Any, ...]:
    """A row of what one fact says; where it does not say something, that has the sequence 0."""
    of_all = (fact.deviation_id, fact.number, fact.site_id, fact.partner_id, fact.product_id, fact.partner_aware_at)
    title, category = getattr(fact, "title", None), getattr(fact, "category", None)
    lots, classification = getattr(fact, "lots", None), getattr(fact, "classification", None)
    return (
        *(*of_all, sequence, title, category, 0 if title is None else sequence),
        *([each.id for each in lots or ()], 0 if lots is None else sequence),
        *(classification, sequence if classification else 0),
        isinstance(fact, DeviationCancelled) or getattr(fact, "cancelled", False),
    )


async def _note_started(work: Work, facts: Sequence[Recorded[BatchStarted]]) -> None:
    rows = [(*_batch(each.fact), first_day(each.fact.occurred_at), each.sequence, None, 0) for each in facts]
    await work.connection.executemany(_BATCH, rows)


async def _note_made(work: Work, facts: Sequence[Recorded[BatchManufactured]]) -> None:
    made = [(each.fact, first_day(each.fact.completed_at or each.fact.occurred_at), each.sequence) for each in facts]
    await work.connection.executemany(_BATCH, [(*_batch(fact), None, 0, day, by) for fact, day, by in made])


def _batch(fact: BatchStarted | BatchManufactured) -> tuple[Any, ...]:
    lot = fact.lot
    return fact.batch_id, lot.id, lot.number, lot.product_id, lot.site_id, lot.partner_id
