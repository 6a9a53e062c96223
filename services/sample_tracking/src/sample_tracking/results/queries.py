"""Reads of results."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import String, and_, cast, false, func, literal_column, or_, tuple_
from sqlalchemy.dialects.postgresql import JSONPATH
from sqlmodel import col, select

from contracts.partner_feeds import ResultRole, TestStage
from contracts.sample_tracking import Evaluation
from directory.names import AT_A_SITE, names_of
from gxp.evaluation import NOTHING_TO_JUDGE, InForce, WhyUndecided
from runtime.problems import NotFound
from runtime.work import Work
from sample_tracking.orders.model import TestOrder
from sample_tracking.orders.standing import LIVE, OrderState
from sample_tracking.results.applying import first_day, is_before, judging
from sample_tracking.results.lineage import found_invalid, may_be_by_one_method
from sample_tracking.results.markets import contradicted, is_flagged
from sample_tracking.results.model import Result
from sample_tracking.results.reference import look_up, made_on
from sample_tracking.results.schemas import ResultRead
from sample_tracking.trends.model import OutOfTrend
from serving import cursors
from serving.paging import PartRequest, visible

UNJUDGED = and_(
    col(Result.superseded_by).is_(None),
    col(Result.evaluation) == Evaluation.not_evaluated,
    col(Result.reason).not_in({*NOTHING_TO_JUDGE, WhyUndecided.next_stage}),
)
"""The condition of ``Result.unjudged``."""


def oos_in(_: Work, markets: Collection[str]) -> Any:
    """The condition that a result lies outside the limits of one of these markets, or outside those of every market."""
    missed = [_has(market, Evaluation.out_of_specification) for market in (None, *markets)]
    # The gravest verdict has an index, which those of the markets cannot use under a policy.
    return and_(col(Result.evaluation) == Evaluation.out_of_specification, or_(*missed))


def passed_in(_: Work, markets: Collection[str]) -> Any:
    """The condition that a result met all limits that hold in one of these markets, and there was one."""
    others = (Evaluation.out_of_specification, Evaluation.not_evaluated)
    everywhere = _has(None, Evaluation.passed)
    nowhere_else = [~_has(None, other) for other in others]
    met = [
        and_(or_(everywhere, _has(market, Evaluation.passed)), *(~_has(market, other) for other in others))
        for market in markets
    ]
    return and_(or_(*met), *nowhere_else)


def waiting(_: Work) -> Any:
    """The condition that a stage of the test asks for further units, by limits of any market."""
    return and_(col(Result.superseded_by).is_(None), _in_a_verdict("@.found.pending == true"))


def outside_beside(_: Work) -> Any:
    """The condition that one determination lies outside although the value is inside, by limits of any market."""
    return _in_a_verdict('@.verdict == "pass" && @.found.outside > 0')


def of_other_units(_: Work) -> Any:
    """The condition that the units give another value than was reported, by limits of any market."""
    return _in_a_verdict("@.found.contradicted != null")


def out_of_trend_now(_: Work) -> Any:
    """The condition that a result lies outside of what those before it let expect, by what is known now."""
    of_it = col(OutOfTrend.result_id) == col(Result.id)
    return select(OutOfTrend.result_id).where(of_it, col(OutOfTrend.holds)).exists()


def _in_a_verdict(condition: str) -> Any:
    kept = (col(Result.evaluations), col(Result.evaluated_against))
    path = f"$[*] ? ({condition})"
    return or_(*(func.coalesce(func.jsonb_path_exists(each, cast(path, JSONPATH)), false()) for each in kept))


class Reportability(StrEnum):
    """Whether a result is reportable, as a list asks for it."""

    yes = "true"
    no = "false"
    unknown = "unknown"


def reportable_as(_: Work, wanted: Collection[Reportability]) -> Any:
    """The condition that results are reportable, not reportable, or that nobody can say."""
    of, named = col(Result.reportable), {Reportability.yes: True, Reportability.no: False}
    return or_(*(of.is_(named.get(each)) for each in wanted))


def _has(market: str | None, verdict: Evaluation) -> Any:
    evaluations: Any = Result.evaluations
    return evaluations.contains([{"market": market, "verdict": verdict}])


IN_ORDER = tuple(col(getattr(Result, name)) for name in ("feed_id", "source_id", "source_revision", "id"))
"""In which whoever locks several results does so, as they are recorded: so that none waits for another in a circle."""
DAY = func.rpad(col(Result.occurred_at), literal_column("10"), literal_column("'-01'"), type_=String)
"""The day on which it was determined, an instant's in UTC, a month's first. Literally so an index has it."""
_STARTS = "SELECT result_id, started_on, time_zone FROM starts_of_making($1)"
REFERENCES = AT_A_SITE | {"laboratory": "laboratory_site_id"}


async def show(work: Work, results: Sequence[Result]) -> list[ResultRead]:
    """The results with the names that the reader may know."""
    known = await names_of(work, results, REFERENCES)
    before, invalid = await preceding_making(work, results), await invalid_with(work, results)
    outside = await out_of_trend(work, results)
    # The material of a product's lot is the product's code.
    shown = [
        dict(one)
        | known.of(one, one.material, REFERENCES)
        | {"evaluations": one.evaluations or [], "evaluated_against": one.evaluated_against or []}
        | {"out_of_trend": outside.get(one.id)}
        | {"precedes_making": one.id in before, "invalid_with": invalid.get(one.id)}
        | {"pending": one.pending, "determination_outside": is_flagged(one.judged_by)}
        | {"value_contradicted": contradicted(one.judged_by) is not None}
        for one in results
    ]
    return [ResultRead.model_validate(one) for one in shown]


async def out_of_trend(work: Work, results: Iterable[Result]) -> Mapping[UUID, Mapping[str, Any]]:
    """Those that lie outside of what the results before them let expect, each with that."""
    of = select(OutOfTrend).where(col(OutOfTrend.result_id).in_({one.id for one in results}), col(OutOfTrend.holds))
    with work.session.no_autoflush:
        return {one.result_id: dict(one) for one in await work.session.scalars(of)}


async def preceding_making(work: Work, results: Iterable[Result]) -> Collection[UUID]:
    """Those for release that are dated before the making of their lot began, as far as its start was told."""
    asked = {one.id: one for one in results if one.stage == TestStage.release}
    rows = await work.connection.fetch(_STARTS, [*asked]) if asked else ()
    return {id for id, began, zone in rows if is_before(asked[id].occurred_at, zone, began)}


async def invalid_with(work: Work, results: Iterable[Result]) -> Mapping[UUID, UUID]:
    """Those that amend a result that had been found invalid, each with that: they count no more than it does."""
    amendments = {one.id: one for one in results if (one.source_revision or 1) > 1 or one.amendment_reason}
    if not amendments:
        return {}
    lots = {one.lot_id for one in amendments.values()}
    in_line = or_(col(Result.superseded_by).is_not(None), col(Result.id).in_(amendments))
    with work.session.no_autoflush:
        found = await work.session.scalars(visible(work, Result).where(col(Result.lot_id).in_(lots), in_line))
    return {id: of for id, of in found_invalid(found).items() if id != of}


async def entered_already(work: Work, result: Result) -> UUID | None:
    """What people entered as an original of the same test, by the same method, in the same set, which its entry holds
    until the end."""
    same = [col(getattr(Result, name)) == getattr(result, name) for name in ("set_id", "test")]
    same += [col(Result.id) != result.id, col(Result.superseded_by).is_(None), col(Result.feed_id).is_(None)]
    if result.role != ResultRole.original:
        return None
    originals = select(Result).where(*same, col(Result.role) == ResultRole.original).order_by(col(Result.id))
    with work.session.no_autoflush:
        found = (await work.session.scalars(originals)).all()
    return next((one.id for one in found if may_be_by_one_method(one, result)), None)


async def maker_of(work: Work, lot_id: UUID) -> UUID | None:
    """Whose lot it is, where the caller is a party to a result of it, or its laboratory accepted an order of it."""
    found: Result | None = await work.session.scalar(visible(work, Result).where(col(Result.lot_id) == lot_id).limit(1))
    if found:
        return found.partner_id
    # The policy gives a partner the orders of its own laboratories, and no others.
    of_it = col(TestOrder.lot_id) == lot_id, col(TestOrder.state).in_(LIVE)
    accepted = await work.session.scalar(select(TestOrder).where(*of_it).limit(1))
    return accepted.partner_id if accepted else None


async def to_accept(work: Work, lot_id: UUID) -> str | None:
    """The number of an order of the lot that waits for the caller's laboratory to accept it."""
    waiting = col(TestOrder.lot_id) == lot_id, TestOrder.state == OrderState.issued
    order = await work.session.scalar(select(TestOrder).where(*waiting).order_by(col(TestOrder.id)).limit(1))
    return order.number if order else None


