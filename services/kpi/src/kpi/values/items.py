"""Putting numbers together: windows, groups, ratings and the link to the facts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from directory.names import Names, names
from kpi.definitions import queries as definitions
from kpi.definitions.model import Direction, KpiDefinition, KpiTarget, rate
from kpi.definitions.schemas import TargetRead
from kpi.dimensions.schemas import NONE, Chosen, Dimension
from kpi.facts.moments import days_between
from kpi.mergers.commands import absorbed
from kpi.mergers.model import AbsorbedPartner
from kpi.values import queries
from kpi.values.compute import compute
from kpi.values.queries import Group, Open, Sums
from kpi.values.schemas import OpenRead, ValueRead
from kpi.values.windows import Period, Window, first_day, number_of, reach, text_of, windows
from runtime.problems import Problem
from runtime.work import Work

RECENT = 120
"""Months of which numbers are given where nobody says from when: one old record hides no number of today."""
MOST_ITEMS = 5000
"""Numbers in one answer; who wants more asks for a narrower window."""


@dataclass(frozen=True)
class Question:
    """What a caller asks of a KPI. ``first`` and ``last`` are months' numbers; without them all there is."""

    definition: KpiDefinition
    chosen: Chosen
    by: Sequence[Dimension]
    period: Period
    first: int | None
    last: int | None
    facts_path: str


@dataclass(frozen=True)
class Known:
    """What the numbers are made of."""

    sums: Sums
    open: Open | None
    targets: Sequence[KpiTarget]
    absorbed: Mapping[UUID, AbsorbedPartner]
    names: Names
    as_of: datetime | None
    now: datetime


async def values(work: Work, question: Question) -> list[ValueRead]:
    """The numbers by group and window, oldest window first. Raises a 400 Problem where they are too many."""
    definition, by = question.definition, question.by
    earliest, latest = reach(question.period, question.first, question.last)
    sums = await queries.sums(work, definition.measures, question.chosen, by, earliest, latest)
    still_open = (
        await queries.still_open(work, definition.open_measure, question.chosen, by)
        if definition.open_measure
        else None
    )
    groups = _groups(by, sums, still_open)
    ids = [*question.chosen.ids.values(), *(id for group in groups for id in group)]
    known = Known(
        sums,
        still_open,
        (await definitions.targets(work, [definition.code]))[definition.code],
        await absorbed(work, [id for id in ids if id]),
        await names(work, ids, of_products=True),
        await queries.as_of(work, definition.measures),
        work.now,
    )
    spans = _windows(question, sums, work.now, len(groups))
    return [_item(question, known, group, window) for group in groups for window in spans]


def _groups(by: Sequence[Dimension], sums: Sums, still_open: Open | None) -> list[Group]:
    if not by:
        return [()]
    groups: Iterable[Group] = sums.by_group.keys() | (still_open.by_group.keys() if still_open else set())
    return sorted(groups, key=lambda group: [str(id or "") for id in group])


def _windows(question: Question, sums: Sums, now: datetime, groups: int) -> list[Window]:
    first, last, months = question.first, question.last, sums.months or {number_of(now.date())}
    if last is None:
        last = max(max(months), first or 0)
    if first is None:
        recent = 0 if question.period is Period.all else last - RECENT + 1
        first = max(min(*months, last), recent)
    if groups * (last - first + 1) > MOST_ITEMS and question.period is not Period.all:
        raise Problem(
            400, "too-many-values", f"{groups} times {last - first + 1} months: ask for fewer by `from` and `to`"
        )
    return windows(question.period, first, last)


def _item(question: Question, known: Known, group: Group, window: Window) -> ValueRead:
    definition = question.definition
    ids: dict[Dimension, UUID | None] = {**question.chosen.ids, **dict(zip(question.by, group, strict=True))}
    partner_id, site_id, product_id = (ids.get(dimension) for dimension in Dimension)
    computed = compute(definition, known.sums.within(group, window))
    merged = known.absorbed.get(partner_id) if partner_id else None
    over = merged if merged and merged.is_over(first_day(window.last)) else None
    concerned = [target for target in known.targets if target.concerns(partner_id, product_id) and not over]
    target = max(concerned, key=lambda target: target.precedence, default=None)
    direction = Direction(definition.direction)
    return ValueRead(
        partner=known.names.ref(partner_id),
        site=known.names.ref(site_id),
        product=known.names.ref(product_id),
        period=question.period,
        from_=text_of(window.first),
        to=text_of(window.last),
        value=computed.value,
        numerator=computed.numerator,
        denominator=computed.denominator,
        sample=computed.sample,
        unit=definition.unit,
        rating=rate(computed.value, computed.sample, definition.minimum_sample, direction, target),
        target=TargetRead.of(target, known.absorbed) if target else None,
        ended_on=over.ended_on if over else None,
        end_reason=over.end_reason if over else None,
        formula_version=definition.formula_version,
        as_of=known.as_of,
        open=_open(known.open, group, window, known.now) if known.open else None,
        facts=_facts(question, ids, window),
    )


def _open(still_open: Open, group: Group, window: Window, now: datetime) -> OpenRead:
    count, oldest = still_open.by_the_end_of(group, window)
    return OpenRead(count=count, oldest_days=None if oldest is None else days_between(oldest, now))


def _facts(question: Question, ids: Mapping[Dimension, UUID | None], window: Window) -> str:
    chosen = [(str(dimension), str(id or NONE)) for dimension, id in ids.items()]
    measures = [("measure", measure) for measure in question.definition.measures]
    months = [("from", text_of(window.first)), ("to", text_of(window.last))]
    return f"{question.facts_path}?{urlencode([*measures, *chosen, *months])}"
