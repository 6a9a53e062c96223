"""HTTP words for the facts behind the numbers."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from sqlmodel import col, select

from directory.names import names
from kpi.definitions.queries import definition
from kpi.dimensions.queries import chosen
from kpi.dimensions.schemas import Asked, Dimension
from kpi.facts.model import MeasuredFact
from kpi.facts.schemas import FactRead
from kpi.measures import Code
from kpi.values.windows import YearMonth, first_day, number_of
from runtime.access import READERS, allowed
from runtime.routes import Query as Reading
from runtime.routes import QueryRoute, filled
from runtime.work import Work
from serving.paging import Page, Paging, page

router = APIRouter(prefix="/facts", tags=["facts"], route_class=QueryRoute)


@router.get("")
@allowed(*READERS)
async def search(
    work: Reading,
    paging: Paging,
    asked: Annotated[Asked, Depends(filled(Asked))],
    measure: Annotated[list[Code], Query(description="may be given more than once")] = [],  # noqa: B006
    kpi: Annotated[str | None, Query(description="a KPI's code: the measures of its newest formula")] = None,
    subject: Annotated[UUID | None, Query(description="the result, batch, deviation or investigation")] = None,
    from_: Annotated[YearMonth | None, Query(alias="from", description="first month")] = None,
    to: Annotated[YearMonth | None, Query(description="last month, included")] = None,
) -> Page[FactRead]:
    """What was measured, newest first, each with the event that proves it. Reversals are listed: values add up."""
    query = select(MeasuredFact)
    if kpi is not None:
        query = query.where(col(MeasuredFact.measure).in_((await definition(work, kpi)).measures))
    if measure:
        query = query.where(col(MeasuredFact.measure).in_(measure))
    if from_:
        query = query.where(MeasuredFact.month >= first_day(number_of(from_)))
    if to:
        query = query.where(MeasuredFact.month <= first_day(number_of(to)))
    for dimension, id in (await chosen(work, asked)).ids.items():
        query = query.where(col(getattr(MeasuredFact, dimension.column)).is_not_distinct_from(id))
    work.subject = None
    return await page(work, MeasuredFact, paging, {"subject_id": subject}, _shown, query)


async def _shown(work: Work, facts: Sequence[MeasuredFact]) -> list[FactRead]:
    ids = [getattr(fact, dimension.column) for fact in facts for dimension in Dimension]
    called = await names(work, ids, of_products=True)
    return [FactRead.of(fact, called) for fact in facts]
