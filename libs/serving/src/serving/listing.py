"""Lists over HTTP: repeatable filters, a typed sort of public columns, a cursor, and a total for who asks for it."""

import inspect
import keyword
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel
from sqlalchemy import DateTime, Select, String, or_
from sqlalchemy import inspect as mapper_of
from sqlmodel import select

from contracts import Day, Holder, Role
from contracts.described import REPEATABLE
from runtime.access import allowed
from runtime.problems import Problem
from runtime.routes import Query as Reading
from runtime.routes import QueryRoute
from runtime.work import Identified, Work
from serving.paging import SORT, Page, PageRequest, Show, page, sortable


@dataclass(frozen=True, slots=True)
class Filter:
    """A parameter of a list, and the condition that follows: of several values any, where it is repeatable.

    A condition for which something has to be looked up is awaited.
    """

    kind: Any
    where: Callable[[Work, Any], Any]
    about: str = ""
    many: bool = True


Filters = Mapping[str, Filter]
_DAY = timedelta(days=1)


def equal(model: type[Identified], *names: str, **kinds: Any) -> dict[str, Filter]:
    """Filters by columns of the model under their own names, of the type that the model or else ``kinds`` says."""
    types = {name: model.model_fields[name].annotation for name in names} | kinds
    return {name: column(model, name, kind) for name, kind in types.items()}


def column(model: type[Identified], name: str, kind: Any = str, about: str = "") -> Filter:
    """A filter by a column that is known by another name."""
    found = mapper_of(model).columns[name]
    return Filter(kind, lambda _, values: found.in_(values), about)


def whether(condition: Callable[[Work], Any], about: str) -> Filter:
    """A filter by what holds of a record, or with ``false`` by what does not."""
    return Filter(bool, lambda work, yes: condition(work) if yes else ~condition(work), f"whether {about}", many=False)


def days(of: Any, happened: str, which: str = "") -> dict[str, Filter]:
    """Filters ``from`` and ``to`` by a column of days, of instants or of texts that begin with a day, both included.

    An instant's day is that of UTC. Of a list's several spans ``which`` begins the names.
    """

    instants = isinstance(of.type, DateTime)
    utc = ", in UTC" if instants else ""

    def begin(day: date) -> Any:
        if isinstance(of.type, String):
            return day.isoformat()
        return datetime.combine(day, time(), UTC) if instants else day

    return {
        f"{which}from": Filter(
            Day, lambda _, day: of >= begin(day), f"{happened} on this day or later{utc}", many=False
        ),
        f"{which}to": Filter(
            Day, lambda _, day: of < begin(day + _DAY), f"{happened} on this day or earlier{utc}", many=False
        ),
    }


def check_span(first: Any, last: Any, which: str = "") -> None:
    """Raise a 422 Problem for a span of time that ends before it begins: it would find nothing, and not say why."""
    if first is not None and last is not None and first > last:
        reason = f"{first} lies after `{which}to`, which is {last}"
        errors = [{"field": f"query.{which}from", "reason": reason, "value": str(first)}]
        raise Problem(422, "invalid-request", f"`{which}from` {reason}", errors=errors)


def whose_turn(model: type[Identified]) -> dict[str, Filter]:
    """Filters by who owes the next step, for records that wait."""
    return {
        "waiting_for": Filter(Holder, _held_by(model), "whose turn it is"),
        "waiting_for_partner_id": column(model, "awaited_partner_id", UUID, "which partner's turn it is"),
    }


def _held_by(model: Any) -> Callable[[Work, Any], Any]:
    side = mapper_of(model).columns["awaited_side"]

    def condition(_: Work, holders: Collection[Holder]) -> Any:
        held = side.in_([holder for holder in holders if holder is not Holder.nobody])
        return or_(held, side.is_(None)) if Holder.nobody in holders else held

    return condition


def add(
    router: APIRouter,
    path: str,
    model: type[Any],
    read: type[BaseModel],
    show: Show[Any, Any],
    filters: Filters,
    *,
    readers: Collection[Role],
    about: str,
    of: Callable[[Work], Select[Any]] | None = None,
    sorts: Collection[str] = (),
) -> None:
    """Add the list of a model's records, or of those that ``of`` selects, to a router.

    It is sorted by a column that its readers see under its own name, or by one of ``sorts``. Raises TypeError for a
    filter with the name of what every list takes.
    """
    if taken := _PAGING.keys() & filters.keys():
        raise TypeError(f"every list takes {', '.join(sorted(taken))}")
    spans = [name.removesuffix("from") for name in filters if name.endswith("from")]
    named = {f"{name}_" if keyword.iskeyword(name) else name: name for name in filters}

    async def search(*, work: Work, limit: int, cursor: str | None, sort: str, count: bool, **given: Any) -> Page[Any]:
        for which in spans:
            check_span(given.get(f"{which}from" if which else "from_"), given.get(f"{which}to"), which)
        asked = [filters[named[name]].where(work, value) for name, value in given.items() if value is not None]
        asked = [await each if inspect.isawaitable(each) else each for each in asked]
        query = (of(work) if of else select(model)).where(*asked)
        return await page(work, model, PageRequest(limit, cursor, sort, count), {}, show, query)

    parameters = [_parameter(name, _annotated(filters[public], public)) for name, public in named.items()]
    parameters += [_parameter(name, kind, default) for name, (kind, default) in _PAGING.items()]
    by = _LITERAL[tuple(_sorts(model, {*read.model_fields, *sorts}))]
    parameters += [_parameter("sort", _ANNOTATED[by, Query(description=SORT)], "-id")]
    parameters += [_parameter("work", Reading, inspect.Parameter.empty)]
    search.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    search.__doc__ = about
    options: Any = {"response_model": _PAGE[read], "name": "list"}
    router.add_api_route(path, allowed(*readers)(search), route_class_override=QueryRoute, **options)


_LITERAL: Any = Literal
_LIST: Any = list
_ANNOTATED: Any = Annotated
_PAGE: Any = Page
"""Types that are put together from values, which a type checker does not take."""
_PAGING: Mapping[str, tuple[Any, Any]] = {
    field.name: (field.type, field.default) for field in fields(PageRequest) if field.name != "sort"
}
"""What every list takes, beside a sort of its own."""


def _parameter(name: str, annotation: Any, default: Any = None) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation, default=default)


def _annotated(filter: Filter, name: str) -> Any:
    about = f"{filter.about}; repeatable: any of them" if filter.about else REPEATABLE
    description = about if filter.many else filter.about
    kind = _LIST[filter.kind] if filter.many else filter.kind
    return _ANNOTATED[kind | None, Query(alias=name, description=description)]


def _sorts(model: type[Identified], shown: Collection[str]) -> list[str]:
    """What is shown of the model's columns, each way."""
    return [sign + name for name in sorted(sortable(model).keys() & set(shown)) for sign in ("", "-")]
