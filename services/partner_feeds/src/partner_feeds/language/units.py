"""Whether the units of a mapping's columns agree with what its records use them for."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from gxp.units import converted
from partner_feeds.language.columns import Column, NumberColumn
from partner_feeds.language.rules import BatchCompletionRule, BatchStartRule, TestResultRule

if TYPE_CHECKING:
    from partner_feeds.language import mapping as language

_SHARES = ("%", "[ppm]", "[ppb]")


def fixed_unit(column: Column | None) -> str | None:
    """The unit that a column's numbers have in each row; None where they have none, or each row says its own."""
    return column.unit if isinstance(column, NumberColumn) and column.unit_column is None else None


def unit_faults(mapping: "language.Mapping") -> Iterator[str]:
    """Numbers that would be taken in another unit than their column's."""
    columns = mapping.columns
    for name, column in columns.items():
        if isinstance(column, NumberColumn) and (fault := _why_not_in_its_unit(column.limit_column, name, columns)):
            yield f"columns.{name}.limit_column: {fault}"
    for place, rule in enumerate(mapping.records):
        if isinstance(rule, TestResultRule):
            yield from _of_replicates(rule, columns)
            yield from _of_limits(f"records[{place}].limits", rule, columns)
        if isinstance(rule, BatchStartRule):
            yield from _of_a_quantity(f"records[{place}].planned_quantity", rule.planned_quantity, columns)
        if isinstance(rule, BatchCompletionRule):
            yield from _of_a_quantity(f"records[{place}].actual_quantity", rule.actual_quantity, columns)
            yield from _of_yields(f"records[{place}]", rule, columns)


def _of_replicates(rule: TestResultRule, columns: Mapping[str, Column]) -> Iterator[str]:
    for name, group in rule.replicates.items():
        if len({fixed_unit(columns.get(each)) for each in group.columns} - {None}) > 1:
            yield f"records: the determinations of {name} are in different units: give their columns the same"


def _of_limits(where: str, rule: TestResultRule, columns: Mapping[str, Column]) -> Iterator[str]:
    """A limit goes with its result as a number, in the result's unit."""
    results = dict.fromkeys((*rule.tests, *filter(None, [rule.value])))
    results |= dict.fromkeys(each for group in rule.replicates.values() for each in group.columns)
    for bound in ("lower", "upper") if rule.limits else ():
        limit = getattr(rule.limits, bound)
        for result in results:
            if fault := _why_not_in_its_unit(limit, result, columns):
                yield f"{where}.{bound}: {fault}"
                break


def _why_not_in_its_unit(limit: str | None, result: str, columns: Mapping[str, Column]) -> str | None:
    """Why a limit cannot be said of a result; None where it can, or where only a row tells."""
    own, given = fixed_unit(columns.get(result)), fixed_unit(columns.get(limit or ""))
    if own is None or given in (None, own):
        return None
    left = "leave the limit away, or let the laboratory state both in one unit"
    return f"the limit is in {given}, and the value is not: {limit} would be taken in {own}, as {result} is; {left}"


def _of_a_quantity(where: str, name: str | None, columns: Mapping[str, Column]) -> Iterator[str]:
    unit = fixed_unit(columns.get(name or ""))
    if unit in _SHARES or _is_a_temperature(unit):
        yield f"{where}: {name} is in {unit}, and a quantity is a mass, a volume or a count, such as kg or {{tablet}}"


def _of_yields(where: str, rule: BatchCompletionRule, columns: Mapping[str, Column]) -> Iterator[str]:
    column = columns.get(rule.yield_percent or "")
    if isinstance(column, NumberColumn) and column.unit_column:
        yield f"{where}.yield_percent: is in %, and {rule.yield_percent} has the unit of each row: say stage_yields"
    elif (unit := fixed_unit(column)) not in (None, "%"):
        yield f"{where}.yield_percent: is in %, and {rule.yield_percent} in {unit}: say stage_yields, which have units"
    for name in rule.stage_yields:
        if _is_a_temperature(unit := fixed_unit(columns.get(name))):
            yield f"{where}.stage_yields: {name} is in {unit}, and a yield is no temperature"


def _is_a_temperature(unit: str | None) -> bool:
    return unit is not None and converted(Decimal(1), unit, "K") is not None
