"""The routes of one kind of record. A transition is declared once, on its model; what HTTP needs follows from it."""

import asyncio
import inspect
import re
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar
from uuid import UUID

from fastapi import Response
from pydantic import BaseModel
from sqlalchemy import Select

from contracts import Fact, Role
from runtime.access import READERS, allowed
from runtime.bodies import Because
from runtime.lifecycle import Transition, steps, table
from runtime.routes import Command, CommandRoute, QueryRoute
from runtime.routes import Query as Reading
from runtime.turns import Waiting
from runtime.work import Versioned, Work
from serving import history, listing, signatures
from serving.history import HistoryEntry
from serving.paging import Page, Part, Show, each
from serving.printed import Form, pdf
from serving.shown import Allowed, Shown, waiting_for
from serving.withheld import Records, withheld

M = TypeVar("M", bound=Versioned)
Item = TypeVar("Item", bound=Shown)
Find = Callable[[Work, Any], Awaitable[M]]
Run = Callable[..., Awaitable[M]]
_NO_BODY: Any = Because | None
"""That of a step that takes nothing: why it is taken may be said, for the audit."""
_GIVEN: Mapping[str, Callable[[Work], Any]] = {"now": lambda work: work.now, "by": lambda work: work.principal.subject}
"""What each transition may have by the name of a parameter, beside the fields of the body and what is looked up."""


