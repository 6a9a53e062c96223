"""Product quality reviews: when they are due, what each section is answered by, and who may sign what."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from contracts import Role, Side
from gxp.calendars import named
from quality_events.clocks import Sponsor
from quality_events.product_reviews import rules
from quality_events.product_reviews.model import ProductReview
from quality_events.product_reviews.schemas import OpenProductReview
from quality_events.product_reviews.sections import BY_NAME, QUESTIONS, SECTIONS, uncovered
from quality_events.product_reviews.terms import Question, ReviewState, SectionName
from runtime.lifecycle import table
from runtime.principal import Principal
from runtime.problems import Problem, RuleViolated
from serving.canonical import canonical_json
from tests.quality_records import NOW, product_review

VIENNA, NEW_YORK = "Europe/Vienna", "America/New_York"
SCHEMA = (Path(__file__).parents[2] / "migrations" / "schema.txt").read_text("utf-8")
OURS = [section.name for section in SECTIONS if section.ours]


@pytest.mark.parametrize(
    ("zone", "last", "due"),
    [
        (VIENNA, date(2025, 12, 31), "2026-03-31T22:00"),  # 31 March, after the clock was put forward
        (NEW_YORK, date(2025, 12, 31), "2026-04-01T04:00"),
        (VIENNA, date(2026, 8, 15), "2026-11-13T23:00"),  # 13 November, after it was put back
        (NEW_YORK, date(2026, 8, 15), "2026-11-14T05:00"),
        (VIENNA, date(2027, 12, 31), "2028-03-30T22:00"),  # a leap year has 29 February
    ],
)
def test_it_is_due_at_the_end_of_the_90th_day_of_the_sponsor(zone: str, last: date, due: str) -> None:
    sponsor = Sponsor(ZoneInfo(zone), named("AT"))
    assert rules.due_at(last, sponsor) == datetime.fromisoformat(due).replace(tzinfo=UTC)


@pytest.mark.parametrize(("zone", "hour"), [(VIENNA, 22), (NEW_YORK, 28)])
def test_a_period_has_ended_with_its_last_local_day(zone: str, hour: int) -> None:
    """29 March 2026 has 23 hours in Vienna."""
    last, end = date(2026, 3, 29), datetime(2026, 3, 29, tzinfo=UTC) + timedelta(hours=hour)
    rules.refuse_running(last, ZoneInfo(zone), end)
    with pytest.raises(Problem, match="name 2026-03-28 or earlier") as refused:
        rules.refuse_running(last, ZoneInfo(zone), end - timedelta(microseconds=1))
    assert (refused.value.status, refused.value.extensions["errors"][0]["field"]) == (422, "body.period_to")


def test_no_clause_and_no_section_is_left_out() -> None:
    clauses = ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"]
    assert list(dict.fromkeys(section.clause for section in SECTIONS)) == clauses, "EU GMP 1.10"
    assert list(BY_NAME) == list(SectionName)
    assert [section.name for section in SECTIONS if not (section.questions or section.unjudged)] == []
    assert len(QUESTIONS) == sum(len(section.questions) for section in SECTIONS), "a name stands for one question"


def test_the_database_knows_which_sections_are_the_sponsors() -> None:
    (check,) = [line for line in SCHEMA.splitlines() if "product_review_entry_is_of_both" in line]
    assert {name for name in SectionName if f"'{name}'" in check} == set(OURS)


def test_what_nobody_wrote_of_is_missing_on_its_own_side() -> None:
    assert uncovered(["stability"], ours=True) == ["market", "commitments"]
    assert "stability" not in uncovered(["stability"], ours=False)
    assert [name for name in uncovered([], ours=False) if name in OURS] == []


def test_rows_are_counted_by_kind_and_what_is_unknown_as_such() -> None:
    question = Question("q-1", "", ("state", "market", "markets", "kinds", "right"))
    rows: list[dict[str, Any]] = [
        {"state": "closed", "markets": {"AT": "released", "US": "rejected"}, "kinds": ["reworked"], "right": False},
        {"state": "closed", "markets": {}, "kinds": [], "right": None},
    ]
    rows = [each | {"market": "AT"} for each in rows]
    counts = {"all": 2, "state": {"closed": 2}, "markets": {"AT released": 1, "US rejected": 1, "none": 1}}
    counts |= {"market": {"AT": 2}, "kinds": {"none": 1, "reworked": 1}, "right": {"false": 1, "unknown": 1}}
    assert rules.answer_of(question, rows) == canonical_json({"counts": counts, "rows": rows})


def entry(**more: Any) -> Any:
    said = {"section": "market", "question": None, "parameters": None, "evidence": None, "author": "qa"}
    return SimpleNamespace(**(said | {"digest": "0" * 64, "salt": "1"} | more))


def test_the_digest_is_of_all_and_tells_nothing_of_what_is_the_sponsors() -> None:
    review, seal = product_review(), rules.seal([entry()])
    whole = rules.digest(review, [entry()], seal)
    assert rules.digest(review, [entry()], seal) == whole
    others = [entry(**{name: "2"}) for name in ("section", "question", "evidence", "author", "digest")]
    assert len({rules.digest(review, [each], seal) for each in others} | {whole}) == 6
    assert len({rules.seal([each]) for each in (entry(), entry(salt="2"), entry(digest="2"))}) == 3
    assert rules.digest(review, [entry()], rules.seal([entry(salt="2")])) != whole


def covered() -> ProductReview:
    review = product_review()
    for name in uncovered([], ours=False):
        review.add_part(name, True, "ana")
    return review


def test_each_side_writes_of_its_own_sections() -> None:
    review = covered()
    assert (review.prepared_by, review.turn()) == (["ana", "qa"], {Side.sponsor})
    for section, maker in ((SectionName.market, True), (SectionName.stability, False)):
        with pytest.raises(Problem, match="is the other side's to write") as refused:
            review.add_part(section, maker, "eve")
        assert refused.value.status == 422
    assert review.prepared_by == ["ana", "qa"], "who was refused prepared nothing"


def test_it_is_frozen_when_all_is_covered_and_nothing_changed() -> None:
    with pytest.raises(RuleViolated) as lacks:
        covered().review(["market"], [], "s", "d", "qa", NOW)
    assert lacks.value.extensions["missing"] == ["commitments"]
    with pytest.raises(RuleViolated) as stale:
        covered().review(OURS, ["batches-1"], "s", "d", "qa", NOW)
    assert stale.value.extensions["changed"] == ["batches-1"]


def test_what_was_opened_by_mistake_is_nobodys_turn_and_never_late() -> None:
    review = covered()
    told = review.cancel("another half year", "qa", NOW)
    assert (told.reason, told.period_from, review.state) == ("another half year", review.period_from, "cancelled")
    late = review.due_at + timedelta(1)
    assert (review.turn(), review.is_overdue(late), review.was_in_time(late)) == (set(), False, None)


@pytest.mark.parametrize(
    ("first", "last", "told"),
    [
        ("1989-12-31", "1990-12-31", "period_from: name 1990-01-01 or later"),
        ("1990-01-01", "1994-12-31", ""),
        ("2020-03-01", "2025-03-01", "period_to: .* name a day before 2025-03-01"),
        ("2020-02-29", "2025-02-28", ""),
        ("2020-01-01", "2026-01-01", "at most 5 years"),
    ],
)
def test_a_period_is_of_five_years_at_most_and_not_from_before_1990(first: str, last: str, told: str) -> None:
    body = {"site_ids": [uuid4()], "product_id": uuid4(), "period_from": first, "period_to": last}
    if not told:
        assert str(OpenProductReview.model_validate(body).period_to) == last
        return
    with pytest.raises(ValidationError, match=told):
        OpenProductReview.model_validate(body)


@pytest.mark.parametrize("first", ["sign", "sign_as_maker"])
def test_both_sides_sign_in_either_order_and_once(first: str) -> None:
    review = covered()
    review.review(OURS, [], "s", "d", "qa", NOW)
    assert review.turn() == {Side.sponsor, Side.maker}
    second = ({"sign", "sign_as_maker"} - {first}).pop()
    assert (getattr(review, first)("bea", NOW), review.state) == (None, ReviewState.reviewed)
    with pytest.raises(RuleViolated, match="signed it"):
        getattr(review, first)("tom", NOW)
    signed = getattr(review, second)("tom", NOW)
    assert (signed.digest, review.state, review.turn()) == ("d", ReviewState.signed, set())


def test_a_return_voids_what_was_signed() -> None:
    review = covered()
    review.review(OURS, [], "s", "d", "qa", NOW)
    review.sign("tom", NOW)
    review.give_back("a supplier is missing")
    assert (review.state, review.awaits_sponsor, review.digest, review.seal) == (ReviewState.draft, True, None, None)


def test_nobody_signs_what_they_prepared_or_the_other_side_signed() -> None:
    review = covered()
    review.review(OURS, [], "s", "d", "qa", NOW)
    review.sponsor_signed_by = "both"
    needs = {row.name: row.needs for row in table(ProductReview)}
    tom = Principal(subject="tom", name="Tom", roles=frozenset({Role.quality}), partner_id=None)
    maker = replace(tom, roles=frozenset({Role.partner_quality}), partner_id=review.partner_id)
    for name, asking, may in (
        ("sign", tom, True),
        ("sign", replace(tom, subject="qa"), False),
        ("sign_as_maker", maker, True),
        ("sign_as_maker", replace(maker, subject="ana"), False),
        ("sign_as_maker", replace(maker, subject="both"), False),
        ("sign_as_maker", replace(maker, partner_id=uuid4()), False),
    ):
        assert needs[name].permits(asking, review) == may, (name, asking)


def test_it_is_measured_by_the_second_signature() -> None:
    review = product_review()
    assert (review.was_in_time(review.due_at), review.was_in_time(review.due_at + timedelta(1))) == (None, False)
    review.signed_at = review.due_at
    assert review.was_in_time(review.due_at + timedelta(400))
