"""Process limits: which version counts, and how a batch stands to it, exactly and as far as anybody can say."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from contracts import Quantity, Side
from quality_events.limit_explanations.model import outside
from quality_events.limit_explanations.schemas import ExplainLimit
from quality_events.process_limits.rules import candidates, judged_times, judged_yields
from quality_events.process_limits.schemas import StateProcessLimits, ranges_of, times_of
from quality_events.process_limits.terms import (
    Judged,
    Limited,
    LimitsState,
    LimitsVersion,
    LongestTime,
    Point,
    StepPoint,
)
from runtime.problems import RuleViolated
from tests.process_limits import (
    AT,
    BODY,
    EARLY,
    FOR_SITE,
    HELD,
    PRESSED,
    V1,
    V2,
    kg,
    made,
    process_limits,
    stage,
    version,
)


@pytest.mark.parametrize(
    ("planned", "actual", "holds"),
    [
        (kg("240"), kg("240"), True),
        (kg("240"), kg("228"), True),  # 95 %, the edge
        (kg("240"), kg("227.9999999999999999999999"), False),
        (kg("240"), ("243600", "g"), True),  # 101.5 %, the other edge
        (kg("240"), ("243600.0000000001", "g"), False),
        (("3", "1"), ("2.9", "{tablet}"), True),
        (kg("240"), ("1000", "{tablet}"), None),
        (kg("0"), kg("0"), None),
        (None, kg("228"), None),
        (kg("240"), None, None),
        (("1E-1000", "kg"), kg("1E+1000"), False),
    ],
)
def test_a_yield_is_compared_exactly_and_in_its_units(planned: Any, actual: Any, holds: bool | None) -> None:
    (judged,) = judged_yields(version(), made(stage(planned=planned, actual=actual)))
    assert (judged.name, judged.holds) == ("yield of compression", holds), judged.said
    assert judged.said.endswith("PL-1 asks for 95 to 101.5 %")


def test_what_is_not_known_of_a_yield_is_said() -> None:
    runs = stage(planned=kg("1"), actual=kg("1"), ended_at=None)
    for stages, why in (
        ([], "nobody stated a stage compression"),
        ([runs], "it has not ended"),
        ([stage(actual=kg("1"))], "what was planned is not stated"),
        ([stage(planned=kg("1"))], "what came of it is not stated"),
        ([stage(planned=kg("1"), actual=("1", "{tablet}"))], "{tablet} and kg cannot be compared"),
    ):
        (judged,) = judged_yields(version(), made(*stages))
        assert (judged.holds, why in judged.said) == (None, True), judged.said


@given(st.lists(st.tuples(st.sampled_from([None, "200", "239"]), st.sampled_from(["2018-11", "06", "10"])), min_size=1))
def test_of_several_stages_of_one_name_each_is_judged_and_none_hides_what_another_tells(told: Any) -> None:
    """Granulation ends on the 5th and is to be compressed within 72 hours: what begins on the 10th is late."""
    granulated = stage("granulation", ended_at="2018-11-05")
    pressed = [
        stage(
            ("compression", "Compression")[at % 2], planned=kg("240"), actual=kg(came) if came else None,
            started_at=day if len(day) > 2 else f"2018-11-{day}",
        )
        for at, (came, day) in enumerate(told)
    ]  # fmt: skip
    (of_yield,) = judged_yields(version(), made(granulated, *pressed))
    (of_time,) = judged_times(version(), made(*pressed, granulated))
    yields, days = [came for came, _ in told], [day for _, day in told]
    assert of_yield.holds is (False if "200" in yields else None if None in yields else True), of_yield.said
    assert of_time.holds is (False if "10" in days else None if "2018-11" in days else True), of_time.said


def test_a_time_of_one_step_is_that_of_each_of_its_stages() -> None:
    phase = LongestTime(Point("compression", StepPoint.start), Point("Compression", StepPoint.end), Decimal(30))
    short = [stage(started_at=f"2018-11-{day}T08:00:00Z", ended_at=f"2018-11-{day}T14:00:00Z") for day in ("06", "20")]
    long = stage("Compression", started_at="2018-11-08T08:00:00Z", ended_at="2018-11-10T08:00:00Z")
    for stages, said, holds in ((short, "6 h;", True), ([*short, long], "48 h and 6 h;", False)):
        (judged,) = judged_times(version(times=[phase]), made(*stages))
        assert (judged.holds, said in judged.said) == (holds, True), judged.said


@pytest.mark.parametrize(
    ("planned", "actual", "percent", "holds"),
    [
        ("240", "240", None, True),
        ("240", "240", "97.4", True),
        ("240", "240", "94.9", False),
        ("240", "200", "97.4", False),
        (None, "240", "97.4", True),
        (None, None, None, None),
    ],
)
def test_of_the_batch_both_its_quantities_and_what_its_maker_states_lie_inside(
    planned: str | None, actual: str | None, percent: str | None, holds: bool | None
) -> None:
    amounts = {
        name: Quantity(value=Decimal(value), unit="kg") if value else None
        for name, value in {"planned": planned, "actual": actual}.items()
    }
    whole = version(yields=[replace(PRESSED, step=None)])
    (judged,) = judged_yields(whole, made(**amounts, yield_percent=Decimal(percent) if percent else None))
    assert (judged.name, judged.holds) == ("yield of the batch", holds)


@pytest.mark.parametrize(
    ("ended", "started", "hours", "holds"),
    [
        ("2018-11-05T08:00:00Z", "2018-11-08T08:00:00Z", "72", True),
        ("2018-11-05T08:00:00Z", "2018-11-08T08:00:01Z", "72", False),
        ("2018-11-05T08:00:00+02:00", "2018-11-08T08:00:00Z", "72", False),
        ("2018-11-05", "2018-11-06", "48", True),  # at most two days
        ("2018-11-05", "2018-11-06", "47", None),
        ("2018-11-05", "2018-11-08", "47", False),
        ("2018-10-27", "2018-10-28", "48", None),  # the clock is put back: 49 hours
        ("2018-11", "2018-11", "72", None),
        ("2018-11-05", "2018-11-08T08:00:00Z", "72", None),
        ("2018-11-07", "2018-11-07T08:00:00Z", "1", None),
        ("2018-11-07", "2018-11-06T08:00:00Z", "1", None),  # the one began before the other ended
    ],
)
def test_a_time_is_as_long_as_its_moments_are_known(ended: str, started: str, hours: str, holds: bool | None) -> None:
    stages = (stage("granulation", ended_at=ended), stage(started_at=started))
    (judged,) = judged_times(version(times=[replace(HELD, hours=Decimal(hours))]), made(*stages))
    assert (judged.name, judged.holds) == ("time from the end of granulation to the start of compression", holds)
    assert f"{judged.name}: -" not in judged.said, "no time is less than none"


def test_a_time_runs_from_the_batch_and_to_its_completion_too() -> None:
    whole = LongestTime(None, None, Decimal(24))
    phase = LongestTime(Point("compression", StepPoint.start), Point("compression", StepPoint.end), Decimal(5))
    own = version(times=[whole, phase])
    began = {"started_at": "2018-11-05T08:00:00Z"}
    pressed = stage(started_at="2018-11-05T09:00:00Z", ended_at="2018-11-05T14:00:00Z")
    judged = judged_times(own, made(pressed, **began))
    assert [(each.name, each.holds) for each in judged] == [
        ("time from the start of the batch to its completion", None),
        ("time from the start of compression to the end of compression", True),
    ]
    assert "when the batch was completed is not stated" in judged[0].said
    for completed, holds in (("2018-11-06T08:00:00Z", True), ("2018-11-06T09:00:00Z", False)):
        assert judged_times(own, made(pressed, completed_at=completed, **began))[0].holds is holds


@pytest.mark.parametrize(("zone", "holds"), [("Asia/Tokyo", False), ("Europe/Vienna", None)])
def test_days_are_those_of_the_site_of_the_stage(zone: str, holds: bool | None) -> None:
    """In Tokyo the day ended at 15:00 UTC, and in Vienna at 23:00."""
    elsewhere = uuid4()
    limit = replace(HELD, until=None, hours=Decimal(14))
    ended = stage("granulation", ended_at="2018-11-06", site_id=elsewhere)
    (found,) = judged_times(
        version(times=[limit]), made(ended, completed_at="2018-11-07T06:00:00Z", zones={elsewhere: zone})
    )
    assert found.holds is holds, found.said


@pytest.mark.parametrize(
    ("versions", "started", "counts"),
    [
        ([V1, V2], "2017-12-31", [None]),
        ([V1, V2], "2018-05-31", ["PL-1"]),
        ([V1, V2], "2018-06-01", ["PL-2"]),
        ([V1, V2], "2018-05-31T22:30:00Z", ["PL-2"]),  # the next day at the site
        ([V1, V2], "2018-06", ["PL-2"]),
        ([V1, replace(V2, valid_from=date(2018, 6, 15))], "2018-06", ["PL-1", "PL-2"]),
        ([V1, V2], None, [None, "PL-1", "PL-2"]),
        ([], None, [None]),
        ([V1, V2, FOR_SITE], "2018-07-31", ["PL-2"]),
        ([V1, V2, FOR_SITE], "2018-08-01", ["PL-3"]),
        ([V1, V2, replace(FOR_SITE, valid_to=date(2018, 8, 31))], "2018-09-01", ["PL-2"]),
        ([V1, V2, replace(FOR_SITE, site_id=uuid4())], "2018-09-01", ["PL-2"]),
        # One that was withdrawn ended the one before it; from its first day on, it never did.
        ([V1, replace(V2, valid_to=date(2018, 6, 30))], "2018-06-30", ["PL-2"]),
        ([V1, replace(V2, valid_to=date(2018, 6, 30))], "2018-07-01", [None]),
        ([V1, replace(V2, valid_to=date(2018, 5, 31))], "2018-07-01", ["PL-1"]),
        ([replace(V2, revision=3, number="PL-9"), V2], "2018-07-01", ["PL-9"]),
    ],
)
def test_the_version_counts_that_was_in_force_when_the_making_began(
    versions: Sequence[LimitsVersion], started: str | None, counts: list[str | None]
) -> None:
    for order in (versions, versions[::-1]):
        found = candidates(Limited(making=made(started_at=started), versions=order))
        assert [each and each.number for each in found] == counts


def test_only_what_lies_outside_is_explained() -> None:
    low, kept = Judged("yield of compression", "x", False), Judged("yield of coating", "it is 97 %", True)
    assert outside([low, kept], "yield of compression") is low
    for name, why in (("yield of coating", "it is 97 %"), ("yield of drying", "no limit yield of drying counts")):
        with pytest.raises(RuleViolated, match=why) as refused:
            outside([low, kept], name)
        assert refused.value.extensions["limits"] == ["yield of compression"]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"yields": []}, "one limit at least"),
        ({"yields": [BODY["yields"][0], BODY["yields"][0] | {"step": "Compression"}]}, "each limit once"),
        ({"yields": [BODY["yields"][0] | {"at_least": "102"}]}, "is less than at_least 102"),
        ({"yields": [BODY["yields"][0] | {"step": "step 4"}]}, "nobody can tell which one work"),
        ({"hold_times": [{"since": AT, "until": AT, "hours": 1}]}, "one point"),
        ({"hold_times": [{"hours": "0"}]}, "greater than 0"),
    ],
)
def test_limits_that_say_nothing_are_refused(change: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        StateProcessLimits.model_validate(BODY | change)


def test_what_limits_of_the_longest_steps_are_called_is_explained() -> None:
    step = f"compression {'y' * 188}"
    time = {"since": {"step": step, "point": "start"}, "until": {"step": step, "point": "end"}, "hours": "1"}
    said = BODY | {"yields": [BODY["yields"][0] | {"step": step}], "hold_times": [time]}
    stored = StateProcessLimits.model_validate(said).stored
    names = [each.name for each in ranges_of(stored["yields"])] + [each.name for each in times_of(stored["hold_times"])]
    for name in names:
        of_it = {"batch_id": uuid4(), "deviation_id": uuid4(), "explanation": "x"}
        assert ExplainLimit.model_validate(of_it | {"limit_name": name}).limit_name == name


def test_they_are_withdrawn_from_a_day_on_and_from_their_first_never_counted() -> None:
    for day, last in ((date(2026, 3, 1), date(2026, 2, 28)), (date(2026, 2, 1), date(2026, 1, 31))):
        limits = process_limits()
        limits.confirm("qa", EARLY)
        with pytest.raises(RuleViolated, match="counts from 2026-02-01 on"):
            limits.propose_withdrawal(limits.valid_from - timedelta(1), "x", "eva")
        with pytest.raises(RuleViolated, match="nobody proposed"):
            limits.withdraw("qa")
        with pytest.raises(RuleViolated, match="nobody proposed"):
            limits.refuse_withdrawal("x")
        limits.propose_withdrawal(day, "the press is another one", "eva")
        with pytest.raises(RuleViolated, match=f"to be withdrawn from {day} on"):
            limits.propose_withdrawal(day, "once more", "ivo")
        assert (limits.state, limits.valid_to, limits.turn()) == (LimitsState.confirmed, None, {Side.sponsor})
        limits.refuse_withdrawal("it is not")
        assert (limits.withdrawal_on, limits.turn()) == (None, ())
        limits.propose_withdrawal(day, "the press is another one", "eva")
        limits.withdraw("qa")
        assert (limits.state, limits.valid_to, limits.turn()) == (LimitsState.withdrawn, last, ())
