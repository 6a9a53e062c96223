"""Learning of lots in bulk: whichever fact comes first, the end is the same."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from contracts import Recorded
from contracts.batches import BatchTerminated
from contracts.quality_events import BatchManufactured, BatchStarted
from runtime.work import Work
from sample_tracking.results import again, statements
from sample_tracking.results.applying import first_day
from sample_tracking.results.report import moment_text

_STARTED = """
INSERT INTO known_lot (lot_id, started_on, closed) SELECT *, false FROM unnest($1::uuid[], $2::date[])
ON CONFLICT (lot_id) DO UPDATE SET started_on = excluded.started_on
"""
_COMPLETED = """
INSERT INTO known_lot (lot_id, completed_on, expiry_date, closed)
SELECT *, false FROM unnest($1::uuid[], $2::date[], $3::text[])
ON CONFLICT (lot_id) DO UPDATE SET completed_on = excluded.completed_on, expiry_date = excluded.expiry_date
"""
_CLOSED = """
INSERT INTO known_lot (lot_id, closed) SELECT *, true FROM unnest($1::uuid[])
ON CONFLICT (lot_id) DO UPDATE SET closed = true
"""


async def started(work: Work, facts: Sequence[Recorded[BatchStarted]]) -> None:
    """The making of batches began."""
    await _learn(work, _STARTED, {each.fact.lot.id: (first_day(each.fact.occurred_at),) for each in facts})


async def manufactured(work: Work, facts: Sequence[Recorded[BatchManufactured]]) -> None:
    """Batches are made."""
    await _learn(work, _COMPLETED, {each.fact.lot.id: _done(each.fact) for each in facts})


async def terminated(work: Work, facts: Sequence[Recorded[BatchTerminated]]) -> None:
    """The making of batches was given up."""
    await work.connection.execute(_CLOSED, list({each.fact.lot.id for each in facts}))


def _done(fact: BatchManufactured) -> tuple[date, str | None]:
    day = first_day(fact.completed_at or fact.occurred_at)
    return day, moment_text(fact.expiry_date) if fact.expiry_date else None


async def _learn(work: Work, statement: str, told: Mapping[UUID, Sequence[Any]]) -> None:
    await work.connection.execute(statements.ALONE)
    await work.connection.execute(statement, [*told], *map(list, zip(*told.values(), strict=True)))
    await again.of_lots(work, [*told])
