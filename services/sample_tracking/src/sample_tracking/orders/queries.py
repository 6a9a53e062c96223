"""Reads of test orders."""

from collections.abc import Collection, Sequence
from typing import Any, Final
from uuid import UUID

from sqlmodel import col, select

from directory import queries as directory
from directory.names import names_of
from runtime.work import Work
from sample_tracking.entitlements.queries import entitlements_of
from sample_tracking.laboratories import commands as laboratories
from sample_tracking.laboratories.judging import WorkingDays
from sample_tracking.orders.model import TestOrder
from sample_tracking.orders.schemas import TestOrderRead
from sample_tracking.orders.standing import LIVE, Standing, standing
from sample_tracking.results.model import Result
from serving.listing import column, days, equal, whether

_REFERENCES: Final = {"product": "product_id", "laboratory": "laboratory_site_id"}
FILTERS = (
    equal(TestOrder, *("number", "state", "priority", "lot_id", "material", "product_id"))
    | equal(TestOrder, "laboratory_site_id", "laboratory_partner_id")
    | {
        "lot": column(TestOrder, "lot_number", about="the lot's number"),
        "overdue": whether(TestOrder.overdue, "the answer, or then the results, are beyond their due date"),
    }
    | days(TestOrder.issued_at, "issued")
)


async def locked(work: Work, id: UUID) -> TestOrder:
    """An order for a command that settles its lot, the lot's orders locked before it as ``settle`` locks them: of two
    at once none waits for the other in a circle. Raises NotFound."""
    own_lot = select(TestOrder.lot_id).where(TestOrder.id == id).scalar_subquery()
    of_lot = select(TestOrder.id).where(TestOrder.lot_id == own_lot).order_by(col(TestOrder.id))
    await work.session.execute(of_lot.with_for_update())
    return await work.get(TestOrder, id)


async def lock(work: Work, lot_ids: Collection[UUID]) -> None:
    """Lock the orders of lots, before their results, for a step that settles them after it changed these."""
    of_lots = select(TestOrder.id).where(col(TestOrder.lot_id).in_(lot_ids)).order_by(col(TestOrder.id))
    await work.session.execute(of_lots.with_for_update())


async def lacking(work: Work, order: TestOrder) -> list[str]:
    """What the laboratory lacks today for what is ordered."""
    days = await working_days(work, order)
    methods = {test["method"] for test in order.tests}
    known = await entitlements_of(work, methods, {order.laboratory_site_id})
    about = (None, order.product_id, order.laboratory_site_id, days.today(work.now))
    judged = [known.on(method, *about) for method in sorted(methods)]
    not_entitled = [each.why or "" for each in judged if not each.reportable]
    return [*await laboratories.lacking(work, order.laboratory_site_id, order.product_id), *not_entitled]


async def laboratory_owner(work: Work, order: TestOrder) -> UUID:
    """Whose the laboratory is now."""
    return (await directory.named_site(work, order.laboratory_site_id, "laboratory_site_id")).partner_id


async def given_no_work(work: Work, order: TestOrder) -> str | None:
    """What the laboratory's partner is, while no work is given to it."""
    return await laboratories.given_no_work(work, order.laboratory_partner_id)


async def working_days(work: Work, order: TestOrder) -> WorkingDays:
    """On which days the laboratory works."""
    return await laboratories.working_days(work, order.laboratory_site_id)


async def show(work: Work, orders: Sequence[TestOrder]) -> list[TestOrderRead]:
    """The orders with the names that the reader may know, and how far each test is."""
    names = await names_of(work, orders, _REFERENCES)
    lots = {each.lot_id for each in orders if each.state in LIVE}
    results = (await work.session.scalars(select(Result).where(col(Result.lot_id).in_(lots)))).all() if lots else ()
    return [
        TestOrderRead.model_validate(
            dict(one)
            | names.of(one, one.material, _REFERENCES)
            | {"overdue": one.is_overdue(work.now), "tests": _tests(one, standing(one, results))}
        )
        for one in orders
    ]


def _tests(order: TestOrder, standings: Sequence[Standing]) -> list[dict[str, Any]]:
    return [
        test
        | {"limit": limit, "standing": how_far}
        | {"not_tested": [said for said in order.not_tested if _of(said) == _of(test)]}
        for test, limit, how_far in zip(order.tests, order.limits, standings, strict=True)
    ]


def _of(named: dict[str, Any]) -> tuple[str, str]:
    return named["test"], named["stage"]
