"""By which revisions of a product's specifications a result is judged: pure rules."""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from contracts import Moment
from contracts.sample_tracking import AppliesTo, SpecificationPurpose
from gxp.evaluation import InForce

_A_MONTH: Final = len("2026-02")
_ONE_DAY: Final = timedelta(1)


@dataclass(frozen=True, slots=True)
class Revision:
    """A revision that has come into force."""

    limits: InForce
    purpose: str
    number: int
    effective_from: date
    applies_to: AppliesTo
    in_force: bool
    """Whether none has taken its place."""

    @property
    def for_all(self) -> bool:
        """Whether it holds from its day on for all lots that are open."""
        return self.applies_to is AppliesTo.all_open_lots

    @property
    def line(self) -> tuple[str, str]:
        """Of the revisions with the same market and purpose one is in force."""
        return self.limits.market or "", self.purpose


def first_day(moment: Moment) -> date:
    """The day of a moment, an instant's in UTC, a month's first."""
    if isinstance(moment, datetime):
        return moment.astimezone(UTC).date()
    text = moment if isinstance(moment, str) else moment.isoformat()
    return date.fromisoformat(f"{text}-01" if len(text) == len("2026-02") else text[: len("2026-02-01")])


def day_after(moment: str) -> date:
    """The first day after a moment's day or month."""
    first = first_day(moment)
    return first + (timedelta(monthrange(first.year, first.month)[1]) if len(moment) == _A_MONTH else _ONE_DAY)


def is_before(moment: str, zone: str | None, started_on: date) -> bool:
    """Whether a moment lies wholly before a day in UTC. Days and months are of the zone; of none that is known they
    end with the last on Earth."""
    if "T" in moment:
        return first_day(moment) < started_on
    ends = datetime.combine(day_after(moment), time(), ZoneInfo(zone or "Etc/GMT+12")) - timedelta(microseconds=1)
    return ends.astimezone(UTC).date() < started_on


def judging(revisions: Iterable[Revision], made_on: date | None, tested_on: date) -> list[InForce]:
    """The revisions that judge a result as it is recorded.

    For each market and purpose that is the one in force when the lot was made, unless a later one holds for all open
    lots. What was tested before such a one is held against both. Of a lot whose day of making is not known, or lies
    before the first revision, it is the one in force now.
    """
    found: list[InForce] = []
    for line in _lines(revisions):
        first = _of_the_day(line, made_on, tested_on) or next((each for each in line if each.in_force), None)
        if first:
            found += [first.limits, *_after(line, first, tested_on)]
    return found


def judging_stored(revisions: Iterable[Revision], made_on: date | None, tested_on: date) -> list[InForce]:
    """The revisions that must have judged a result that is stored, by all that is known now.

    Where the day of making is not known, or lies before the first revision, only one for all open lots looks back.
    """
    found: list[InForce] = []
    for line in _lines(revisions):
        if first := _of_the_day(line, made_on, tested_on):
            found += [first.limits, *_after(line, first, tested_on)]
        else:
            found += [each.limits for each in line if each.in_force and each.for_all]
    return found


def own_of(revisions: Iterable[Revision], market: str, made_on: date | None, today: date) -> UUID | None:
    """The specification for release of a market's own that judges a lot; None where those for every market do alone."""
    own = [each for each in revisions if each.line == (market, SpecificationPurpose.release)]
    return next((each.specification_id for each in reversed(judging(own, made_on, today))), None)


def _lines(revisions: Iterable[Revision]) -> Iterable[list[Revision]]:
    in_lines = sorted(revisions, key=lambda each: (*each.line, each.number))
    return (list(line) for _, line in groupby(in_lines, key=lambda each: each.line))


def _of_the_day(line: Sequence[Revision], made_on: date | None, tested_on: date) -> Revision | None:
    if made_on is None:
        return None
    held = [
        each for each in line if each.effective_from <= made_on or (each.for_all and each.effective_from <= tested_on)
    ]
    # One of before the lot was made is needed: else nobody knows by what the lot was planned.
    return held[-1] if any(each.effective_from <= made_on for each in held) else None


def _after(line: Sequence[Revision], first: Revision, tested_on: date) -> list[InForce]:
    later = (each for each in line if each.number > first.number and each.for_all)
    return [each.limits for each in later if each.effective_from > tested_on]