async def in_force(work: Work, result: Result) -> list[InForce]:
    """The specifications that judge a result, by what is known now."""
    reference = await look_up(work, [result.product_id] if result.product_id else [])
    made = await made_on(work, [result.lot_id])
    return judging(reference.revisions(result.product_id), made.get(result.lot_id), first_day(result.occurred_at))


async def alike(work: Work, result: Result, most: int) -> Sequence[Result]:
    """Unjudged results that were reported as this one was, and not by the caller, oldest first, their rows locked. One
    that somebody else is busy with is left to them."""
    same = ("product_id", "laboratory_partner_id", "test", "unit", "reason", "text", "qualifier")
    conditions = [col(getattr(Result, name)).is_not_distinct_from(getattr(result, name)) for name in same]
    conditions += [col(Result.id) != result.id, col(Result.submitted_by) != work.principal.subject]
    found = select(Result).where(UNJUDGED, *conditions).order_by(col(Result.id)).limit(most)
    return (await work.session.scalars(found.with_for_update(skip_locked=True))).all()


async def of_lot(work: Work, lot_id: UUID, part: PartRequest) -> tuple[Sequence[Result], str | None]:
    """A lot's results by test and stage, oldest first, of as many tests as are asked for, and the cursor of the next.

    Raises NotFound when there is none to see.
    """
    of_lot, test = (
        visible(work, Result).where(col(Result.lot_id) == lot_id),
        tuple_(col(Result.test), col(Result.stage)),
    )
    tests = of_lot.with_only_columns(col(Result.test), col(Result.stage)).distinct()
    if part.cursor:
        tests = tests.where(test > tuple_(*cursors.decode(f"lot {lot_id}", part.cursor, str, str)))
    in_order = tests.order_by(col(Result.test), col(Result.stage)).limit(part.limit + 1)
    found = [tuple(row) for row in await work.session.execute(in_order)]
    if not found:
        raise NotFound("result of lot", lot_id)
    chosen, more = cursors.part(found, part.limit, f"lot {lot_id}", tuple)
    statement = of_lot.where(test.in_(chosen)).order_by(col(Result.test), col(Result.stage), col(Result.id))
    return (await work.session.scalars(statement)).all(), more
