"""Reading sums and what is still open."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from kpi.dimensions.schemas import Chosen, Dimension
from kpi.values.compute import Cell
from kpi.values.windows import Window, first_day, number_of
from runtime.work import Work

Group = tuple[UUID | None, ...]
"""The ids of the dimensions that are broken down by, in the caller's order."""

_AS_OF = "SELECT max(as_of) FROM freshness WHERE measure = ANY($1::text[])"


def _grouped(by: Sequence[Dimension]) -> str:
    return "".join(f", {dimension.column}" for dimension in by)


@dataclass
class Sums:
    """Sums by group and month."""

    by_group: dict[Group, dict[int, list[Cell]]] = field(default_factory=dict)

    @property
    def months(self) -> set[int]:
        """The months of which there is anything."""
        return {month for months in self.by_group.values() for month in months}

    def within(self, group: Group, window: Window) -> list[Cell]:
        """The sums of a group in a window."""
        months = self.by_group.get(group, {})
        return [cell for month in range(window.first, window.last + 1) for cell in months.get(month, ())]


async def sums(
    work: Work, measures: Sequence[str], chosen: Chosen, by: Sequence[Dimension], first: int | None, last: int | None
) -> Sums:
    """The sums of measures by month and group. What lies outside ``first`` to ``last`` is not read."""
    conditions, ids = chosen.conditions(first_parameter=4)
    rows = await work.connection.fetch(
        f"SELECT month, measure, level, sum(count)::bigint AS count, sum(total) AS total{_grouped(by)} "  # noqa: S608
        "FROM bucket WHERE measure = ANY($1::text[]) "
        "AND month BETWEEN coalesce($2::date, '-infinity') AND coalesce($3::date, 'infinity') "
        f"{conditions} GROUP BY month, measure, level{_grouped(by)} HAVING sum(count) <> 0 OR sum(total) <> 0",
        list(measures),
        None if first is None else first_day(first),
        None if last is None else first_day(last),
        *ids,
    )
    found: dict[Group, dict[int, list[Cell]]] = {}
    for row in rows:
        group = tuple(row[dimension.column] for dimension in by)
        cell = Cell(row["measure"], row["level"], row["count"], row["total"])
        found.setdefault(group, defaultdict(list))[number_of(row["month"])].append(cell)
    return Sums(found)


@dataclass
class Open:
    """What is open now: by group and by the month in which it began, how many and the oldest's beginning."""

    by_group: dict[Group, list[tuple[int, int, datetime]]]

    def by_the_end_of(self, group: Group, window: Window) -> tuple[int, datetime | None]:
        """How many of what is open began by the end of a window, and when the oldest did."""
        begun = [(count, oldest) for month, count, oldest in self.by_group.get(group, ()) if month <= window.last]
        return sum(count for count, _ in begun), min((oldest for _, oldest in begun), default=None)


async def still_open(work: Work, measure: str, chosen: Chosen, by: Sequence[Dimension]) -> Open:
    """What is open now. An index holds only what counts, so what was closed long ago costs nothing."""
    conditions, ids = chosen.conditions(first_parameter=2)
    rows = await work.connection.fetch(
        f"SELECT month, count(*) AS count, min(occurred_at::timestamptz) AS oldest{_grouped(by)} "  # noqa: S608
        "FROM measured_fact WHERE measure = $1 AND reversed_by IS NULL AND reverses IS NULL"
        f"{conditions} GROUP BY month{_grouped(by)}",
        measure,
        *ids,
    )
    found: dict[Group, list[tuple[int, int, datetime]]] = defaultdict(list)
    for row in rows:
        group = tuple(row[dimension.column] for dimension in by)
        found[group].append((number_of(row["month"]), row["count"], row["oldest"]))
    return Open(found)


async def as_of(work: Work, measures: Sequence[str]) -> Any:
    """When the newest fact of these measures was recorded that was applied and that the caller may see."""
    return await work.connection.fetchval(_AS_OF, list(measures))
