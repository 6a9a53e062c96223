"""How HTTP requests become Work: CommandRoute for what changes records, QueryRoute for what reads them."""

import inspect
import json
from collections import Counter
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Annotated, Any, TypeVar, get_args, get_origin

from fastapi import Depends, Request, Response, params
from fastapi.dependencies.utils import get_flat_params
from fastapi.routing import APIRoute
from opentelemetry import trace
from uuid_utils.compat import uuid7

from runtime import idempotency
from runtime.access import requirement
from runtime.database import Context
from runtime.lifecycle import NotAllowedNow
from runtime.principal import authenticate
from runtime.problems import Problem, storable
from runtime.work import Work

T = TypeVar("T")
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


_LONGEST_REASON = 10_000


class _RolledBack(Exception):
    """Carries a refusing response out of the transaction, so that nothing of it stays."""

    def __init__(self, response: Response) -> None:
        self.response = response


def _expected_version(request: Request) -> int | None:
    given = request.headers.get("if-match")
    if given is None:
        if request.method in ("PUT", "PATCH"):
            raise Problem(428, "precondition-required", 'send If-Match with the ETag that you read, for example "3"')
        return None
    tag = given.strip().removeprefix("W/").strip('"')
    if tag == "*":
        return None
    if not tag.isdecimal() or len(tag) > 10:
        raise Problem(400, "invalid-if-match", f'If-Match takes one version such as "3", not {given}')
    return int(tag)


def _reason(request: Request, body: bytes) -> str:
    """Why something changes, for the audit."""
    document = strictly_read(body)
    given = document.get("reason") if isinstance(document, dict) else None
    # Of a text that cannot be stored the body's own model says so, with its field.
    return reason_of(request, storable(given) if isinstance(given, str) else "")


def strictly_read(body: bytes) -> Any:
    """A body's JSON; None for what is none: whoever reads the body says what is wrong with it.

    Raises a 422 Problem for a key that an object has twice.
    """
    with suppress(ValueError, RecursionError):
        return json.loads(body, object_pairs_hook=_once)
    return None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON. Raises a 422 Problem for a key that it has twice: of two values one would silently count."""
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(name for name, count in Counter(name for name, _ in pairs).items() if count > 1)
        raise Problem(422, "repeated-key", f"the body has {twice[:100]!r} twice in one object: which one is meant?")
    return found


def reason_of(request: Request, given: str) -> str:
    """The one given, and what the header X-Reason adds. Raises a 422 Problem for one that cannot be kept as it came."""
    try:
        header = request.headers.get("x-reason", "").encode("latin-1").decode()
    except UnicodeDecodeError as error:
        raise Problem(422, "invalid-request", "X-Reason is not UTF-8") from error
    reason = "; ".join(dict.fromkeys(filter(None, (given, header))))
    if storable(reason) != reason or len(header) > _LONGEST_REASON:
        detail = f"the reason holds a character that cannot be stored, or X-Reason more than {_LONGEST_REASON}"
        raise Problem(422, "invalid-request", detail)
    return reason


def correlation_of(request: Request) -> str:
    """What the request belongs to, as the caller says or else new: facts and the audit carry it."""
    return request.headers.get("x-correlation-id", "")[:100] or str(uuid7())


async def json_body(request: Request) -> bytes:
    """The body, none or JSON. Raises a 415 Problem for another type: FastAPI would pass over one that is optional."""
    body = await request.body()
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if body and kind != "application/json":
        raise Problem(415, "unsupported-media-type", "send the body as application/json")
    return body


def _tag(response: Response, work: Work) -> None:
    if work.subject is not None:
        response.headers["ETag"] = f'"{work.subject.version}"'


def _enter(request: Request, work: Work) -> None:
    request.state.work, work.root_path = work, request.scope.get("root_path", "")


async def _run(handler: Handler, request: Request, work: Work, key: str, digest: str) -> Response:
    if key and (answer := await idempotency.stored_answer(work.connection, key, digest)):
        return answer
    try:
        response = await handler(request)
    except NotAllowedNow as refusal:
        raise NotAllowedNow(refusal.record, refusal.name, work.principal) from refusal
    if response.status_code >= 400:
        raise _RolledBack(response)
    if not hasattr(response, "body"):
        raise TypeError("a command answers with a whole body: a stream would be sent before the commit")
    await work.session.flush()
    _tag(response, work)
    if key:
        work.answer = idempotency.answer_of(key, digest, response)
    return response


class StrictRoute(APIRoute):
    """A parameter that is not known is refused, and so is one that is given twice and counts once.

    A route that is neither of those below checks them when it knows who asks.
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        self.needs = requirement(endpoint)
        super().__init__(path, endpoint, **options)
        fields = get_flat_params(self.dependant)
        # By what they are not: the fields of a query's model are here without saying so.
        elsewhere = (params.Path, params.Header, params.Cookie)
        queries = [field for field in fields if not isinstance(field.field_info, elsewhere)]
        self._known = {field.alias for field in queries}
        self._single = {field.alias for field in queries if not _repeatable(field.field_info.annotation)}

    def check_parameters(self, request: Request) -> None:
        """Raise a 422 Problem for a misspelt parameter, or for one whose last value would silently win.

        A misspelt filter would pass for one that finds all.
        """
        if unknown := sorted(set(request.query_params).difference(self._known)):
            detail = f"there is no parameter {', '.join(unknown)}; possible: {', '.join(sorted(self._known)) or 'none'}"
            raise Problem(422, "unknown-parameter", detail)
        if twice := sorted(name for name in self._single if len(request.query_params.getlist(name)) > 1):
            raise Problem(422, "repeated-parameter", f"{', '.join(twice)} can be given once: which one is meant?")


