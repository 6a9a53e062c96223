"""Which version of process limits counts for a batch, and how the batch stands to it: pure rules.

Nothing is rounded before it is compared. A moment that is known to the day or the month may be any of it: what holds
for one part of that and not for another, nobody can say.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import product
from typing import Final
from zoneinfo import ZoneInfo

from gxp.clocks import ONE_DAY, first_instant
from gxp.units import converted
from quality_events import clocks, moments
from quality_events.batches.stages import BatchStage, of_step
from quality_events.batches.works import plain
from quality_events.process_limits.terms import (
    Elsewhere,
    Judged,
    Limited,
    LimitsVersion,
    LongestTime,
    Making,
    Point,
    StepPoint,
    YieldRange,
)
from serving.canonical import sha256

_HOUR: Final = timedelta(hours=1)
_SHOWN: Final = 10_000
"""A fraction is shown to one part of so many."""
_READABLE: Final = 1_000_000
Span = tuple[datetime, datetime]
Found = tuple[bool | None, str]
Done = BatchStage | Elsewhere | None
"""What has a point of a time: None is the batch."""


class NotKnown(Exception):
    """Why something cannot be compared."""


def candidates(limited: Limited) -> list[LimitsVersion | None]:
    """The versions that may count: those in force on the local days on which the making may have begun.

    None stands for no version. Of a beginning that nobody stated it may be any.
    """
    made = limited.making
    if made.started_at is None:
        return [None, *sorted(limited.versions, key=_order)]
    first, last = (clocks.day_of(instant, made.zone) for instant in _span(made.started_at, made.zone))
    turns = {each.valid_from for each in limited.versions}
    turns |= {each.valid_to + ONE_DAY for each in limited.versions if each.valid_to}
    days = sorted({first, *(day for day in turns if first < day < last)})
    found = {each and each.id: each for day in days for each in [in_force(limited.versions, made, day)]}
    return [*found.values()]


def in_force(versions: Sequence[LimitsVersion], made: Making, day: date) -> LimitsVersion | None:
    """The version that counts on a day: the site's own goes before that of all the maker's sites.

    A later version ends the one before it, also where it was withdrawn since; one that was withdrawn from its first
    day on never counted, and ended none.
    """
    for site_id in (made.site_id, None):
        own = [each for each in versions if each.site_id == site_id and each.valid_from <= day and _ever_counted(each)]
        last = max(own, key=_order, default=None)
        if last and (last.valid_to is None or day <= last.valid_to):
            return last
    return None


def judged_yields(version: LimitsVersion, made: Making) -> list[Judged]:
    """How the batch stands to each limit of a yield (21 CFR 211.103)."""
    return [_yield(limit, version, made) for limit in version.yields]


def judged_times(version: LimitsVersion, made: Making) -> list[Judged]:
    """How the batch stands to each limit of a time (21 CFR 211.111)."""
    return [_time(limit, version.number, made) for limit in version.times]


def _order(version: LimitsVersion) -> tuple[date, int]:
    return version.valid_from, version.revision


def _ever_counted(version: LimitsVersion) -> bool:
    return version.valid_to is None or version.valid_from <= version.valid_to


def _yield(limit: YieldRange, version: LimitsVersion, made: Making) -> Judged:
    asked = f"{version.number} asks for {_number(limit.at_least)} to {_number(limit.at_most)} %"
    try:
        of = _stages(limit.step, made) if limit.step else [made]
    except NotKnown as why:
        return Judged(limit.name, f"{limit.name}: {why}; {asked}", None)
    holds, said = _of_all([_compared(one, limit, version) for one in of])
    if any(isinstance(one, Elsewhere) for one in of):
        return _apart(limit.name, asked, holds, said if len(of) == 1 else sha256(said))
    return Judged(limit.name, f"{limit.name}: {said}; {asked}", holds)


def _compared(one: BatchStage | Elsewhere | Making, limit: YieldRange, version: LimitsVersion) -> Found:
    """Whether what came of it lies inside, with what it is; of a stage elsewhere the digest of that."""
    if isinstance(one, Elsewhere):
        return one.inside.get(version.id), one.content
    try:
        found = _of_the_batch(one) if isinstance(one, Making) else _percent(one)
    except NotKnown as why:
        return None, str(why)
    holds = all(limit.at_least <= percent <= limit.at_most for percent, _ in found)
    return holds, " and ".join(words for _, words in found)


def _of_all(each: Sequence[Found]) -> Found:
    """Of several of one name each is judged: one that lies outside is no other's to hide, nor to leave in doubt."""
    verdicts = {holds for holds, _ in each}
    holds = False if False in verdicts else None if None in verdicts else True
    return holds, " and ".join(sorted({words for _, words in each}))


def _percent(of: BatchStage | Making) -> list[tuple[Fraction, str]]:
    """What came of it in per cent of what was planned. Raises NotKnown."""
    planned, actual = of.planned, of.actual
    if isinstance(of, BatchStage) and of.ended_at is None:
        raise NotKnown("it has not ended")
    if planned is None or actual is None:
        raise NotKnown(f"what {'was planned' if planned is None else 'came of it'} is not stated")
    came = converted(actual.value, actual.unit, planned.unit)
    if came is None:
        raise NotKnown(f"{actual.unit} and {planned.unit} cannot be compared")
    if not planned.value:
        raise NotKnown("nothing was planned")
    percent = Fraction(came) * 100 / Fraction(planned.value)
    amounts = f"{_number(actual.value)} {actual.unit} of {_number(planned.value)} {planned.unit}"
    return [(percent, f"{amounts}, {_number(percent)} %")]


