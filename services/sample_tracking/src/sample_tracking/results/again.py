"""Stored results, held against what came to apply after they were recorded."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func
from sqlmodel import col, select

from contracts.sample_tracking import ReEvaluates
from gxp.evaluation import WhyUndecided
from runtime.work import Work
from sample_tracking.lots.model import KnownLot
from sample_tracking.results import statements
from sample_tracking.results.applying import first_day, judging_stored
from sample_tracking.results.markets import as_kept
from sample_tracking.results.model import Result
from sample_tracking.results.queries import IN_ORDER
from sample_tracking.results.reference import look_up, made_on
from sample_tracking.results.reportable import known_of

_DECIDED = (WhyUndecided.voided, WhyUndecided.exempt)


async def of_lots(work: Work, lot_ids: Sequence[UUID]) -> None:
    """When these lots were made has become known."""
    await _evaluate(work, _counting().where(col(Result.lot_id).in_(lot_ids)))


async def of_open_lots(work: Work, product_id: UUID, tests: Sequence[str]) -> None:
    """A revision that limits these tests has come into force."""
    await _evaluate(work, _of_open_lots(product_id, tests))


async def count(work: Work, product_id: UUID, tests: Sequence[str]) -> ReEvaluates:
    """How many results of how many open lots are held against a revision that looks back."""
    counted = (func.count(func.distinct(col(Result.lot_id))), func.count())
    of_them = _of_open_lots(product_id, tests).with_only_columns(*counted).order_by(None)
    lots, results = (await work.session.execute(of_them)).one()
    return ReEvaluates(lots=lots, results=results)


def _counting() -> Select[Any]:
    undecided = func.coalesce(col(Result.reason).not_in(_DECIDED), True)
    return select(Result).where(col(Result.superseded_by).is_(None), undecided).order_by(*IN_ORDER)


def _of_open_lots(product_id: UUID, tests: Sequence[str]) -> Select[Any]:
    closed = select(KnownLot.lot_id).where(col(KnownLot.closed))
    # As quality read it: the limits name no other.
    interpretation: Any = col(Result.interpretation)
    read_test = func.coalesce(interpretation["test"].astext, col(Result.test))
    return _counting().where(
        col(Result.product_id) == product_id, read_test.in_(tests), col(Result.lot_id).not_in(closed)
    )


async def _evaluate(work: Work, chosen: Select[Any]) -> None:
    """Hold results against what must have judged them and has not. Nobody records or learns anything meanwhile."""
    await work.session.flush()
    await work.connection.execute(statements.ALONE)
    results: Sequence[Result] = (await work.session.scalars(chosen.with_for_update())).all()
    products = {result.product_id for result in results if result.product_id}
    reference = await look_up(work, products)
    made = await made_on(work, {result.lot_id for result in results})
    in_force = [each.limits for product_id in products for each in reference.revisions(product_id)]
    entitled = await known_of(work, results, in_force)
    for result in results:
        tested_on, known = first_day(result.occurred_at), _judged_by(result)
        must = judging_stored(reference.revisions(result.product_id), made.get(result.lot_id), tested_on)
        further = [each for each in must if each.specification_id not in known]
        if verdicts := result.read_as(**_reading(result), in_force=further):
            work.publish(*result.evaluate_again(verdicts, entitled, work.now), of=result)


def _judged_by(result: Result) -> Collection[UUID]:
    kept = (*as_kept(result.evaluations), *as_kept(result.evaluated_against))
    return {each.specification_id for each in kept}


def _reading(result: Result) -> dict[str, Any]:
    return {name: (result.interpretation or {}).get(name) for name in ("test", "text", "unit")}
