"""Work that was begun while its partner was given none, by what was told of the partner in whatever order."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality_events.readiness.standings import last_word, not_given, owners_of
from quality_events.readiness.terms import Done
from quality_events.readiness.terms import ReadinessVerdict as Verdict
from serving.canonical import sha256
from tests.dossiers import LOT, WORLD, batch, condition, told, usual

SITE, WORK = UUID(int=1), "the batch"
SUSPENDED, ACTIVE, EXITED = "suspended", "active", "exited"


def status(after: str, at: str, sequence: int, **more: Any) -> dict[str, Any]:
    return _row({"at": at, "after": after, "decided": {}}, sequence, **more)


def said(decision: str, sequence: int, **more: Any) -> dict[str, Any]:
    return _row({"decided": {WORK: decision}}, sequence, **more)


def _row(of_it: dict[str, Any], sequence: int, since: str | None = None, until: str | None = None) -> dict[str, Any]:
    return {"sequence": sequence, "said": of_it | {"since": since, "until": until}}


def begun(first: str, by: str | None = None) -> Done:
    day = date.fromisoformat(first)
    last = date.fromisoformat(by) if by else day
    return Done("making", SITE, day, last, frozenset(), begun_by=last, works=frozenset({WORK}))


JUNE = [status(SUSPENDED, "2026-06-10T08:00:00Z", 3), status(ACTIVE, "2026-06-20T08:00:00Z", 9)]
AGAIN = [status(SUSPENDED, "2026-07-01T08:00:00Z", 12)]


@pytest.mark.parametrize(
    ("day", "by", "facts", "expected"),
    [
        ("2026-06-09", None, [], None),
        ("2026-06-10", None, [], Verdict.not_met),
        ("2026-06-19", None, [], Verdict.not_met),
        ("2026-06-20", None, [], None),
        ("2026-06-12", None, [said("finish", 4)], None),
        ("2026-06-12", None, [said("hold", 4)], Verdict.not_met),
        ("2026-06-12", None, [said("stop", 4), said("finish", 5)], None),
        ("2026-06-12", None, [said("finish", 4), said("stop", 5)], Verdict.not_met),
        # What was said before the suspension says nothing of it; what is said after it, in whichever state, does.
        ("2026-06-12", None, [said("finish", 2)], Verdict.not_met),
        ("2026-06-12", None, [said("finish", 10)], None),
        ("2026-06-12", None, [said("finish", 10), said("hold", 11)], Verdict.not_met),
        ("2026-06-12", None, [*AGAIN, said("finish", 13)], None),
        ("2026-06-12", None, [*AGAIN, said("finish", 4), said("stop", 13)], Verdict.not_met),
        # What waits for the end of a later suspension is not undone by that one.
        ("2026-06-12", None, [*AGAIN, said("finish", 4), said("hold", 13)], None),
        # Of a month nobody can say whether it was before, in it or after.
        ("2026-06-01", "2026-06-30", [], Verdict.unknown),
        ("2026-06-01", "2026-06-30", [said("finish", 4)], None),
        ("2026-06-11", "2026-06-18", [], Verdict.not_met),
    ],
)
def test_it_counts_on_the_day_it_was_begun(day: str, by: str | None, facts: Any, expected: Verdict | None) -> None:
    found = not_given(owners_of([*JUNE, *facts], "UTC"), begun(day, by))
    assert (found and found[0]) == expected


def test_it_says_what_the_partner_was_and_what_was_decided() -> None:
    facts = [JUNE[0], said("hold", 4), status(EXITED, "2026-06-15T08:00:00Z", 5)]
    words = {
        "2026-06-12": "the partner was suspended when it was begun on 2026-06-12, and it was decided to hold it",
        "2026-07-01": "the partner was exited when it was begun on 2026-07-01, and it was decided to hold it",
    }
    for day, text in words.items():
        assert not_given(owners_of(facts, "UTC"), begun(day)) == (Verdict.not_met, text)


def test_a_day_is_the_sites_own() -> None:
    late = [status(SUSPENDED, "2026-06-10T23:30:00Z", 1)]
    for zone, expected in (("UTC", True), ("Europe/Vienna", False)):
        assert bool(not_given(owners_of(late, zone), begun("2026-06-10"))) is expected


def test_only_whose_the_site_was_on_the_day_counts() -> None:
    seller = [status(SUSPENDED, "2026-06-01T00:00:00Z", 1, until="2026-06-15")]
    buyer = [status(ACTIVE, "2026-05-01T00:00:00Z", 1, since="2026-06-15")]
    for day, expected in (("2026-06-14", True), ("2026-06-15", False)):
        assert bool(not_given(owners_of([*buyer, *seller], "UTC"), begun(day))) is expected


@pytest.mark.parametrize(("word", "expected"), [("finish", False), ("hold", True)])
def test_who_has_the_site_next_has_the_last_word(word: str, expected: bool) -> None:
    absorbed = [status(SUSPENDED, "2026-06-01T00:00:00Z", 7, until="2026-06-15"), said("stop", 8, until="2026-06-15")]
    successor = [said(word, 1, since="2026-06-15")]
    assert bool(not_given(owners_of([*successor, *absorbed], "UTC"), begun("2026-06-10"))) is expected


def test_who_has_a_site_a_second_time_says_nothing_twice() -> None:
    told = [status(SUSPENDED, "2026-06-01T00:00:00Z", 7), said("finish", 8), said("hold", 9)]
    facts = [
        _row(each["said"], each["sequence"], *days)
        for each in told
        for days in ((None, "2026-06-15"), ("2026-06-20", None))
    ]
    assert not_given(owners_of(facts, "UTC"), begun("2026-06-10")) is not None


def test_the_last_word_of_a_batch_is_that_since_its_partner_became_what_it_is() -> None:
    facts = [JUNE[0], said("hold", 4), JUNE[1]]
    assert [last_word(facts[:at], WORK) for at in (1, 2, 3)] == [None, "hold", None]
    assert last_word([*facts, said("stop", 10)], WORK) == "stop"


@given(st.permutations([*JUNE, said("hold", 4), said("finish", 5), *AGAIN]))
def test_any_order_is_the_same(facts: Any) -> None:
    every = owners_of(facts, "UTC")
    assert not_given(every, begun("2026-06-12")) is None
    assert not_given(every, begun("2026-07-02")) is not None
    assert (last_word(facts, WORK), last_word(facts[:0], WORK)) == (None, None), "of this suspension nothing is said"


@pytest.mark.parametrize(("decision", "expected"), [("finish", Verdict.met), ("stop", Verdict.not_met)])
def test_a_batch_waits_for_the_word_that_it_is_finished(decision: str, expected: Verdict) -> None:
    site = {"about": str(WORLD.site), "key": str(WORLD.site)}
    suspended = status(SUSPENDED, "2018-11-01T08:00:00Z", 1) | site | {"kind": "PartnerStatusChanged"}
    decided = _row({"decided": {sha256(str(LOT.id)): decision}}, 2) | site | {"kind": "PartnerWorkDecided"}
    assert condition(batch([*told(*usual()), suspended]), "site_qualified").verdict == Verdict.not_met
    assert condition(batch([*told(*usual()), decided, suspended]), "site_qualified").verdict == expected


def test_of_a_stage_elsewhere_nobody_is_asked_and_quality_states_it() -> None:
    packed = replace(begun("2026-06-12"), apart=True)
    found = not_given(owners_of(JUNE, "UTC"), packed)
    assert found
    assert (found[0], "no fact tells whether it is finished" in found[1]) == (Verdict.unknown, True)
    assert not_given(owners_of(JUNE, "UTC"), replace(packed, begun_by=None, first=date(2026, 6, 9))) is None


@pytest.mark.parametrize(
    ("decided", "expected"),
    [
        ({"a": "finish", "b": "finish"}, None),
        ({"a": "finish", "b": "stop"}, Verdict.unknown),
        ({"a": "finish"}, Verdict.unknown),
        ({"a": "hold", "b": "stop"}, Verdict.not_met),
        ({}, Verdict.not_met),
    ],
)
def test_of_several_orders_one_of_which_it_is_each_has_to_be_finished(decided: Any, expected: Verdict | None) -> None:
    owners = owners_of([JUNE[0], _row({"decided": decided}, 4)], "UTC")
    found = not_given(owners, replace(begun("2026-06-12"), works=frozenset({"a", "b"})))
    assert (found and found[0]) == expected