def _of_the_batch(made: Making) -> list[tuple[Fraction, str]]:
    """By its quantities, and as its maker states it: of both, where both are known, each has to lie inside."""
    stated = made.yield_percent
    by_maker = [(Fraction(stated), f"{_number(stated)} % as its maker states it")] if stated is not None else []
    try:
        return [*_percent(made), *by_maker]
    except NotKnown:
        if by_maker:
            return by_maker
        raise


def _time(limit: LongestTime, number: str, made: Making) -> Judged:
    asked = f"{number} allows {_number(limit.hours)} h"
    content = _content(limit, made)
    try:
        holds, said = _of_all([_took(limit, since, until, made) for since, until in _pairs(limit, made)])
    except NotKnown as why:
        holds, said = None, str(why)
    if content:
        return _apart(limit.name, asked, holds, content)
    return Judged(limit.name, f"{limit.name}: {said}; {asked}", holds)


def _pairs(limit: LongestTime, made: Making) -> list[tuple[Done, Done]]:
    """From which stage to which it is judged: of one step in each, of two between each and each. Raises NotKnown."""
    since, until = ([*_stages(point.step, made)] if point else [None] for point in (limit.since, limit.until))
    if limit.since and limit.until and plain(limit.since.step) == plain(limit.until.step):
        return [*zip(since, until, strict=True)]
    return [*product(since, until)]


def _took(limit: LongestTime, begun: Done, ended: Done, made: Making) -> Found:
    """Whether it was no longer than is allowed, with how long it was."""
    try:
        since = _point(limit.since, begun, made, StepPoint.start)
        until = _point(limit.until, ended, made, StepPoint.end)
        if until[1] < since[0]:
            raise NotKnown("it ends before it begins, as that is stated")
    except NotKnown as why:
        return None, str(why)
    # Where both may lie in the same days the one may have come right after the other, and did not come before it.
    shortest, longest = max(_hours(until[0] - since[1]), Fraction(0)), _hours(until[1] - since[0])
    took = f"{_number(longest)} h" if shortest == longest else f"{_number(shortest)} to {_number(longest)} h"
    return True if longest <= limit.hours else False if shortest > limit.hours else None, took


def _apart(name: str, asked: str, holds: bool | None, content: str) -> Judged:
    """What a stage at another partner's site says: in words that tell nobody by how much, nor what is not known."""
    lies = {True: "it lies inside", False: "it lies outside", None: "nobody can say yet how it lies"}[holds]
    return Judged(name, f"{name}: done at another partner's site, {lies}; {asked}", holds, content)


def _content(limit: LongestTime, made: Making) -> str | None:
    """The digest of the times by which a limit is judged where one is of a stage elsewhere; None where none is."""
    steps = {plain(each.step) for each in (limit.since, limit.until) if each}
    away = [each for each in made.elsewhere if plain(each.step) in steps]
    every: list[BatchStage | Elsewhere] = [*away, *(each for each in made.stages if plain(each.step) in steps)]
    times = sorted(f"{each.step} {each.started_at} {each.ended_at}" for each in every)
    return sha256("\n".join([f"{made.started_at} {made.completed_at}", *times])) if away else None


def _point(point: Point | None, stage: Done, made: Making, of_batch: StepPoint) -> Span:
    """Between which instants it was, of a stage or of the batch. Raises NotKnown."""
    if point is None or stage is None:
        began = of_batch is StepPoint.start
        said, zone, what = (made.started_at if began else made.completed_at), made.zone, "the batch"
        which = "began" if began else "was completed"
    else:
        began = point.point is StepPoint.start
        said, zone = (stage.started_at if began else stage.ended_at), made.zones.get(stage.site_id, made.zone)
        what, which = point.step, "began" if began else "ended"
    if said is None:
        raise NotKnown(f"when {what} {which} is not stated")
    return _span(said, zone)


def _stages(step: str, made: Making) -> list[BatchStage | Elsewhere]:
    """The stages that are called so. Raises NotKnown where nobody stated one."""
    every: list[BatchStage | Elsewhere] = [*made.stages, *made.elsewhere]
    found = of_step(step, every)
    if not found:
        raise NotKnown(f"nobody stated a stage {step}")
    return found


def _span(said: str, zone: str) -> Span:
    """The first and the last instant of a moment as it was given: a day and a month are those of the site."""
    moment = moments.read(said)
    if isinstance(moment, datetime):
        return moment, moment
    local = ZoneInfo(zone)
    return first_instant(moments.sortable(moment), local), first_instant(moments.ends(moment) + ONE_DAY, local)


def _hours(time: timedelta) -> Fraction:
    return Fraction(time // timedelta.resolution, _HOUR // timedelta.resolution)


def _number(value: Decimal | Fraction) -> str:
    """As people read it, a fraction to four decimals; what is compared is exact."""
    if isinstance(value, Decimal):
        text = str(value)
        return text.rstrip("0").rstrip(".") if "." in text and "E" not in text else text
    if abs(value) > _READABLE:
        return f"more than {_READABLE}"
    short: int = round(value * _SHOWN)
    text = f"{'-' if short < 0 else ''}{abs(short) // _SHOWN}.{abs(short) % _SHOWN:04d}".rstrip("0").rstrip(".")
    return text if Fraction(short, _SHOWN) == value else f"about {text}"
