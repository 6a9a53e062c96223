"""Lists: opaque cursors on (sort column, id), filters by field name, no COUNT."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Annotated, Any, Generic, TypeAlias, TypeVar
from uuid import UUID

import structlog
from fastapi import Depends, Query
from pydantic import BaseModel, Field, TypeAdapter, ValidationError
from sqlalchemy import JSON, Select, String, Uuid, column, func, inspect, or_, table, tuple_
from sqlmodel import select

from runtime.bodies import Plain
from runtime.problems import Problem, is_transient
from runtime.routes import filled
from runtime.work import Identified, Work
from serving import cursors
from serving.shown import Answer

log = structlog.get_logger()
Item = TypeVar("Item")
Model = TypeVar("Model", bound=Identified)
Filters: TypeAlias = Mapping[str, Any]
Statement: TypeAlias = Select[Any] | None
_SORTABLE = (str, object, int, bool, Decimal, date, datetime, UUID)
"""Python's types of columns; SQLModel's own text type says object, and so does JSON."""
_party = table("party", column("table_name", String), column("record_id", Uuid), column("organisation_id", Uuid))
Show: TypeAlias = Callable[[Work, Sequence[Model]], Awaitable[Sequence[Item]]]
"""Records in the form that readers see, in their order."""


class Unreadable(BaseModel):
    """A row that belongs here and cannot be shown."""

    id: UUID
    reason: str


class Page(Answer, Generic[Item]):
    """One page of a list; ``next`` is the cursor of the page after it, or null at the end."""

    items: Sequence[Item]
    next: str | None
    total: int | None = None
    """How many there are on all pages, where that was asked for."""
    unreadable: Sequence[Unreadable] = ()
    """Rows of this page that cannot be shown, each with the reason; nothing else is missing from it."""


def each(show: Callable[[Model], Item]) -> Show[Model, Item]:
    """Shows records for which nothing else is looked up."""

    async def show_all(_: Work, records: Sequence[Model]) -> list[Item]:
        return [show(record) for record in records]

    return show_all


LIMIT = "how many entries a page has at most"
SORT = "a field's name; with `-` largest first; records without a value come last"


@dataclass(frozen=True, slots=True)
class PageRequest:
    """What every list takes."""

    limit: Annotated[int, Field(ge=1, le=500), Plain, Query(description=LIMIT)] = 50
    cursor: Annotated[str | None, Query(description="`next` of the page before, in the same sort")] = None
    sort: Annotated[str, Query(description=SORT)] = "-id"
    count: Annotated[bool, Query(description="whether to count all that the filters find, as `total`")] = False


Paging = Annotated[PageRequest, Depends(filled(PageRequest))]


@dataclass(frozen=True, slots=True)
class PartRequest:
    """What a list in one order takes."""

    limit: Annotated[int, Field(ge=1, le=500), Plain, Query(description=LIMIT)] = 100
    cursor: Annotated[str | None, Query(description="`next` of the page before")] = None


Part = Annotated[PartRequest, Depends(filled(PartRequest))]


def own_records(model: type[Identified], partner_id: UUID) -> Select[Any]:
    """The ids of the records to which a partner is a party: what a partner's lists are driven from.

    By the policy alone, the whole table is walked until a page is full.
    """
    of_model = _party.c.table_name == model.__tablename__
    return select(_party.c.record_id).where(of_model, _party.c.organisation_id == partner_id)


def visible(work: Work, model: type[Identified]) -> Select[Any]:
    """The records of a model, for a partner driven from those to which it is a party."""
    if work.principal.partner_id is None:
        return select(model)
    return select(model).where(inspect(model).columns["id"].in_(own_records(model, work.principal.partner_id)))


def sortable(model: type[Identified]) -> dict[str, Any]:
    """The columns by which a list of a model can be sorted, with Python's types: a cursor can name each of them.

    Of a large table only those that an index sorts, or each page would read it whole. By ``id`` it is in the order in
    which its rows were made.
    """
    columns = {name: inspect(model).columns[name] for name in model.sorted_by or inspect(model).columns.keys()}
    kinds = {name: each.type.python_type for name, each in columns.items() if not isinstance(each.type, JSON)}
    return {name: kind for name, kind in kinds.items() if kind in _SORTABLE}


def _value(by: Any, kind: TypeAdapter[Any], value: str | None) -> Any:
    return None if value is None and by.nullable else kind.validate_strings(value)


def _behind(by: Any, id: Any, place: tuple[Any, ...], descending: bool) -> Any:
    """The condition of what comes behind a place. Rows without a value come last, in whichever direction."""
    value, last = place
    if value is None:
        return by.is_(None) & (id < last if descending else id > last)
    after = tuple_(by, id) < tuple_(*place) if descending else tuple_(by, id) > tuple_(*place)
    return or_(after, by.is_(None)) if by.nullable else after


def rows_of_page(model: type[Identified], asked: PageRequest, query: Select[Any]) -> Select[Any]:
    """Of a query's rows those of one page and one more, in its sort.

    Raises a 400 Problem for a sort column that the list does not have, or a cursor of another list or sort.
    """
    columns, sort, kinds = inspect(model).columns, asked.sort.removeprefix("-"), sortable(model)
    if sort not in kinds:
        raise Problem(400, "invalid-sort", f"cannot sort by {sort!r}; possible: {', '.join(sorted(kinds))}")
    by, id, descending = columns[sort], columns["id"], asked.sort.startswith("-")
    if asked.cursor:
        read = partial(_value, by, TypeAdapter(kinds[sort]))
        place = cursors.decode(f"{model.__name__} {asked.sort}", asked.cursor, read, UUID)
        query = query.where(_behind(by, id, place, descending))
    first, then = (by.desc(), id.desc()) if descending else (by.asc(), id.asc())
    # Of a column that always has a value nothing is said of those without, or its index would not serve.
    return query.order_by(first.nulls_last() if by.nullable else first, then).limit(asked.limit + 1)


async def page(
    work: Work, model: type[Model], asked: Paging, filters: Filters, show: Show[Model, Item], of: Statement = None
) -> Page[Item]:
    """One page of a model's records, or of those that ``of`` selects. Filters that are None do not count.

    Raises a 400 Problem for a sort column that the list does not have, or a cursor of another list or sort.
    """
    columns, sort, listing = inspect(model).columns, asked.sort.removeprefix("-"), f"{model.__name__} {asked.sort}"
    query = select(model) if of is None else of
    query = query.where(*[columns[name] == value for name, value in filters.items() if value is not None])
    if work.principal.partner_id and "parties" in columns:
        query = query.where(columns["id"].in_(own_records(model, work.principal.partner_id)))
    total = await _count(work, query) if asked.count else None
    rows = rows_of_page(model, asked, query)
    try:
        async with work.savepoint():
            records = list((await work.session.scalars(rows)).all())
            items, unreadable = list(await show(work, records[: asked.limit])), list[Unreadable]()
        keys = [(getattr(record, sort), record.id) for record in records]
    except Exception as error:
        if isinstance(error, Problem) or is_transient(error):
            raise
        keys = await _keys(work, rows.with_only_columns(columns[sort], columns["id"]))
        items, unreadable = await _one_by_one(work, model, [id for _, id in keys[: asked.limit]], show)
    more = cursors.encode(listing, *keys[asked.limit - 1]) if len(keys) > asked.limit else None
    return Page(items=items, next=more, total=total, unreadable=unreadable)


async def _count(work: Work, query: Select[Any]) -> int:
    return int(await work.session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0)


async def _keys(work: Work, rows: Select[Any]) -> list[Any]:
    try:
        return list(await work.session.execute(rows))
    except (OverflowError, ValueError) as error:
        raise Problem(422, "unreadable-sort", "by this, one row cannot be read: sort by another field") from error


async def _one_by_one(
    work: Work, model: type[Model], ids: Sequence[UUID], show: Show[Model, Item]
) -> tuple[list[Item], list[Unreadable]]:
    """What can be shown, and beside it what cannot: one bad row must not hide all others from everybody."""
    items, unreadable = list[Item](), list[Unreadable]()
    for id in ids:
        try:
            async with work.savepoint():
                items += await show(work, [await work.session.get_one(model, id)])
        except Exception as error:
            if is_transient(error):
                raise
            log.error("row cannot be shown", table=model.__tablename__, record=str(id), exc_info=error)
            # Of its fields what is wrong with them, of any other error no more than its name: the log has it.
            fields = error.errors() if isinstance(error, ValidationError) else []
            why = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in fields)
            unreadable.append(Unreadable(id=id, reason=why or f"it cannot be read ({type(error).__name__})"))
    return items, unreadable
