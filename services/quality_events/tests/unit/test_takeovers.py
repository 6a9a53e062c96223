"""What a buyer may state of stages that its seller began, and whose a stage is for a release."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts import Moment
from contracts.sites import SiteTransferred
from quality_events import moments
from quality_events.batches.model import Batch
from quality_events.batches.stages import BatchStage, Stage
from quality_events.batches.takeovers import follow_sales, refuse_former
from quality_events.batches.terms import BatchState
from runtime.problems import RuleViolated
from tests.dossiers import LOT, WORLD, batch, found, told, usual
from tests.releasing import qualified

AT, ZONE = datetime(2018, 11, 24, 23, tzinfo=UTC), "Europe/Vienna"
BUYER = uuid4()


def stage(started: str, ended: str | None = None, **more: Any) -> Stage:
    def read(text: str) -> Moment:
        return moments.read(text)

    return Stage(
        step="compression", site_id=LOT.site_id, started_at=read(started), ended_at=ended and read(ended), **more
    )


def sellers_of(one: Batch) -> list[UUID]:
    return [UUID(each["partner_id"]) for each in one.sellers or ()]


LATER, THIRD = datetime(2019, 3, 1, tzinfo=UTC), uuid4()


def sale(seller: UUID, buyer: UUID, at: datetime, **how: Any) -> SiteTransferred:
    whose: dict[str, Any] = {"site_id": LOT.site_id, "from_partner_id": seller, "partner_id": buyer, "number": "S-1"}
    return SiteTransferred(**whose, **how, effective_on=at.date(), effective_at=at, occurred_at=at)


@pytest.mark.parametrize(
    ("began", "ended", "now", "refused"),
    [
        ("2018-11-20", "2018-11-22", stage("2018-11-20", "2018-11-23"), True),
        ("2018-11-20", None, stage("2018-11-20", "2018-11-28"), False),
        ("2018-11-20", None, stage("2018-11-21", "2018-11-28"), True),
        ("2018-11-20", None, stage("2018-11-20", "2018-11-28", equipment=("P-2",)), True),
        ("2018-11-24T22:59:00Z", "2018-11-26", stage("2018-11-25"), True),
        ("2018-11-24T23:00:00Z", "2018-11-26", stage("2018-11-24"), False),
        ("2018-11-24", "2018-11-26", stage("2018-11-25"), True),
        ("2018-11-25", "2018-11-26", stage("2018-11-24"), False),
    ],
)
def test_a_stage_of_the_seller_is_but_ended(began: str, ended: str | None, now: Stage, refused: bool) -> None:
    one = Batch.announce(LOT)
    known = BatchStage.state(one.id, stage(began, ended), None, "ana")
    refuse_former(one, known, now, ZONE)
    follow_sales(one, [sale(LOT.partner_id, BUYER, AT)], ZONE)
    assert (one.partner_id, one.parties) == (BUYER, [BUYER]), "who sold it is no party to what comes after"
    if refused:
        with pytest.raises(RuleViolated, match="stays as it was stated"):
            refuse_former(one, known, now, ZONE)
    else:
        refuse_former(one, known, now, ZONE)


def test_each_answers_for_its_own_stages() -> None:
    site = str(WORLD.site)
    made = [
        ("granulation", "2018-11-05", "2018-11-08"),
        ("compression", "2018-11-25", "2018-11-26"),
        ("coating", "2018-11-29", "2018-12-01"),
    ]
    stages = [{"step": step, "site_id": site, "started_at": begun, "ended_at": ended} for step, begun, ended in made]
    third, later = uuid4(), datetime(2018, 11, 26, 23, tzinfo=UTC)
    sold = {WORLD.maker: AT, BUYER: later}
    whose = {
        "partner_id": str(third),
        "sellers": [{"partner_id": str(each), "until": at.isoformat()} for each, at in sold.items()],
    }
    known = told(*usual(), qualified(WORLD, WORLD.site, "packaging"))
    sites = [each | {"partner_id": str(third)} for each in found(known)["sites"] if each["id"] == site]
    dossier = batch(known, stages=stages, sites=sites, **whose)
    assert [each.partner_id for each in dossier.done] == [WORLD.maker, BUYER, third]


TWICE = [sale(LOT.partner_id, BUYER, AT), sale(BUYER, THIRD, LATER)]
BACK = [TWICE[0], sale(BUYER, LOT.partner_id, LATER)]


@pytest.mark.parametrize(
    ("sales", "said", "makers", "at"),
    [
        (TWICE, {}, [LOT.partner_id, BUYER, THIRD], LATER),
        (TWICE, {"completed_at": "2018-11-24"}, [LOT.partner_id], None),
        (TWICE, {"completed_at": "2018-11-25"}, [LOT.partner_id, BUYER], AT),
        (TWICE, {"completed_at": "2018-11-24T22:59:00Z"}, [LOT.partner_id], None),
        (TWICE, {"completion_reported": "2018-11-20"}, [LOT.partner_id], None),
        (BACK, {"completed_at": "2018-11-20"}, [LOT.partner_id], None),
        # Of a month in which it was sold, and of what is only told later, nobody knows it: it stays whose it is.
        (TWICE[:1], {"completed_at": "2018-11"}, [LOT.partner_id, BUYER], AT),
        (TWICE[:1], {"completion_reported": "2018-12-01"}, [LOT.partner_id, BUYER], AT),
    ],
)
def test_what_is_told_to_be_made_before_a_sale_goes_back(sales: Any, said: Any, makers: Any, at: Any) -> None:
    one = Batch.announce(LOT)
    one.started_at = "2018-11"
    follow_sales(one, sales, ZONE)
    for name, value in said.items():
        setattr(one, name, value)
    one.state = BatchState.manufactured if said else BatchState.in_process
    follow_sales(one, sales, ZONE)
    assert ([*sellers_of(one), one.partner_id], one.parties, one.taken_over_at) == (makers, makers[-1:], at)
    assert not follow_sales(one, sales, ZONE), "it is the same once more"


@pytest.mark.parametrize(
    ("ended", "maker"), [("2018-11-24", LOT.partner_id), (None, BUYER), ("2018-11-25", BUYER), ("2019-03-02", THIRD)]
)
def test_what_was_worked_on_since_it_went_over_does_not_go_back(ended: str | None, maker: UUID) -> None:
    one = Batch.announce(LOT)
    one.started_at = "2018-11"
    worked = BatchStage.state(one.id, stage("2018-11-25" if ended is None else "2018-11-20", ended), None, "eva")
    one.completed_at = "2018-11-20"
    follow_sales(one, TWICE, ZONE, [worked])
    assert one.partner_id == LOT.partner_id, "nobody else had it by then"
    one.completed_at = None
    follow_sales(one, TWICE, ZONE)
    one.completed_at = "2018-11-20"
    follow_sales(one, TWICE, ZONE, [worked])
    assert one.partner_id == maker


@pytest.mark.parametrize("completed", ["2018-11-20", "2018-11-28", "2019-03-02"])
def test_whose_it_is_does_not_hang_on_what_is_told_first(completed: str) -> None:
    first, last = Batch.announce(LOT), Batch.announce(LOT)
    follow_sales(first, TWICE, ZONE)
    for each in (first, last):
        each.completed_at, each.state = completed, BatchState.manufactured
        follow_sales(each, TWICE, ZONE)
    assert (first.partner_id, first.sellers, first.parties) == (last.partner_id, last.sellers, last.parties)


def test_what_the_present_owner_began_itself_has_no_part_in_a_sale() -> None:
    one = Batch.announce(LOT)
    assert not follow_sales(one, BACK, ZONE)


def test_what_was_begun_after_a_sale_has_no_part_in_it_and_a_chain_is_followed_in_whatever_order() -> None:
    for sales in (BACK[:1], BACK, [sale(THIRD, LOT.partner_id, AT)], BACK[1:]):
        one = Batch.announce(LOT)
        one.started_at = "2024-03"
        assert not follow_sales(one, sales, ZONE)
    for order in ([TWICE[:1], TWICE], [TWICE[1:], TWICE]):
        one = Batch.announce(LOT)
        one.started_at = "2018-11"
        for told_by_then in order:
            follow_sales(one, told_by_then, ZONE)
        assert ([*sellers_of(one)], one.parties) == ([LOT.partner_id, BUYER], [THIRD])
    one.started_at = "2018-12"
    assert follow_sales(one, TWICE, ZONE), "its start is corrected: the first sale came before it"
    assert (one.parties, one.taken_over_at) == ([LOT.partner_id], None)


def test_who_bought_a_site_back_states_its_own_stages_anew_and_no_others() -> None:
    one = Batch.announce(LOT)
    one.started_at = "2018-11"
    assert follow_sales(one, BACK, ZONE)
    assert (one.parties, sellers_of(one)) == ([LOT.partner_id], [LOT.partner_id, BUYER])
    refuse_former(
        one, BatchStage.state(one.id, stage("2018-11-05", "2018-11-06"), None, "ana"), stage("2018-11-04"), ZONE
    )
    buyers = BatchStage.state(one.id, stage("2018-11-27", "2018-11-28"), None, "eva")
    with pytest.raises(RuleViolated, match="stays as it was stated"):
        refuse_former(one, buyers, stage("2018-11-28"), ZONE)


def test_who_succeeds_the_maker_by_law_has_made_all_that_it_made() -> None:
    one, its_own, sold_later = Batch.announce(LOT), stage("2018-11-05", "2018-11-06"), stage("2019-01-01", "2019-01-02")
    merged = sale(LOT.partner_id, BUYER, AT, by_succession=True)
    assert follow_sales(one, [merged], ZONE)
    assert (one.partner_id, one.parties) == (BUYER, [BUYER])
    known = BatchStage.state(one.id, its_own, None, "ana")
    refuse_former(one, known, stage("2018-11-04"), ZONE)
    assert follow_sales(one, [merged, sale(BUYER, THIRD, LATER)], ZONE)
    for made in (its_own, sold_later):
        with pytest.raises(RuleViolated, match="stays as it was stated"):
            refuse_former(one, BatchStage.state(one.id, made, None, "ana"), stage("2018-11-04"), ZONE)
