"""When a result is flagged (ALCOA+; MHRA, GXP Data Integrity Guidance, 2018; FDA, Data Integrity, 2018): pure rules.

A rule judges by what is known, and what nobody stated it does not judge. What is known does not depend on the order in
which it became so, and neither do the flags.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta, timezone
from typing import Final
from uuid import UUID

from contracts.data_integrity import FlagRule
from contracts.partner_feeds import TestStage
from contracts.sample_tracking import Evaluation
from sample_tracking.flags.evidence import Trace
from sample_tracking.results.applying import day_after, first_day, is_before
from sample_tracking.results.reading import dropped

ENTERED_WITHIN: Final = timedelta(hours=24)
CLOCKS_DIFFER: Final = timedelta(minutes=5)
"""By so much the clocks of two systems may differ."""
COPIED_LOTS: Final = 3
"""In so many lots nobody finds the same value to the last digit."""
COPIED_WITHIN: Final = timedelta(days=30)
"""Only so near to each other: in the course of years the same value comes again by chance."""
COPIED_DIGITS: Final = 4
COPIED_DECIMALS: Final = 2
"""So many significant digits, and decimals of them, a value has that does not come again by chance: 6.82, 101.3 and
100.00 do."""
_FIRST_ON_EARTH: Final = timezone(timedelta(hours=14))
_LAST_ON_EARTH: Final = timezone(timedelta(hours=-12))


Findings = Mapping[tuple[UUID, FlagRule], str]
"""Why a result is flagged, by the rule."""


def findings(traces: Iterable[Trace]) -> Findings:
    """What is raised by all of these together."""
    known = {one.id: one for one in traces}
    found = {(one.id, rule): why for one in known.values() for rule, judge in _OF_ONE.items() if (why := judge(one))}
    for rule, compare in _OF_SEVERAL.items():
        found |= {(id, rule): why for id, why in compare(list(known.values())).items()}
    return found


def not_judged(traces: Collection[Trace]) -> Mapping[FlagRule, str]:
    """The rules that could not judge some of these, each with what nobody stated."""
    lacking: dict[FlagRule, str] = {FlagRule.analyst_not_trained: "nothing is known of the trainings of analysts"}
    if any(_entered_at(one) is None and not one.amends for one in traces):
        lacking[FlagRule.entered_late] = "no system says when it was entered"
    if any(one.provenance.raw_data_digest is None for one in traces):
        lacking[FlagRule.raw_data_reused] = "nobody stated the digest of the raw data"
    if any(one.provenance.calibration_due is None for one in traces):
        lacking[FlagRule.calibration_overdue] = "nobody stated until when the instrument was calibrated"
    if any(one.lot_started_on is None for one in traces):
        lacking[FlagRule.tested_before_receipt] = "nobody told when the making of the lot began"
    if any(one.lot_expires is None for one in traces):
        lacking[FlagRule.tested_after_expiry] = "nobody told when the lot expires"
    return lacking


def _entered_late(one: Trace) -> str | None:
    entered = None if one.amends else _entered_at(one)
    if entered is None or entered - _end(one.occurred_at) <= ENTERED_WITHIN:
        return None
    return f"entered at {_text(entered)}, more than 24 hours after the test ({one.occurred_at})"


def _tested_before_receipt(one: Trace) -> str | None:
    if one.lot_started_on is None or one.stage not in (TestStage.release, TestStage.stability):
        return None
    before = is_before(one.occurred_at, None, one.lot_started_on)
    return f"tested {one.occurred_at}, before the making of the lot began" if before else None


def _tested_after_expiry(one: Trace) -> str | None:
    if one.lot_expires is None or one.stage is not TestStage.release:  # a study goes on beyond it
        return None
    after = _begin(one.occurred_at) > _end(one.lot_expires)
    return f"tested {one.occurred_at}, after the lot had expired ({one.lot_expires})" if after else None


def _clock_jump(one: Trace) -> str | None:
    entered, injected = one.provenance.entered_at, one.provenance.injected_at
    moments = [
        ("measured", injected, "entered", entered),
        ("measured", injected, "reported", one.reported_at),
        ("entered", entered, "reported", one.reported_at),
        ("tested", _begin(one.occurred_at), "reported", one.reported_at),
        ("entered in its revision before", one.entered_before, "entered", entered),
    ]
    for first, earlier, then, later in moments:
        if earlier and later and earlier - later > CLOCKS_DIFFER:
            return f"{then} at {_text(later)}, and {first} only at {_text(earlier)}"
    return None


def _raw_data_unknown(one: Trace) -> str | None:
    measured = one.value is not None and one.provenance.raw_data_digest is None
    if not measured or one.raw_data_since is None or one.raw_data_since >= one.reported_at:
        return None
    return f"its raw data are not stated; the laboratory states those of {one.test} since {_text(one.raw_data_since)}"


def _edited_after_review(one: Trace) -> str | None:
    return "it stands in the place of a revision that was reviewed already" if one.edits_reviewed else None


def _units_dropped(one: Trace) -> str | None:
    missing = sorted({each for before in one.units_before for each in dropped(before, one.units)})
    if not missing:
        return None
    lacking = ", ".join(map(str, missing))
    return f"a stage of its test asked for further units, and of those found by then it lacks {lacking}"


def _value_contradicted(one: Trace) -> str | None:
    if one.contradicted is None:
        return None
    return f"its {len(one.units)} determinations give another value than {one.contradicted}, and it is judged by them"


def _provenance_dropped(one: Trace) -> str | None:
    missing = sorted(name for name in one.stated_before if getattr(one.provenance, name, None) is None)
    return f"a revision before it stated {', '.join(missing)}, which it leaves out" if missing else None


def _calibration_overdue(one: Trace) -> str | None:
    due = one.provenance.calibration_due
    if due is None or first_day(one.occurred_at) <= due:
        return None
    return f"the calibration of {one.provenance.instrument or 'the instrument'} was due on {due}"


def _raw_data_reused(traces: Sequence[Trace]) -> Mapping[UUID, str]:
    """By another lot, or in another set of the same lot. A later revision of a record has its raw data, too."""
    found: dict[UUID, str] = {}
    for group in _grouped(traces, _raw_data):
        for one in group:
            others = [each for each in group if each.set_id != one.set_id and (each.record or each.id) != one.record]
            if others:
                lots = ", ".join(sorted({each.lot_number for each in others}))
                found[one.id] = f"its raw data are also those of a result of lot {lots}"
    return found


def _copied_values(traces: Sequence[Trace]) -> Mapping[UUID, str]:
    found: dict[UUID, str] = {}
    for group in _grouped(traces, _copyable):
        in_time = sorted(group, key=lambda one: (first_day(one.occurred_at), one.id))
        for first in in_time:
            until = first_day(first.occurred_at) + COPIED_WITHIN
            near = [one for one in in_time if first_day(first.occurred_at) <= first_day(one.occurred_at) <= until]
            if len({one.lot_id for one in near}) >= COPIED_LOTS:
                lots = {one.lot_id: one.lot_number for one in near}
                found |= {one.id: _same_in(one, lots) for one in near if one.id not in found}
    return found


def _after_oos(traces: Sequence[Trace]) -> Mapping[UUID, str]:
    found: dict[UUID, str] = {}
    for group in _grouped(traces, lambda one: (*one.laboratory, one.lot_id, one.test, one.stage, one.pull)):
        failed = [one for one in group if one.evaluation is Evaluation.out_of_specification]
        for one in group:
            began = _injected_at(one)
            if began is None or one.evaluation is Evaluation.out_of_specification:
                continue
            if any(
                began < then for each in failed if each.reported_at < one.reported_at and (then := _injected_at(each))
            ):
                found[one.id] = (
                    f"measured at {_text(began)}, before what is out of specification, and reported after that"
                )
    return found


_OF_ONE: Final[Mapping[FlagRule, Callable[[Trace], str | None]]] = {
    FlagRule.entered_late: _entered_late,
    FlagRule.tested_before_receipt: _tested_before_receipt,
    FlagRule.tested_after_expiry: _tested_after_expiry,
    FlagRule.clock_jump: _clock_jump,
    FlagRule.raw_data_unknown: _raw_data_unknown,
    FlagRule.edited_after_review: _edited_after_review,
    FlagRule.units_dropped: _units_dropped,
    FlagRule.value_contradicted: _value_contradicted,
    FlagRule.provenance_dropped: _provenance_dropped,
    FlagRule.calibration_overdue: _calibration_overdue,
}
_OF_SEVERAL: Final[Mapping[FlagRule, Callable[[Sequence[Trace]], Mapping[UUID, str]]]] = {
    FlagRule.raw_data_reused: _raw_data_reused,
    FlagRule.copied_values: _copied_values,
    FlagRule.after_oos: _after_oos,
}


def _entered_at(one: Trace) -> datetime | None:
    """When it was entered: by a person here, or in the laboratory's system, which alone says when."""
    return one.reported_at if one.by_hand else one.provenance.entered_at