class Actions(Generic[M, Item]):
    """Routes of a collection: creation, one for each transition, one record, and the list.

    ``show`` gives records as readers see them, in their order; where nothing is said, by ``read``'s fields. ``find``
    looks up what stands in the path; where nothing is said, by id. ``noun`` names one record, where the model's name
    does not. ``loads`` look up parameters of transitions, by their names. ``form`` lays a signed record out on paper
    with what belongs to it, as far as who asks may read that; where there is none, its fields stand there. ``locks``
    finds a record that is to be signed, where another one is locked before it by everybody.
    """

    def __init__(
        self,
        collection: str,
        model: type[M],
        read: type[Item],
        show: Show[M, Item] | None = None,
        *,
        readers: Collection[Role] = READERS,
        noun: str = "",
        find: Find[M] | None = None,
        loads: Mapping[str, Callable[[Work, M], Awaitable[Any]]] | None = None,
        form: Callable[[Work, Item], Awaitable[Form | None]] | None = None,
        locks: Find[M] | None = None,
    ) -> None:
        self.router = Records(prefix=f"/{collection}", tags=[collection], route_class=QueryRoute)
        """For what else is read under the collection: ``@things.router.get("/{thing_id}/parts")``."""
        self._model, self._read, self._readers = model, read, readers
        self.router.withheld = withheld(model, read)
        self._show = show or each(read.model_validate)
        self._find, self._loads, self._form, self._locks = find, loads or {}, form, locks
        self._noun = noun or re.sub(r"(?<!^)(?=[A-Z])", "_", model.__name__).lower()
        self._parameter = self._noun if find else f"{self._noun}_id"
        self._key: type = str if find else UUID
        self._paths: dict[str, str] = {}

    def create(self, command: Callable[[Work, Any], Awaitable[M]], body: type[BaseModel], *by: Any) -> None:
        """``POST`` on the collection: the command makes the record. ``by``: who may, roles, grants or a transition."""

        async def endpoint(*, work: Work, response: Response, body: Any) -> Item:
            record = await command(work, body)
            shown = await self._one(work, record)
            response.headers["Location"] = f"{self._path(work)}/{record.id}"
            return shown

        self._paths |= {each.transition.name: "" for each in by if hasattr(each, "transition")}
        parameters = {"work": Command, "response": Response, "body": body}
        self._add("POST", "", allowed(*by)(endpoint), command, parameters, status_code=201)

    def post(
        self,
        path: str,
        transition: Callable[..., Any],
        body: type[BaseModel] | None = None,
        command: Run[M] | None = None,
    ) -> None:
        """``POST`` on a record: the transition, its parameters filled from the body, and what is given or looked up.

        A use case beyond one record is a ``command(work, id, body)`` of its own, which makes the transition. Raises
        TypeError where the transition wants what nothing gives, the body has what it does not take, or it is signed and
        the model does not say by which fields of the answer people know the record.
        """
        row: Transition = transition.transition  # type: ignore[attr-defined]
        named = {*self._model.signed_as.values()}
        if row.needs.signed and not (named and named <= self._read.model_fields.keys()):
            raise TypeError(f"{row.name} is signed: {self._model.__name__}.signed_as is to name fields of its answer")
        run, self._paths[row.name] = command or self._filled(transition, body), path

        async def unsigned(*, work: Work, **given: Any) -> Item:
            record = await run(work, given[self._parameter], *([given["body"]] if body else []))
            return await self._one(work, record)

        async def signed(*, work: Work, signing: signatures.Given, **given: Any) -> Item:
            """The step is taken first, so that nobody signs what is refused then; without a signature it is undone."""
            before = await (self._locks or self._get)(work, given[self._parameter])
            (shown,) = await self._show(work, [before])
            said = await signatures.about(work, before, row, given["body"], shown)
            record = await run(work, given[self._parameter], *([given["body"]] if body else []))
            await signatures.sign(work, record, row, signatures.statement(said, work), signing)
            return await self._one(work, record)

        parameters: dict[str, Any] = {self._parameter: self._key, "work": Command, "body": body or _NO_BODY}
        endpoint: Callable[..., Awaitable[Item]] = signed if row.needs.signed else unsigned
        parameters |= {"signing": signatures.Given} if row.needs.signed else {}
        self._add("POST", f"/{{{self._parameter}}}/{path}", allowed(transition)(endpoint), transition, parameters)

    def elsewhere(self, path: str, transition: Callable[..., Any]) -> None:
        """A transition whose route is written out by hand: ``allowed`` names it too. Raises TypeError: it is signed."""
        row: Transition = transition.transition  # type: ignore[attr-defined]
        if row.needs.signed:
            raise TypeError(f"{row.name} is signed: only post() asks for the signature")
        self._paths[row.name] = path

    def get(
        self,
        read: type[Any] | None = None,
        show: Callable[[Work, M], Awaitable[Any]] | None = None,
        beside: Callable[[Work, M], Awaitable[Sequence[UUID]]] | None = None,
    ) -> None:
        """``GET`` of one record, as the list shows it or in a fuller form of its own, and of its history.

        ``beside`` gives the ids of other records whose past is this one's too, for whoever may see them.
        """

        async def endpoint(*, work: Work, **given: Any) -> Any:
            record = await self._get(work, given[self._parameter])
            work.subject = record
            if show is None:
                return await self._one(work, record)
            return (await self._completed(work, [record], [await show(work, record)]))[0]

        endpoint.__doc__ = f"One {self._noun.replace('_', ' ')}."

        async def past(*, work: Work, part: Part, **given: Any) -> Page[HistoryEntry]:
            """Each change with who, when and why, and the facts that were told with it, oldest first."""
            record = await self._get(work, given[self._parameter])
            others = await beside(work, record) if beside else ()
            return await history.read(work, [record.id, *others], part, self.router.withheld)

        self.router.withheld = withheld(self._model, self._read, *([read] if read else []))
        parameters: dict[str, Any] = {self._parameter: self._key, "work": Reading}
        one = f"/{{{self._parameter}}}"
        self._add("GET", one, allowed(*self._readers)(endpoint), endpoint, parameters, read)
        if self._signs:
            self._print(one, endpoint, parameters)
        by, parameters = allowed(*self._readers)(past), parameters | {"part": Part}
        self._add("GET", f"{one}/history", by, past, parameters, Page[HistoryEntry], name="history")

    def _print(self, one: str, read: Callable[..., Awaitable[Any]], parameters: Mapping[str, Any]) -> None:
        async def printed(*, work: Work, **given: Any) -> Response:
            """The record with its signatures, to be printed or kept (PDF/A)."""
            shown = await read(work=work, **given)
            form = await self._form(work, shown) if self._form else None
            kind = form.title if form else self._noun.replace("_", " ").capitalize()
            title = f"{kind} {getattr(shown, 'number', shown.id)}"
            made = await asyncio.to_thread(pdf, title, shown, work.principal.name, work.now, form)
            return Response(made, media_type="application/pdf")

        by = allowed(*self._readers)(printed)
        self._add("GET", f"{one}/pdf", by, printed, parameters, name="print", answer=Response)

    def list(
        self,
        filters: listing.Filters,
        about: str = "",
        of: Callable[[Work], Select[Any]] | None = None,
        sorts: Collection[str] = (),
    ) -> None:
        """``GET`` of the collection; ``of`` says which records count at all, ``sorts`` names further columns."""
        about = about or f"{self.router.prefix[1:].replace('-', ' ').capitalize()}, newest first."
        filters = {**filters, **(listing.whose_turn(self._model) if issubclass(self._model, Waiting) else {})}
        more: dict[str, Any] = {"readers": self._readers, "about": about, "of": of, "sorts": sorts}
        listing.add(self.router, "", self._model, self._read, self.shown, filters, **more)

    async def shown(self, work: Work, records: Sequence[M]) -> Sequence[Item]:
        """Records as readers see them, each with what this caller may do with it now."""
        await work.session.flush()  # a version rises with that, and the answer tells it
        return await self._completed(work, records, await self._show(work, records))

    async def _one(self, work: Work, record: M) -> Item:
        return (await self.shown(work, [record]))[0]

    async def _completed(self, work: Work, records: Sequence[Any], items: Sequence[Any]) -> Sequence[Any]:
        signed = await signatures.of(work, records) if self._signs else {}
        for record, item in zip(records, items, strict=True):
            item.waiting_for, item.signatures = waiting_for(record), signed.get(record.id, ())
            item.allowed = [
                Allowed(
                    name=row.name,
                    method="POST",
                    path=self._path(work, record, self._paths[row.name]),
                    signed=bool(row.needs.signed),
                )
                for row in steps(self._offered, record, work.principal)
            ]
        return items

    @cached_property
    def _signs(self) -> bool:
        """Whether there can be signatures under its records."""
        return any(row.needs.signed for row in table(self._model))

    @cached_property
    def _offered(self) -> Sequence[Transition]:
        """The transitions that have a route, in the order of the model; asked for when all are declared."""
        return [row for row in table(self._model) if row.name in self._paths]

    def _path(self, work: Work, record: Any = None, of: str = "") -> str:
        return f"{work.root_path}/v1{self.router.prefix}" + (f"/{record.id}/{of}" if of else "")

    async def _get(self, work: Work, key: Any) -> M:
        return await (self._find(work, key) if self._find else work.get(self._model, key))

    def _filled(self, transition: Callable[..., Any], body: type[BaseModel] | None) -> Run[M]:
        wanted = inspect.signature(transition).parameters.keys() - {"self"}
        fields = set(body.model_fields) if body else set()
        # A reason that the record does not keep is the audit's.
        wrong = wanted - fields - _GIVEN.keys() - self._loads.keys() | fields - wanted - {"reason"}
        if wrong:
            names = ", ".join(sorted(wrong))
            raise TypeError(f"{transition.__qualname__} and its body do not fit: {names}")

        async def run(work: Work, key: Any, given: Any = None) -> Any:
            record: Any = await self._get(work, key)
            arguments = {name: getattr(given, name) for name in fields & wanted}
            arguments |= {name: _GIVEN[name](work) for name in wanted if name in _GIVEN}
            arguments |= {name: await self._loads[name](work, record) for name in wanted if name in self._loads}
            work.publish(*_facts(transition(record, **arguments)), of=record)
            return record

        return run

    def _add(
        self,
        method: str,
        path: str,
        endpoint: Callable[..., Any],
        meant: Callable[..., Any],
        parameters: Mapping[str, Any],
        read: type[Any] | None = None,
        status_code: int = 200,
        name: str = "",
        answer: type[Response] | None = None,
    ) -> None:
        kind = inspect.Parameter.KEYWORD_ONLY
        absent: Any = inspect.Parameter.empty
        signature = [
            inspect.Parameter(name, kind, annotation=given, default=None if given == _NO_BODY else absent)
            for name, given in parameters.items()
        ]
        endpoint.__signature__ = inspect.Signature(signature)  # type: ignore[attr-defined]
        endpoint.__doc__ = inspect.getdoc(meant)
        name = name or ("read" if method == "GET" else meant.__name__ if path else "create")
        route = QueryRoute if method == "GET" else CommandRoute
        options: dict[str, Any] = {"response_model": read or self._read, "status_code": status_code}
        if answer:
            content = {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}
            options |= {"response_model": None, "response_class": answer, "responses": {200: {"content": content}}}
        self.router.add_api_route(path, endpoint, methods=[method], name=name, route_class_override=route, **options)


def _facts(caused: Fact | Sequence[Fact] | None) -> Sequence[Fact]:
    """What a transition gave: nothing, one fact or several."""
    return [caused] if isinstance(caused, Fact) else caused or ()
