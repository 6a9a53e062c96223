"""Reads of sets of results."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlmodel import col, select

from directory.names import names_of
from gxp.evaluation import WhyUndecided
from runtime.problems import NotFound
from runtime.work import Work
from sample_tracking.flags import traces
from sample_tracking.flags.queries import of_sets
from sample_tracking.flags.rules import not_judged
from sample_tracking.results.model import Result
from sample_tracking.results.queries import IN_ORDER
from sample_tracking.sets.model import ResultSet
from sample_tracking.sets.schemas import DataIntegrityOfSet, ResultSetRead
from serving.listing import column, days, equal
from serving.paging import visible

REFERENCES: Final = {"site": "site_id", "partner": "partner_id", "laboratory": "laboratory_site_id"}
FILTERS = (
    equal(ResultSet, "lot_id", "material", "stage", "state", "laboratory_site_id", "laboratory_partner_id")
    | {"lot": column(ResultSet, "lot_number", about="the lot's number")}
    | days(ResultSet.created_at, "first reported")
)
COUNTS: Final = (col(Result.superseded_by).is_(None), col(Result.reason).is_distinct_from(WhyUndecided.voided))
"""The condition of ``Result.counts``."""


async def results_of(work: Work, set_id: UUID) -> Sequence[Result]:
    """The results of a set that count, as they are now, their rows locked in the order in which they are recorded."""
    of_it = select(Result).where(Result.set_id == set_id, *COUNTS)
    in_order = of_it.order_by(*IN_ORDER).with_for_update()
    found = await work.session.scalars(in_order, execution_options={"populate_existing": True})
    return found.all()


async def data_integrity(work: Work, set_id: UUID) -> DataIntegrityOfSet:
    """What speaks against the data of a set, and which rules could not judge it.

    For the laboratory and the sponsor; the lot's maker is told of neither. Raises NotFound for whoever is no party.
    """
    found: ResultSet | None = await work.session.scalar(visible(work, ResultSet).where(col(ResultSet.id) == set_id))
    if found is None:
        raise NotFound("result set", set_id)
    if not _is_told(work, found):
        return DataIntegrityOfSet(items=None, not_judged=None)
    results = (await work.session.scalars(select(Result.id).where(col(Result.set_id) == set_id, *COUNTS))).all()
    lacking = not_judged(await traces.of_results(work, results))
    flags = (await of_sets(work, [set_id]))[set_id]
    return DataIntegrityOfSet.model_validate(
        {
            "items": [dict(flag) for flag in flags],
            "not_judged": [{"rule": rule, "why": why} for rule, why in lacking.items()],
        }
    )


def _is_told(work: Work, found: ResultSet) -> bool:
    """Whether the reader is told what speaks against the data: the laboratory and the sponsor are."""
    return work.principal.partner_id in (None, found.laboratory_partner_id)


async def show(work: Work, sets: Sequence[ResultSet]) -> list[ResultSetRead]:
    """The sets with the names that the reader may know, and which tests they have."""
    names = await names_of(work, sets, REFERENCES)
    flags = await of_sets(work, {one.id for one in sets})
    tests: dict[UUID, set[str]] = defaultdict(set)
    found = select(Result.set_id, Result.test).where(col(Result.set_id).in_({one.id for one in sets}), *COUNTS)
    for set_id, test in await work.session.execute(found):
        tests[set_id].add(test)
    return [
        ResultSetRead.model_validate(
            dict(one)
            | names.of(one, references=REFERENCES)
            | {"tests": sorted(tests[one.id])}
            | {"flags": [dict(flag) for flag in flags[one.id]] if _is_told(work, one) else None}
        )
        for one in sets
    ]