def _injected_at(one: Trace) -> datetime | None:
    """When its measurement began, as far as that is known to the instant."""
    if one.provenance.injected_at:
        return one.provenance.injected_at
    return datetime.fromisoformat(one.occurred_at) if "T" in one.occurred_at else None


def _copyable(one: Trace) -> tuple[object, ...] | None:
    """By what a value is the same in several lots; None of a count, a word, a limit, and of a short number."""
    if one.value is None or one.qualified or not one.value.is_finite():
        return None
    _, digits, exponent = one.value.normalize().as_tuple()
    if not isinstance(exponent, int) or exponent > -COPIED_DECIMALS or len(digits) < COPIED_DIGITS:
        return None
    return *one.laboratory, one.material, one.test, one.stage, one.pull, one.unit, str(one.value)


def _same_in(one: Trace, lots: Mapping[UUID, str]) -> str:
    others = ", ".join(sorted(number for id, number in lots.items() if id != one.lot_id))
    return f"{one.value} to the last digit also in lot {others}, within {COPIED_WITHIN.days} days"


def _raw_data(one: Trace) -> tuple[object, ...] | None:
    digest = one.provenance.raw_data_digest
    return (*one.laboratory, digest) if digest else None


def _grouped(traces: Sequence[Trace], key: Callable[[Trace], object]) -> Collection[Sequence[Trace]]:
    groups: dict[object, list[Trace]] = defaultdict(list)
    for one in sorted(traces, key=lambda one: one.id):
        if (by := key(one)) is not None:
            groups[by].append(one)
    return groups.values()


def _begin(moment: str) -> datetime:
    """The first instant of a moment, whichever zone its day is of."""
    if "T" in moment:
        return datetime.fromisoformat(moment)
    return datetime.combine(first_day(moment), time(), _FIRST_ON_EARTH).astimezone(UTC)


def _end(moment: str) -> datetime:
    """The last instant of a moment: its day or month ends with the last on Earth."""
    if "T" in moment:
        return datetime.fromisoformat(moment)
    return datetime.combine(day_after(moment), time(), _LAST_ON_EARTH).astimezone(UTC)


def _text(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="minutes").replace("+00:00", "Z")
