"""Reads of the facts behind the numbers."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

from sqlmodel import col, or_

from directory.names import names
from kpi.definitions.model import KpiDefinition
from kpi.definitions.queries import current
from kpi.dimensions.queries import resolve
from kpi.dimensions.schemas import Dimension
from kpi.facts.model import MeasuredFact
from kpi.facts.schemas import FactRead
from kpi.measures import Code
from kpi.values.windows import YearMonth, first_day, number_of
from runtime.problems import Problem
from runtime.work import Work
from serving.listing import Filter, column


async def _of_kpis(work: Work, codes: Sequence[str]) -> Any:
    found = (await work.session.scalars(current().where(col(KpiDefinition.code).in_(codes)))).all()
    for unknown in set(codes) - {each.code for each in found}:
        errors = [{"field": "query.kpi", "reason": "is no KPI's code", "value": unknown}]
        raise Problem(422, "invalid-request", f"there is no KPI {unknown}", errors=errors)
    return col(MeasuredFact.measure).in_({measure for each in found for measure in each.measures})


def _of(dimension: Dimension) -> Callable[[Work, Sequence[str]], Awaitable[Any]]:
    ids = col(getattr(MeasuredFact, dimension.column))

    async def condition(work: Work, words: Sequence[str]) -> Any:
        meant = [await resolve(work, dimension, word) for word in words]
        named = ids.in_([id for id in meant if id])
        return or_(named, ids.is_(None)) if None in meant else named

    return condition


_MONTH = col(MeasuredFact.month)
FILTERS = {
    "measure": column(MeasuredFact, "measure", Code, "a measure's code"),
    "kpi": Filter(str, _of_kpis, "a KPI's code: the measures of its newest formula"),
    "partner": Filter(str, _of(Dimension.partner), "a partner's id or number"),
    "site": Filter(str, _of(Dimension.site), "a site's id or number"),
    "product": Filter(str, _of(Dimension.product), "a product's id or code; `none` for what belongs to no product"),
    "subject": column(MeasuredFact, "subject_id", UUID, "the result, batch, deviation or investigation"),
    "from": Filter(YearMonth, lambda _, month: first_day(number_of(month)) <= _MONTH, "first month", many=False),
    "to": Filter(YearMonth, lambda _, month: first_day(number_of(month)) >= _MONTH, "last month, included", many=False),
}


async def show(work: Work, facts: Sequence[MeasuredFact]) -> list[FactRead]:
    """The facts with what their partners, sites and products are called."""
    ids = [getattr(fact, dimension.column) for fact in facts for dimension in Dimension]
    called = await names(work, ids, of_products=True)
    return [FactRead.of(fact, called) for fact in facts]
