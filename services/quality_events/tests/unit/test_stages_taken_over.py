"""Whose a stage elsewhere is once its site is sold or its partner merges: rules without a database."""

from datetime import UTC, datetime
from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.sites import SiteTransferred
from quality_events import moments
from quality_events.stages.model import PartnerStage
from quality_events.stages.takeovers import follow_sales, refuse_others_days
from quality_events.stages.terms import Begun, Ended
from runtime.problems import RuleViolated
from tests.quality_records import partner_stage

ZONE = "Europe/Vienna"
FIRST, SECOND = datetime(2018, 11, 24, 23, tzinfo=UTC), datetime(2019, 2, 28, 23, tzinfo=UTC)
SELLER, BUYER, THIRD = uuid4(), uuid4(), uuid4()


def sale(seller: UUID, buyer: UUID, at: datetime, **how: Any) -> SiteTransferred:
    whose: dict[str, Any] = {"site_id": uuid4(), "from_partner_id": seller, "partner_id": buyer, "number": "S-1"}
    return SiteTransferred(**whose, **how, effective_on=at.date(), effective_at=at, occurred_at=at)


SALES = [sale(SELLER, BUYER, FIRST), sale(BUYER, THIRD, SECOND)]
MERGED = [sale(SELLER, BUYER, FIRST, by_succession=True), SALES[1]]


def told(sales: Any, began: str | None, ended: str | None, order: Any = None) -> PartnerStage:
    """A stage that was the seller's when it was planned, with what is told of it and of its site in an order."""
    stage, known = partner_stage(), list[SiteTransferred]()
    stage.partner_id, stage.parties = SELLER, [SELLER]

    def begin() -> None:
        if began and ended:
            stage.start(Begun(started_at=moments.read(began)), "x")
            stage.end(Ended(started_at=moments.read(began), ended_at=moments.read(ended)), "x")
        elif began:
            stage.start(Begun(started_at=moments.read(began)), "x")

    for each in order or ["start", *sales]:
        if each == "start":
            begin()
        else:
            known.append(each)
        follow_sales(stage, known, ZONE)
    return stage


@pytest.mark.parametrize(
    ("sales", "began", "ended", "owner", "of_two"),
    [
        (SALES[:1], None, None, BUYER, False),
        (SALES, None, None, THIRD, False),
        (SALES[:1], "2018-11-20", "2018-11-24", SELLER, False),
        (SALES[:1], "2018-11-20", "2018-11-25", SELLER, True),
        (SALES[:1], "2018-11-20", None, SELLER, True),
        (SALES[:1], "2018-11-24T22:59:00Z", "2018-11-24T22:59:30Z", SELLER, False),
        (SALES[:1], "2018-11-24T23:00:00Z", None, BUYER, False),
        (SALES[:1], "2018-11", "2018-11", SELLER, True),
        (SALES, "2018-11-25", "2018-12-01", BUYER, False),
        (SALES, "2018-11-25", None, BUYER, True),
        (SALES, "2019-03-01", None, THIRD, False),
        (MERGED, None, None, THIRD, False),
        (MERGED, "2018-11-20", "2018-12-20", SELLER, False),
        (MERGED, "2018-11-20", "2019-04-20", SELLER, True),
    ],
)
def test_it_is_whose_the_site_was_when_it_began_in_whatever_order_that_is_told(
    sales: Any, began: str | None, ended: str | None, owner: UUID, of_two: bool
) -> None:
    for order in permutations([*sales, "start"]):
        stage = told(sales, began, ended, order)
        assert (stage.partner_id, stage.parties, stage.handed_over) == (owner, [owner], of_two), order
        assert not follow_sales(stage, sales[::-1], ZONE), "it is the same once more"


def test_what_was_signed_stays_with_who_signed_for_it() -> None:
    stage = told([], "2018-11-20", "2018-12-01")
    stage.confirm("1", "0d", (), (), "cyd", FIRST)
    follow_sales(stage, SALES, ZONE)
    assert (stage.partner_id, stage.handed_over, stage.sold_at) == (SELLER, True, FIRST)
    late = told([], "2018-12-01", "2018-12-02")
    late.confirm("1", "0d", (), (), "cyd", FIRST)
    late.give_back("x", FIRST)
    follow_sales(late, SALES, ZONE)
    assert (late.partner_id, late.handed_over) == (SELLER, True), "and it is said that the site was the buyer's"


@pytest.mark.parametrize(("whose", "refused"), [(0, "2018-11-25"), (1, "2018-11-24"), (1, "2019-03-01")])
def test_a_partner_states_a_beginning_on_its_own_days_alone(whose: int, refused: str) -> None:
    stage = told(SALES, ("2018-11-20", "2018-11-25")[whose], None)
    with pytest.raises(RuleViolated, match="the site was not yours"):
        refuse_others_days(stage, moments.read(refused))
    refuse_others_days(stage, moments.read(("2018-11-24", "2019-02-28")[whose]))