class CommandRoute(StrictRoute):
    """One transaction per request: authenticate, read the body, run, commit, and only then answer."""

    def get_route_handler(self) -> Handler:
        handler, needs, takes_json = super().get_route_handler(), self.needs, self.body_field is not None

        async def command(request: Request) -> Response:
            principal = await authenticate(request)
            needs.check_role(principal)
            self.check_parameters(request)
            body = await (json_body(request) if takes_json else request.body())
            key, expected = idempotency.key_of(request, principal), _expected_version(request)
            context = Context(principal, correlation_of(request), _reason(request, body), lock=key)
            try:
                async with request.app.state.store.work(context) as work:
                    _enter(request, work)
                    work.needs, work.expected_version = needs, expected
                    response = await _run(handler, request, work, key, idempotency.request_digest(request, body))
            except _RolledBack as refusal:
                return refusal.response
            if waiting := request.app.state.health.long("outbox"):
                response.headers["Facts-Waiting"] = str(int(waiting.seconds))  # done, and not told to anybody yet
            return response

        return command


class QueryRoute(StrictRoute):
    """A read-only transaction per request; the answer of a single record carries its ETag."""

    def get_route_handler(self) -> Handler:
        handler, needs = super().get_route_handler(), self.needs

        async def query(request: Request) -> Response:
            principal = await authenticate(request)
            needs.check_role(principal)
            self.check_parameters(request)
            async with request.app.state.store.work(Context(principal, read_only=True)) as work:
                _enter(request, work)
                response = await handler(request)
                _tag(response, work)
                return response

        return query


def _repeatable(annotation: Any) -> bool:
    return any(get_origin(each) is list for each in (annotation, *get_args(annotation)))


async def current_work(request: Request) -> Work:
    """The Work that the request's route opened."""
    work: Work = request.state.work
    trace.get_current_span().set_attribute("enduser.id", work.principal.subject)
    return work


def filled(shape: Callable[..., T]) -> Callable[..., Coroutine[Any, Any, T]]:
    """A dependency that fills a dataclass from the request.

    The class itself, as any dependency that is not async, FastAPI would call in another thread, which costs more than
    all that is done there.
    """

    async def fill(**given: Any) -> T:
        return shape(**given)

    fill.__signature__ = inspect.signature(shape)  # type: ignore[attr-defined]
    return fill


Command = Annotated[Work, Depends(current_work)]
Query = Annotated[Work, Depends(current_work)]
