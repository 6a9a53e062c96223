"""Use cases of test orders: their draft, and what follows from results."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from contracts import Lot, Recorded
from contracts.laboratory_orders import OrderedTest
from directory import queries as directory
from runtime.bodies import Reason
from runtime.numbers import next_number
from runtime.problems import NotFound, RuleViolated
from runtime.work import Work
from sample_tracking.lots.queries import maker_of
from sample_tracking.orders import queries
from sample_tracking.orders.model import TestOrder
from sample_tracking.orders.schemas import DecideNotTested, DraftTestOrder, TestToOrder
from sample_tracking.orders.standing import LIVE, OrderState, is_done, joined
from sample_tracking.results import statements
from sample_tracking.results.model import Result
from sample_tracking.results.queries import IN_ORDER
from sample_tracking.specifications.model import Specification, SpecificationState

_NEVER_IN_FORCE = (SpecificationState.draft, SpecificationState.withdrawn)


async def draft(work: Work, body: DraftTestOrder) -> TestOrder:
    """Draft an order. Raises NotFound, and RuleViolated for a test that its specification does not name."""
    await work.connection.execute(statements.AMONG_OTHERS)  # who made the lot is not learnt before this is there
    product = await directory.named_product(work, None, body.lot.material)
    laboratory = await directory.named_site(work, body.laboratory_site_id, "laboratory_site_id")
    lot_id = Lot.identify(body.lot.site_id, body.lot.material, body.lot.number)
    maker_id = await maker_of(work, lot_id, body.lot.site_id)
    lot = Lot(id=lot_id, partner_id=maker_id, product_id=product.id, **body.lot.model_dump())
    tests = [await _ordered(work, product.id, place, asked) for place, asked in enumerate(body.tests)]
    return work.add(
        TestOrder.draft(
            lot,
            *zip(*tests, strict=True),
            number=await next_number(work, "ORD", "test_order_number"),
            laboratory_site_id=laboratory.id,
            laboratory_partner_id=laboratory.partner_id,
            priority=body.priority,
            agreed_working_days=body.agreed_working_days,
            drafted_by=work.principal.subject,
        )
    )


async def cancel(work: Work, test_order_id: UUID, body: Reason) -> TestOrder:
    """Give an order up; what it left unclear may be another's now."""
    order = await queries.locked(work, test_order_id)
    told = order.cancel(body.reason, work.principal.subject, work.now)
    work.publish(*([told] if told else []), of=order)
    await settle(work, {order.lot_id: None})
    return order


async def decide_not_tested(work: Work, test_order_id: UUID, body: DecideNotTested) -> TestOrder:
    """Decide about a test that is not done: it may have been the last that the order waited for."""
    order = await queries.locked(work, test_order_id)
    order.decide_not_tested(**body.model_dump(), by=work.principal.subject, now=work.now)
    await settle(work, {order.lot_id: None})
    return order


async def settle(work: Work, lots: Mapping[UUID, Recorded[Any] | None]) -> None:
    """Give results of these lots to the orders that they answer, and complete or reopen the orders.

    Whoever changes something that counts for it calls this after, or tells a fact after which it is called. The orders
    are locked before the results are read: of two at once the second sees what the first did.
    """
    await work.session.flush()
    of_lots = col(TestOrder.lot_id).in_(lots), col(TestOrder.state).in_(LIVE)
    in_order = select(TestOrder).where(*of_lots).order_by(col(TestOrder.id)).with_for_update()
    orders = (await work.session.scalars(in_order, execution_options={"populate_existing": True})).all()
    if not orders:
        return
    results = await _results(work, orders)
    by_id = {each.id: each for each in results}
    for result_id, order_id in joined(orders, results).items():
        result = by_id[result_id]
        work.publish(result.answer(order_id), of=result, cause=lots[result.lot_id])
    for order in orders:
        done, cause = is_done(order, results), lots[order.lot_id]
        if order.state == OrderState.accepted and done:
            work.publish(order.complete(results, work.now), of=order, cause=cause)
        elif order.state == OrderState.completed and not done:
            work.publish(order.reopen(work.now), of=order, cause=cause)


async def _results(work: Work, orders: Sequence[TestOrder]) -> Sequence[Result]:
    """What there is of the orders' lots at their laboratories, locked in the order in which results are recorded."""
    laboratories: dict[UUID, set[UUID]] = defaultdict(set)
    for each in orders:
        laboratories[each.laboratory_site_id].add(each.lot_id)
    lots = {each.lot_id for each in orders}
    of_it = select(Result).where(col(Result.lot_id).in_(lots), col(Result.laboratory_site_id).in_(laboratories))
    in_order = of_it.order_by(*IN_ORDER).with_for_update()
    found = (await work.session.scalars(in_order, execution_options={"populate_existing": True})).all()
    return [each for each in found if each.lot_id in laboratories[each.laboratory_site_id]]


async def _ordered(work: Work, product_id: UUID, place: int, asked: TestToOrder) -> tuple[OrderedTest, dict[str, Any]]:
    """A test with the limit that its specification has for it."""
    specification = await work.session.get(Specification, asked.specification_id)
    if specification is None:
        raise NotFound("specification", asked.specification_id)
    named = [f"tests.{place}.specification_id"]
    if specification.product_id != product_id:
        raise RuleViolated("the lot is not of the specification's product", fields=named)
    if specification.state in _NEVER_IN_FORCE:
        raise RuleViolated(f"the specification is {specification.state}: name an approved revision", fields=named)
    for limit in specification.limits:
        if (limit["test"], limit["stage"]) == (asked.test, asked.stage):
            method = _method(asked.method, limit.get("method"), f"tests.{place}.method")
            about = asked.model_dump() | {"method": method, "revision": specification.revision}
            return OrderedTest.model_validate(about), limit
    at_stage = sorted(limit["test"] for limit in specification.limits if limit["stage"] == asked.stage)
    why = (
        f"the specification names no {asked.test} at the stage {asked.stage}: it names {', '.join(at_stage) or 'none'}"
    )
    raise RuleViolated(why, fields=[f"tests.{place}.test"])


def _method(asked: str | None, of_limit: str | None, field: str) -> str:
    method = asked or of_limit
    if method is None:
        raise RuleViolated("the limit names no method: name the one by which it is to be tested", fields=[field])
    if of_limit not in (None, method):
        raise RuleViolated(
            f"the limit names method {of_limit}: what is found by {method} is not reportable", fields=[field]
        )
    return method
