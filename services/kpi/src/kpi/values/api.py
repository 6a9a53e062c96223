"""HTTP words for a KPI's numbers."""

from bisect import bisect_right
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from kpi.definitions import queries as definitions
from kpi.definitions.api import FormulaVersion
from kpi.dimensions.queries import chosen
from kpi.dimensions.schemas import Asked, Dimension
from kpi.facts.api import router as facts
from kpi.values.items import MOST_ITEMS, RECENT, Question, values
from kpi.values.schemas import ValueRead
from kpi.values.windows import Period, YearMonth, number_of
from runtime.access import READERS, allowed
from runtime.bodies import Plain
from runtime.problems import Problem
from runtime.routes import Query as Reading
from runtime.routes import QueryRoute, filled
from serving import cursors
from serving.listing import check_span
from serving.paging import Page
from serving.shown import Ref

_FROM = f"first month; default: the first there is, at most {RECENT} months back; of `all` the first in any case"
Limit = Annotated[int, Field(ge=1, le=MOST_ITEMS), Plain, Query()]
router = APIRouter(prefix="/kpis", tags=["kpis"], route_class=QueryRoute)


def _dimensions(words: list[str]) -> list[Dimension]:
    given = [word.strip() for words_ in words for word in words_.split(",") if word.strip()]
    try:
        return list(dict.fromkeys(Dimension(word) for word in given))
    except ValueError as error:
        raise Problem(422, "invalid-request", f"`by` takes {', '.join(Dimension)}, separated by commas") from error


@router.get("/{code}/values")
@allowed(*READERS)
async def read_values(
    code: str,
    work: Reading,
    asked: Annotated[Asked, Depends(filled(Asked))],
    by: Annotated[list[str], Query(description="`partner`, `site`, `product`, separated by commas")] = [],  # noqa: B006
    period: Period = Period.month,
    from_: Annotated[YearMonth | None, Query(alias="from", description=_FROM)] = None,
    to: Annotated[YearMonth | None, Query(description="last month, included; default: the last there is")] = None,
    formula_version: FormulaVersion = None,
    limit: Limit = MOST_ITEMS,
    cursor: Annotated[str | None, Query(description="`next` of the page before, with the same parameters")] = None,
    count: Annotated[bool, Query(description="whether to count all numbers, as `total`")] = False,
) -> Page[ValueRead]:
    """A KPI's numbers by period and by partner, site or product, oldest first.

    A window ends in each month from `from` to `to` (a quarter contains one of them; `all` is the whole of them). Months
    are those of UTC. A window without data has no value and is not rated. Every number leads to its facts.
    """
    check_span(from_, to)
    first, last = (None if month is None else number_of(month) for month in (from_, to))
    question = Question(
        definition=await definitions.definition(work, code, formula_version),
        chosen=await chosen(work, asked),
        by=_dimensions(by),
        period=period,
        first=first,
        last=last,
        facts_path=f"{work.root_path}/v1{facts.prefix}",
    )
    return _page(await values(work, question), question.by, limit, cursor, count)


def _page(
    items: list[ValueRead], by: Sequence[Dimension], limit: int, cursor: str | None, count: bool
) -> Page[ValueRead]:
    """Of numbers in the order of their groups and windows those after the cursor."""
    keys = [[*(_id(getattr(item, dimension)) for dimension in by), item.to] for item in items]
    parts = [str] * (len(by) + 1)
    start = bisect_right(keys, list(cursors.decode("values", cursor, *parts))) if cursor else 0
    end = start + limit
    more = cursors.encode("values", *keys[end - 1]) if end < len(items) else None
    return Page(items=items[start:end], next=more, total=len(items) if count else None)


def _id(reference: Ref | None) -> str:
    return str(reference.id) if reference else ""
