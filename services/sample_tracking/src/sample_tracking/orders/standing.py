"""How far an order is by the results that there are, and which of them are of it: pure rules.

What was told first is no matter: an order that is issued late, a result that was approved before the order was
accepted, and one that was amended after lead to the same.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any, Final, Protocol
from uuid import UUID

from sample_tracking.results.fields import ResultState
from sample_tracking.results.lineage import InLine, found_invalid


class OrderState(StrEnum):
    """Where an order stands."""

    draft = "draft"
    issued = "issued"
    accepted = "accepted"
    declined = "declined"
    completed = "completed"
    cancelled = "cancelled"


LIVE: Final = frozenset({OrderState.accepted, OrderState.completed})
"""Those that results may answer."""


class Standing(StrEnum):
    """How far one ordered test is."""

    open = "open"
    unclear = "unclear"
    """There are results, and several orders that they may answer: they are counted for none."""
    reported = "reported"
    not_reportable = "not_reportable"
    """Approved, and its laboratory was not entitled for the method, or nobody can say."""
    approved = "approved"
    not_tested = "not_tested"
    """It was agreed that it is not done."""


DONE: Final = frozenset({Standing.approved, Standing.not_tested})


class Ordered(Protocol):
    """An order."""

    id: UUID
    state: OrderState
    lot_id: UUID
    laboratory_site_id: UUID
    tests: list[dict[str, Any]]
    not_tested: list[dict[str, Any]]


class Found(InLine, Protocol):
    """A result."""

    lot_id: UUID
    laboratory_site_id: UUID
    stage: Any
    state: ResultState
    order_id: UUID | None
    reportable: bool | None
    method: str | None
    methods: list[str] | None

    @property
    def counts(self) -> bool:
        """Whether it is neither amended nor withdrawn."""

    @property
    def read_test(self) -> str:
        """The test as it is read."""


def standing(order: Ordered, results: Iterable[Found]) -> list[Standing]:
    """How far each ordered test is, in the order of the tests. In the place of what was found invalid stand retests."""
    found = list(results)
    invalid = found_invalid(found)
    answering = [each for each in found if each.counts and each.id not in invalid and _asks(order, each)]
    return [_of_test(order, test, [each for each in answering if _is(test, each)]) for test in order.tests]


def is_done(order: Ordered, results: Iterable[Found]) -> bool:
    """Whether each ordered test has an approved, reportable result, or a reason why it was not tested."""
    return DONE.issuperset(standing(order, results))


def agreed_not_tested(order: Ordered) -> list[dict[str, Any]]:
    """What the sponsor accepted as not tested."""
    return [each for each in order.not_tested if each["accepted"]]


def joined(orders: Iterable[Ordered], results: Sequence[Found]) -> Mapping[UUID, UUID]:
    """Of results that no live order that asks for them has yet, those that answer one, each with it.

    One that amends another answers what that one did. Else it must be clear: of several orders that name the test
    the only one that is not completed, or the only one at all.
    """
    live = [each for each in orders if each.state in LIVE]
    amended = {each.superseded_by: each for each in results if each.superseded_by}
    found = {}
    for result in results:
        asking = [each for each in live if _asks(each, result)]
        if result.counts and result.order_id not in {each.id for each in asking}:
            order_id = _claimed(asking, result, amended)
            if order_id:
                found[result.id] = order_id
    return found


def _claimed(orders: Collection[Ordered], result: Found, amended: Mapping[UUID, Found]) -> UUID | None:
    ids, before = {each.id for each in orders}, amended.get(result.id)
    while before:
        if before.order_id in ids:
            return before.order_id
        before = amended.get(before.id)
    waiting = [each for each in orders if each.state == OrderState.accepted] or list(orders)
    return waiting[0].id if len(waiting) == 1 else None


def _asks(order: Ordered, result: Found) -> bool:
    same = (order.lot_id, order.laboratory_site_id) == (result.lot_id, result.laboratory_site_id)
    return same and any(_is(test, result) for test in order.tests)


def _is(test: Mapping[str, Any], result: Found) -> bool:
    """Whether a result is of an ordered test: the order names the method, and one by another is not its result.

    A result that names none was tested by what the limits name by which it is judged. Where they name none either, it
    answers the order and nobody can say whether it is reportable: it is seen there, and completes nothing.
    """
    methods = [result.method] if result.method else result.methods or [test["method"]]
    return (test["test"], test["stage"]) == (result.read_test, result.stage) and test["method"] in methods


def _of_test(order: Ordered, test: Mapping[str, Any], results: Collection[Found]) -> Standing:
    own = [each for each in results if each.order_id == order.id]
    approved = [each for each in own if each.state == ResultState.approved]
    if any(each.reportable for each in approved):
        return Standing.approved
    if any(test.items() >= {"test": each["test"], "stage": each["stage"]}.items() for each in agreed_not_tested(order)):
        return Standing.not_tested
    if own:
        return Standing.not_reportable if len(approved) == len(own) else Standing.reported
    unjoined = order.state in LIVE and any(each.order_id is None for each in results)
    return Standing.unclear if unjoined else Standing.open
