"""Lists: opaque cursors on (sort column, id), filters by field name, no COUNT."""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from fastapi import Depends, Query
from pydantic import BaseModel, TypeAdapter
from sqlalchemy import Select, String, Uuid, column, inspect, table, tuple_
from sqlmodel import select

from runtime.problems import Problem
from runtime.work import Identified, Work

Item = TypeVar("Item")
Model = TypeVar("Model", bound=Identified)
_SORTABLE = (str, object, int, bool, Decimal, date, datetime, UUID)
"""SQLModel's own text type says object."""
_party = table("party", column("table_name", String), column("record_id", Uuid), column("organisation_id", Uuid))


class Page(BaseModel, Generic[Item]):
    """One page of a list; ``next`` is the cursor of the page after it, or null at the end."""

    items: Sequence[Item]
    next: str | None


@dataclass(frozen=True, slots=True)
class PageRequest:
    """What every list takes."""

    limit: Annotated[int, Query(ge=1, le=500)] = 50
    cursor: Annotated[str | None, Query(description="`next` of the page before, in the same sort")] = None
    sort: Annotated[str, Query(description="a field's name; with `-` largest first")] = "-id"


Paging = Annotated[PageRequest, Depends()]


def _encode(listing: str, value: Any, id: UUID) -> str:
    """``listing`` is the list in its sort: in any other, the place after this value and id would be a wrong one."""
    return base64.urlsafe_b64encode(json.dumps({listing: [str(value), str(id)]}).encode()).decode().rstrip("=")


def _decode(listing: str, cursor: str, kind: Any) -> tuple[Any, UUID]:
    try:
        value, id = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))[listing]
        return TypeAdapter(kind).validate_strings(value), UUID(id)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Problem(400, "invalid-cursor", "no cursor of this list and sort: begin again without it") from error


def own_records(model: type[Identified], partner_id: UUID) -> Select[Any]:
    """The ids of the records to which a partner is a party: what a partner's lists are driven from.

    By the policy alone, the whole table is walked until a page is full.
    """
    return select(_party.c.record_id).where(
        _party.c.organisation_id == partner_id, _party.c.table_name == model.__tablename__
    )


async def page(
    work: Work,
    model: type[Model],
    request: PageRequest,
    filters: Mapping[str, Any],
    statement: Select[Any] | None = None,
) -> tuple[list[Model], str | None]:
    """One page of a model's records and the next cursor. Filters that are None do not count.

    Raises a 400 Problem for a sort column that the list does not have, or a cursor of another list or sort.
    """
    columns, sort = inspect(model).columns, request.sort.removeprefix("-")
    kinds = {name: column.type.python_type for name, column in columns.items() if not column.nullable}
    if kinds.get(sort) not in _SORTABLE:
        sortable = ", ".join(sorted(name for name, kind in kinds.items() if kind in _SORTABLE))
        raise Problem(400, "invalid-sort", f"cannot sort by {sort!r}; possible: {sortable}")
    descending, listing = request.sort.startswith("-"), f"{model.__name__} {request.sort}"
    by, id = columns[sort], columns["id"]
    query = select(model) if statement is None else statement
    query = query.where(*[columns[name] == value for name, value in filters.items() if value is not None])
    if work.principal.partner_id and "parties" in columns:
        query = query.where(id.in_(own_records(model, work.principal.partner_id)))
    if request.cursor:
        after = tuple_(*_decode(listing, request.cursor, kinds[sort]))
        query = query.where(tuple_(by, id) < after if descending else tuple_(by, id) > after)
    order = [by.desc(), id.desc()] if descending else [by.asc(), id.asc()]
    records = list((await work.session.scalars(query.order_by(*order).limit(request.limit + 1))).all())
    more = len(records) > request.limit
    records = records[: request.limit]
    return records, _encode(listing, getattr(records[-1], sort), records[-1].id) if more else None
