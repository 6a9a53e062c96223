"""The rules of mutual recognition: what counts, for what, and on which days."""

from datetime import UTC, date, datetime
from itertools import permutations
from typing import Any

import pytest

from contracts.certifying import RecognisedWork, RecognisingRegime
from gxp.clocks import ONE_DAY
from partner_registry.mutual_recognition.model import MutualRecognition, recognising
from partner_registry.mutual_recognition.schemas import MutualRecognitionState as State
from runtime.lifecycle import table
from runtime.problems import RuleViolated

NOW = datetime(2026, 6, 1, 8, tzinfo=UTC)
BEGIN, END = date(2002, 6, 1), date(2026, 12, 31)
TESTING, INSPECTION = RecognisedWork.batch_testing, RecognisedWork.inspection


def row(state: State = State.confirmed, **changes: Any) -> MutualRecognition:
    given: dict[str, Any] = {"number": "MRA-EU-CH", "regime": RecognisingRegime.eu, "country": "CH", "state": state}
    given |= {"covers": [TESTING], "kinds_in": [], "kinds_out": ["Vaccine"], "valid_from": BEGIN, "valid_to": END}
    return MutualRecognition(**given | {"source": "chapter 15", "recorded_by": "ana"} | changes)


@pytest.mark.parametrize("state", [state for state in State if state != State.confirmed])
def test_what_is_not_confirmed_counts_as_none(state: State) -> None:
    used, why_not = recognising([row(state)], TESTING, "chemical", BEGIN)
    assert (used, why_not) == (None, [f"MRA-EU-CH is {state}, and counts as none"])


@pytest.mark.parametrize(
    ("work", "kind", "day", "fault"),
    [
        (TESTING, "chemical", BEGIN, None),
        (TESTING, "chemical", END, None),
        (TESTING, "chemical", BEGIN - ONE_DAY, "begins on"),
        (TESTING, "chemical", END + ONE_DAY, "ended on"),
        (INSPECTION, "chemical", BEGIN, "does not cover inspection"),
        (TESTING, "vaccine", BEGIN, "leaves vaccine out"),
    ],
)
def test_it_counts_for_its_work_and_kinds_on_its_days(
    work: RecognisedWork, kind: str, day: date, fault: str | None
) -> None:
    said = row().lacks(work, kind, day)
    assert (fault in said) if fault and said else said is fault


def test_one_that_is_limited_to_kinds_is_for_them_alone() -> None:
    one = row(kinds_in=["Chemical"])
    assert one.lacks(TESTING, "chemical", BEGIN) is None
    assert one.lacks(TESTING, "biological", BEGIN) == "MRA-EU-CH is for Chemical alone"


def test_whichever_row_comes_first_the_one_that_counts_is_used() -> None:
    rows = [row(State.unconfirmed), row(covers=[INSPECTION]), row(number="MRA-1")]
    for order in permutations(rows):
        used, why_not = recognising(order, TESTING, "chemical", BEGIN)
        assert (used and used.number, why_not) == ("MRA-1", [])
    assert recognising([], TESTING, "chemical", BEGIN) == (None, ["there is no row for the country"])


def test_an_end_keeps_what_was_recognised_before() -> None:
    one = row(valid_to=None)
    told = one.end(date(2026, 5, 31), "denounced", NOW)
    assert (told.valid_to, told.reason, one.state) == (date(2026, 5, 31), "denounced", State.confirmed)
    assert [one.lacks(TESTING, "x", day) is None for day in (date(2026, 5, 31), NOW.date())] == [True, False]
    with pytest.raises(RuleViolated, match="valid from 2002-06-01"):
        one.end(BEGIN - ONE_DAY, "x", NOW)
    with pytest.raises(RuleViolated, match="longer is another row"):
        row(valid_to=BEGIN).end(BEGIN + ONE_DAY, "x", NOW)


def test_who_checked_or_recorded_it_does_not_sign() -> None:
    (confirm,) = [each for each in table(MutualRecognition) if each.name == "confirm"]
    assert sorted(confirm.needs.independent_of) == ["checked_by", "recorded_by"]
    assert confirm.needs.signed
