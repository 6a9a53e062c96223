"""Reads of OOS investigations."""

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any, Final
from uuid import UUID

from sqlmodel import col, select

from contracts.sample_tracking import ResultsReported
from directory.names import names_of
from quality_events.copies.known import unread
from quality_events.oos_investigations.fields import OosState
from quality_events.oos_investigations.lineages import NOTHING_KNOWN, Moments
from quality_events.oos_investigations.model import OosInvestigation
from quality_events.oos_investigations.retests import Repeated, allot
from quality_events.oos_investigations.schemas import REFERENCES, OosRead
from runtime.work import Work
from serving.listing import column, days, equal, whether

_HOLD_RESULT: Final = "SELECT pg_advisory_xact_lock(hashtextextended('quality-events.result' || $1, 0))"


async def hold_result(work: Work, result_id: UUID) -> None:
    """What whoever is told that a result is out of specification, or of trend, takes before it looks for the other.

    Told both at once neither would see the other, and both would be investigated.
    """
    await work.connection.execute(_HOLD_RESULT, str(result_id))


async def show(work: Work, investigations: Sequence[OosInvestigation]) -> list[OosRead]:
    """The investigations with names, clocks and what was tested again."""
    known = await names_of(work, investigations, REFERENCES)
    tested = await tested_again(work, investigations)
    return [OosRead.of(one, known, tested[one.id], work.now) for one in investigations]


async def tested_of(work: Work, investigation: OosInvestigation) -> Repeated:
    """What was tested again for one investigation, for a step that rests on it."""
    tested = (await tested_again(work, [investigation]))[investigation.id]
    return replace(tested, unread=await unread(work, ResultsReported))


async def by_sponsor(work: Work, _: OosInvestigation) -> bool:
    """Whether it is the sponsor who acts: it knows of the result by that."""
    return work.principal.partner_id is None


async def tested_again(work: Work, investigations: Sequence[OosInvestigation]) -> Mapping[UUID, Repeated]:
    """What was tested again for each: of a lot, stage and laboratory together, so that no test counts twice."""
    lots = {one.lot_id for one in investigations}
    beside = (await work.session.scalars(select(OosInvestigation).where(col(OosInvestigation.lot_id).in_(lots)))).all()
    groups: dict[Any, list[OosInvestigation]] = defaultdict(list)
    for one in beside:
        groups[_place(one)].append(one)
    rows: dict[Any, list[Mapping[str, Any]]] = defaultdict(list)
    for row in await work.connection.fetch(_TESTS, [one.id for one in investigations]):
        said = json.loads(row["said"]) if isinstance(row["said"], str) else row["said"]
        rows[row["lot_id"], row["stage"], row["laboratory"]].append(dict(row) | {"said": said})
    return {id: each for place, group in groups.items() for id, each in allot(group, rows[place]).items()}


async def moments_of(work: Work, investigation_ids: Collection[UUID]) -> Moments:
    """When the results of these investigations, and what amended them, were recorded, and when it was concluded."""
    if not investigation_ids:
        return NOTHING_KNOWN
    of_them = select(OosInvestigation).where(col(OosInvestigation.id).in_(investigation_ids))
    found = (await work.session.scalars(of_them)).all()
    recorded = dict(await work.connection.fetch(_RECORDED, [*investigation_ids]))
    return Moments(recorded, {str(one.result_id): one.concluded_at for one in found if one.concluded_at})


def _place(one: OosInvestigation) -> tuple[UUID, str, UUID]:
    return one.lot_id, one.stage, one.laboratory_partner_id


_TESTS = "SELECT * FROM results_beside($1)"
_RECORDED = "SELECT said ->> 'result_id' AS id, min(recorded_at) AS recorded_at FROM results_beside($1) GROUP BY id"


@dataclass(frozen=True, slots=True)
class FormerRound:
    """What somebody decided or proposed, as it was when another person sent it back or new evidence undid it."""

    ended_at: datetime
    was: Mapping[str, Any]
    now: Mapping[str, Any]
    """The record after that, which says why."""


async def former_rounds(work: Work, investigation_id: UUID) -> Sequence[FormerRound]:
    """What was planned, proposed and concluded before, the oldest first, as the audit keeps it."""
    rows = await work.connection.fetch(_FORMER, investigation_id)
    read: Callable[[str], Any] = partial(json.loads, parse_float=str)
    return [FormerRound(row["at"], read(row["old"]), read(row["new"])) for row in rows]


_FORMER = """
SELECT at, old::text AS old, new::text AS new FROM audit
WHERE root_id = $1 AND record_id = $1 AND operation = 'UPDATE' AND (
    (old ->> 'state', new ->> 'state') IN (('awaiting_approval', 'phase_1'), ('concluded', 'phase_2'))
    OR (old ->> 'retests_planned_at' IS NOT NULL AND new ->> 'retests_planned_at' IS NULL))
ORDER BY at
"""
_OPEN = col(OosInvestigation.state) != OosState.concluded

FILTERS = (
    equal(
        OosInvestigation,
        *("number", "state", "partner_id", "laboratory_partner_id", "site_id", "product_id", "test", "result_id"),
        *("batch_id", "conclusion"),
    )
    | {
        "material": column(OosInvestigation, "material", about="the product's code"),
        "lot": column(OosInvestigation, "lot_number", about="the lot's number"),
        "overdue": whether(OosInvestigation.overdue, "it is not concluded beyond its target"),
        "open": whether(lambda _: _OPEN, "it is not concluded"),
    }
    | days(OosInvestigation.opened_at, "opened")
)
