"""The rules of a batch's record: stages end first, the maker reviews before the sponsor, and no author reviews."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import permutations
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import Holder, Lot, Moment, Quantity, Side
from contracts.batches import LinkKind
from contracts.quality_events import BatchManufactured, BatchStarted
from quality_events import moments
from quality_events.batches.model import Batch
from quality_events.batches.stages import BatchStage, Stage
from quality_events.batches.terms import BatchState, Completion, Source, Start
from quality_events.genealogy.model import Lineage
from runtime.lifecycle import allowed_now
from runtime.problems import RuleViolated

NOW = datetime(2026, 5, 9, 9, tzinfo=UTC)
LOT = Lot(id=uuid4(), number="B-1", material="AMLO-5", product_id=uuid4(), site_id=uuid4(), partner_id=uuid4())
FIRST: dict[str, Any] = {"record_version": "1", "digest": "1" * 64, "complete": True, "authors": ["eva"]}
SECOND: dict[str, Any] = {"record_version": "2", "digest": "2" * 64, "complete": True, "authors": []}


def made(source: str = "mes") -> Batch:
    """A batch that is made."""
    batch = Batch.announce(LOT)
    batch.start(Start(Source(source), "2026-05"))
    batch.complete(Completion(Source(source), "2026-05", completed_at=date(2026, 5, 8)))
    return batch


def stage(batch: Batch, ended: Moment | None = date(2026, 5, 7), by: str = "bor") -> BatchStage:
    """A stage of it."""
    said = Stage(step="compression", site_id=LOT.site_id, started_at=date(2026, 5, 5), ended_at=ended)
    return batch.record_stage(said, None, by)


def under_review(**more: Any) -> Batch:
    """A batch whose record was handed in."""
    batch = made()
    batch.take_record([], **FIRST | more, by="cid", now=NOW)
    return batch


@pytest.mark.parametrize(
    ("began", "completed", "refused"),
    [
        ("2026-05", date(2026, 5, 8), False),
        ("2026-05", date(2026, 4, 30), True),
        (date(2026, 5, 8), "2026-05", False),
        (date(2026, 5, 8), date(2026, 5, 8), False),
        (NOW, NOW - timedelta(minutes=1), True),
        (date(2026, 5, 9), NOW - timedelta(days=1), True),
    ],
)
def test_by_hand_nothing_is_made_before_it_begins(began: Moment, completed: Moment, refused: bool) -> None:
    batch = Batch.announce(LOT)
    batch.start(Start(Source("person/ana"), began))
    batch.refuse_backwards("started_at")
    batch.complete(Completion(Source("person/ana"), completed, completed_at=completed))
    if not refused:
        batch.refuse_backwards("completed_at")
        return
    with pytest.raises(RuleViolated, match="begins before it is made") as why:
        batch.refuse_backwards("completed_at")
    assert why.value.extensions == {"fields": ["completed_at"]}


def test_a_record_waits_for_every_stage() -> None:
    batch = made()
    assert batch.turn() == {Side.maker}, "who makes a batch hands in its record"
    with pytest.raises(RuleViolated, match="stages have not ended: compression") as refused:
        batch.take_record([stage(batch, None)], **FIRST, by="cid", now=NOW)
    assert refused.value.extensions == {"missing": ["compression"]}
    received = batch.take_record([stage(batch)], **FIRST, by="cid", now=NOW)
    assert (batch.state, received.record_version, received.record_digest) == (BatchState.under_review, "1", "1" * 64)
    assert (batch.record_authors, batch.record_received_by) == (["bor", "eva"], "cid")


def test_who_stated_by_hand_what_was_made_is_an_author() -> None:
    batch = made(source="person/ana")
    batch.take_record([stage(batch, by="ana"), stage(batch, by="bor")], **FIRST, by="cid", now=NOW)
    assert batch.record_authors == ["ana", "bor", "eva"]


def test_who_states_late_of_what_it_came_is_an_author_too() -> None:
    batch = under_review()
    batch.descend_late(Lineage(LinkKind.packed, [], "bor"))
    assert "bor" in batch.record_authors


def test_the_maker_reviews_before_the_sponsor_and_each_once() -> None:
    batch = under_review()
    for expected, turn, review in (
        (Side.maker, Holder.partner, batch.review_record),
        (Side.sponsor, Holder.sponsor, batch.review_record_as_sponsor),
    ):
        batch.pass_turn(NOW)
        assert (batch.awaited_side, review.__name__ in allowed_now(batch)) == (turn, True)
        others = {"review_record", "review_record_as_sponsor"} - {review.__name__}
        for other in others:
            with pytest.raises(RuleViolated, match=r"comes first|already"):
                getattr(batch, other)("zoe", NOW)
        assert review(f"of the {expected}", NOW).reviewed_side == expected
    batch.pass_turn(NOW)
    assert (batch.awaited_side, batch.maker_reviewed_by, batch.sponsor_reviewed_by) == (
        *(None, "of the maker", "of the sponsor"),
    )
    late = ["describe", "intend", "record_late_stage", "descend_late"]
    assert allowed_now(batch) == [*late, "revise_record", "set_aside_record"]


def test_what_is_not_complete_is_not_reviewed() -> None:
    batch = under_review(complete=False)
    with pytest.raises(RuleViolated, match="not complete"):
        batch.review_record("ana", NOW)
    batch.revise_record(**SECOND, by="cid", now=NOW)
    assert batch.review_record("ana", NOW).record_complete


def test_a_new_version_undoes_both_reviews_and_keeps_its_authors() -> None:
    batch = under_review()
    batch.review_record("ana", NOW)
    batch.review_record_as_sponsor("qa", NOW)
    for same in ({"record_version": "1"}, {"digest": "1" * 64}):
        with pytest.raises(RuleViolated, match="revise both"):
            batch.revise_record(**SECOND | same, by="dan", now=NOW)
    revised = batch.revise_record(**SECOND, by="dan", now=NOW)
    assert (revised.record_version, batch.reviewed_side, batch.maker_reviewed_by) == ("2", None, None)
    assert (batch.sponsor_reviewed_by, batch.record_authors, batch.record_received_by) == (None, ["cid", "eva"], "dan")


@pytest.mark.parametrize("changes", [True, False])
def test_an_amendment_that_changes_something_is_reviewed_too(changes: bool) -> None:
    batch = under_review()
    batch.review_record("ana", NOW)
    day = date(2026, 5, 7 if changes else 8)
    told = batch.record_completion(Completion(Source("mes", 2), "2026-05", completed_at=day))
    assert isinstance(told, BatchManufactured)
    assert (batch.state, batch.reviewed_side) == (BatchState.under_review, None if changes else Side.maker)


REPORTS: dict[str, Any] = {
    "the start": lambda batch: batch.record_start(Start(Source("mes", 2), "2026-04")),
    "the completion": lambda batch: batch.record_completion(Completion(Source("mes", 2), "2026-04")),
    "the record": lambda batch: batch.revise_record(**SECOND, by="cid", now=NOW),
}


@pytest.mark.parametrize("again", REPORTS.values(), ids=REPORTS)
def test_what_is_amended_after_the_decision_is_reviewed_again_and_the_batch_stays_decided(again: Any) -> None:
    batch = under_review()
    batch.review_record("ana", NOW)
    batch.review_record_as_sponsor("qa", NOW)
    batch.decide()
    batch.pass_turn(NOW)
    assert (batch.awaited_side, batch.reviews_undone_at) == (None, None)
    again(batch)
    batch.pass_turn(NOW)
    assert (batch.awaited_side, batch.reviewed_side, batch.reviews_undone_at is None) == ("partner", None, False)
    assert {"review_record", "revise_record"} <= {*allowed_now(batch)}
    batch.review_record("ana", NOW)
    batch.pass_turn(NOW)
    assert (batch.awaited_side, "review_record_as_sponsor" in allowed_now(batch)) == ("sponsor", True)
    batch.review_record_as_sponsor("qa", NOW)
    batch.pass_turn(NOW)
    assert (batch.state, batch.awaited_side, batch.reviewed_side) == (BatchState.dispositioned, None, Side.sponsor)


@pytest.mark.parametrize("order", [*permutations(["start", "completion", "again"])])
def test_what_feeds_tell_late_leaves_a_terminated_batch_terminated(order: tuple[str, ...]) -> None:
    batch = Batch.announce(LOT)
    batch.terminate("the granulate is wet", NOW)
    reports: dict[str, Any] = {
        "start": lambda: batch.record_start(Start(Source("mes"), "2026-05")),
        "completion": lambda: batch.record_completion(Completion(Source("mes"), "2026-05")),
        "again": lambda: batch.record_completion(Completion(Source("mes"), "2026-05")),
    }
    told = [reports[name]() for name in order]
    assert [type(fact) for fact in told if fact] == [BatchStarted]
    assert (batch.state, batch.started_at, batch.completion_source) == (BatchState.terminated, "2026-05", None)
    assert [each["of"] for each in batch.other_statements] == ["completion"]


def test_a_terminated_batch_is_meant_for_no_market() -> None:
    batch = Batch.announce(LOT)
    batch.intend(["DE", "AT", "DE"], True)
    assert (batch.markets, batch.ppq) == (["AT", "DE"], True)
    batch.terminate("the granulate is wet", NOW)
    with pytest.raises(RuleViolated, match="no market"):
        batch.intend(["DE"], False)


def test_a_stage_is_stated_anew_as_a_whole() -> None:
    batch = made()
    first = stage(batch, None)
    planned = Quantity(value=Decimal(5), unit="kg")
    said = Stage(step="compression", site_id=LOT.site_id, started_at="2026-05", ended_at="2026-05", planned=planned)
    again = batch.record_stage(said, first, "ana")
    assert again is first
    assert (again.planned, again.ended_at, again.recorded_by) == (planned, "2026-05", ["ana", "bor"])
    with pytest.raises(RuleViolated, match="no earlier than that"):
        stage(batch, date(2026, 5, 4))


def test_a_batch_does_not_expire_before_it_is_made() -> None:
    batch = made()
    batch.describe("WO-1", ["B-1A"], date(2026, 5, 8), "2026-05", ["CC-1"], merged=False)
    assert (batch.manufacture_date, batch.expiry_date) == ("2026-05-08", "2026-05")
    with pytest.raises(RuleViolated, match="2026-04 lies before manufacture_date 2026-05-08"):
        batch.describe(None, None, None, "2026-04", None, merged=False)
    batch.describe(None, None, None, None, None, merged=False)
    assert (batch.work_order, batch.aliases, batch.applied_changes) == ("WO-1", ["B-1A"], ["CC-1"])


def test_other_numbers_of_a_batch_that_is_made_are_told() -> None:
    batch = made()
    told = batch.describe(None, ["B-1B", "B-1A"], None, None, None, merged=False)
    assert told is not None
    assert told.aliases == ("B-1A", "B-1B")
    assert batch.describe("WO-1", ["B-1A", "B-1B"], None, None, None, merged=False) is None
    assert batch.describe(None, [], None, None, None, merged=False) == batch.batch_manufactured()


DAYS = st.dates(date(2024, 1, 1), date(2028, 12, 31))
INSTANTS = st.datetimes(datetime(2024, 1, 1), datetime(2028, 12, 31), timezones=st.just(UTC))
MONTHS = DAYS.map(lambda day: f"{day:%Y-%m}")


@given(st.one_of(DAYS, INSTANTS, MONTHS), st.one_of(DAYS, INSTANTS, MONTHS))
def test_of_two_moments_one_at_most_lies_before_the_other(one: Moment, other: Moment) -> None:
    assert not (moments.is_before(one, other) and moments.is_before(other, one))
    assert not moments.is_before(one, moments.written(moments.sortable(one))[:7])


def fully_reviewed() -> Batch:
    """A batch whose record both sides reviewed."""
    batch = under_review()
    batch.review_record("ana", NOW)
    batch.review_record_as_sponsor("qa", NOW)
    return batch


def test_another_number_after_the_review_undoes_it() -> None:
    batch = fully_reviewed()
    assert batch.describe("WO-2", None, None, None, None, merged=False) is None
    assert batch.reviewed_side == Side.sponsor, "a work order says nothing of the goods"
    told = batch.describe(None, ["B-1A"], None, None, None, merged=False)
    assert told, "who counts batches has to know that both numbers are one"
    assert (told.aliases, batch.work_order) == (("B-1A",), "WO-2")
    assert not batch.reviewed_side, "what is told under that number counts by now, and nobody reviewed it"
    assert batch.reviews_undone_at


@pytest.mark.parametrize("said", [{"manufacture_date": "2026-04"}, {"expiry_date": "2029-04"}, {"changes": ["CC-2"]}])
def test_another_making_than_was_reviewed_undoes_the_reviews(said: dict[str, Any]) -> None:
    batch = fully_reviewed()
    batch.decide()
    given = said.get("manufacture_date"), said.get("expiry_date"), said.get("changes")
    told = batch.describe(None, None, *given, merged=False)
    assert told
    assert told.expiry_date == said.get("expiry_date")
    assert (batch.state, batch.reviewed_side) == (BatchState.dispositioned, None)
    batch.review_record("ana", NOW)
    assert batch.describe(None, None, *given, merged=False) is None
    assert batch.reviewed_side == Side.maker, "what was said once more changes nothing"


def test_a_stage_that_is_found_out_late_is_reviewed_by_others_than_who_stated_it() -> None:
    batch = fully_reviewed()
    said = Stage(step="compression", site_id=LOT.site_id, started_at=date(2026, 5, 5), ended_at=date(2026, 5, 6))
    with pytest.raises(RuleViolated, match="state when compression did"):
        batch.record_late_stage(replace(said, ended_at=None), None, "ana")
    reviewed = batch.reviewed_side
    assert reviewed == Side.sponsor, "what is refused undoes nothing"
    made = batch.record_late_stage(said, None, "ana")
    assert made is not None
    assert made.recorded_by == ["ana"]
    assert not batch.reviewed_side
    assert "ana" in batch.record_authors
