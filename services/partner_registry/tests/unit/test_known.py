"""A record as it stood at an instant, from what each change of it found."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from hypothesis import example, given, settings
from hypothesis import strategies as st

from contracts.partner_registry import CertificateKind
from gxp.clocks import ONE_DAY
from partner_registry.certificates.model import Certificate
from partner_registry.known import stood, unkept
from partner_registry.qualifications.queries import covering
from partner_registry.sites.model import Activity
from runtime.problems import Problem

ZONE = "Europe/Vienna"
BEGIN = date(2024, 2, 1)
NOW = datetime(2025, 9, 1, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAYS = [BEGIN + timedelta(days) for days in (0, 300, 560, 570, 577, 800, 1200)]
FORMS = ("tablet", "capsule", None)
Log = list[tuple[datetime, str | None]]
days = st.integers(0, 577).map(lambda each: BEGIN + timedelta(each))
forms = st.sampled_from([["tablet"], ["capsule"], ["tablet", "capsule"]])
acts = st.one_of(
    st.tuples(st.just("confirm")),
    st.tuples(st.just("refuse")),
    st.tuples(st.just("restrict"), forms, days),
    st.tuples(st.just("withdraw"), days),
    st.tuples(st.just("extend"), st.integers(1, 400)),
)


def recorded() -> Certificate:
    printed: dict[str, Any] = {
        "site_id": uuid4(), "partner_id": uuid4(), "kind": CertificateKind.gmp, "holder": "Alpine", "authority": "BASG",
        "certificate_number": "AT-1", "activities": [Activity.drug_product], "dosage_forms": ["tablet", "capsule"],
        "inspected_on": None, "valid_from": BEGIN, "valid_to": date(2026, 3, 28), "digest": "0" * 64,
    }  # fmt: skip
    printed |= {"number": "CERT-2026-00001", "recorded_by": "ana", "zone": ZONE, "now": NOW}
    return Certificate.record(**printed)[0]


def take(one: Certificate, act: Any, now: datetime) -> None:
    match act:
        case ("confirm",):
            one.confirm("EudraGMDP", NOW.date(), ZONE, "petra", now)
        case ("refuse",):
            one.refuse()
        case ("restrict", left, on):
            one.restrict([Activity.drug_product], left, on, "notice", ZONE, now)
        case ("withdraw", on):
            one.withdraw(on, False, "notice", ZONE, now)
        case ("extend", more):
            one.extend((one.ends_on or BEGIN) + timedelta(more), "notice", ZONE, "quinn", now)


def answer(held: list[Certificate]) -> list[Any]:
    """What is answered of each day, and of each form."""
    counting = [each for each in held if each.counts_once]
    there = [covering(counting, Activity.drug_product, form, day) for day in DAYS for form in FORMS]
    return [there, [(each.number, each.state, each.ends_on, each.scope_on(day)) for each in held for day in DAYS]]


def as_of(one: Certificate, log: Log, instant: datetime) -> list[Certificate]:
    """By the first change after the instant, as the database finds it."""
    later = [(one.id, found) for at, found in log if at > instant]
    before: dict[UUID, str | None] = dict(later[:1])
    return stood([one], before, instant)


@settings(max_examples=60)
@given(told=st.lists(acts, max_size=7))
@example(told=[("confirm",), ("restrict", ["tablet"], BEGIN), ("withdraw", BEGIN + ONE_DAY), ("extend", 30)])
def test_the_answer_as_of_an_instant_is_the_answer_that_was_given_then(told: list[Any]) -> None:
    one, now = recorded(), NOW
    one.created_at = NOW
    log: Log = [(NOW, None)]
    given: list[tuple[datetime, Any]] = [(NOW - HOUR, answer([])), (NOW, answer([one]))]
    for act in told:
        now += HOUR
        before = one.model_dump_json(warnings=False)
        try:
            take(one, act, now)
        except Problem:
            continue
        log.append((now, before))
        given += [(now, answer([one])), (now + HOUR / 2, answer([one]))]
    for instant, said in given:
        assert answer(as_of(one, log, instant)) == said


def test_what_was_not_recorded_yet_was_not_there() -> None:
    one = recorded()
    one.created_at = NOW
    assert [bool(stood([one], {}, at)) for at in (NOW - HOUR, NOW)] == [False, True], "of which the audit has nothing"
    assert stood([one], {one.id: None}, NOW) == [], "it was made since"


def test_a_column_that_was_added_since_has_what_it_has_where_nothing_was_said() -> None:
    one = recorded()
    kept = one.model_dump(mode="json", warnings=False)
    del kept["site_sold_on"], kept["carried_on_by"]
    (then,) = stood([one], {one.id: json.dumps(kept | {"dropped": 1})}, NOW)
    assert (then.site_sold_on, then.counts_once, then.number) == (None, False, one.number)


def test_since_when_something_is_kept_stands_in_words() -> None:
    assert unkept("S-1", NOW) == "nothing was recorded of S-1 before 2025-09-01T08:00:00Z: ask for a later instant"
    assert unkept("S-1", None) == "nothing was ever recorded of S-1"
