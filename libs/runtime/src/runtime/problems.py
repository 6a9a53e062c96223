"""What goes wrong: as RFC 9457 problem details for a caller, and whether it passes by itself."""

import errno
import json
import socket
import ssl
from typing import Any

import asyncpg
from fastapi import Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from contracts.faults import Fault, faults_of

MEDIA_TYPE = "application/problem+json"
_UNSTORABLE = (
    *(asyncpg.DataError, asyncpg.CharacterNotInRepertoireError),
    *(asyncpg.UntranslatableCharacterError, asyncpg.NumericValueOutOfRangeError),
)
AWAY = ConnectionError, TimeoutError, socket.gaierror, ssl.SSLError, PoolTimeout, asyncpg.PostgresConnectionError
_FROZE = asyncpg.IdleInTransactionSessionTimeoutError  # the server ended a session that was silent for too long
_BUSY = asyncpg.OperatorInterventionError, asyncpg.InsufficientResourcesError, asyncpg.TransactionRollbackError
_TRANSIENT = (*AWAY, *_BUSY, _FROZE, asyncpg.LockNotAvailableError)
_NETWORK = {errno.ENETDOWN, errno.ENETUNREACH, errno.EHOSTDOWN, errno.EHOSTUNREACH}


class Problem(Exception):
    """A refusal that the caller can act on. ``type`` is stable; people read ``detail``."""

    def __init__(
        self, status: int, kind: str, detail: str, *, headers: dict[str, str] | None = None, **extensions: Any
    ) -> None:
        super().__init__(detail)
        self.status, self.kind, self.detail = status, kind, detail
        self.headers, self.extensions = headers or {}, extensions


class RuleViolated(Problem):
    """A business rule forbids what was asked (409)."""

    def __init__(self, detail: str, **extensions: Any) -> None:
        super().__init__(409, "rule-violated", detail, **extensions)


class NotFound(Problem):
    """No such record, or none that the caller is a party to (404)."""

    def __init__(self, what: str, key: object) -> None:
        super().__init__(404, "not-found", f"there is no {what} {key}, or you are not a party to it")


def storable(text: str) -> str:
    """The text without what PostgreSQL cannot hold."""
    return text.encode("utf-8", "replace").decode().replace("\0", "\ufffd")


def problem_response(problem: Problem, instance: str) -> Response:
    """The problem as ``application/problem+json``."""
    kind = {"type": f"urn:entente:problem:{problem.kind}", "title": problem.kind.replace("-", " ").capitalize()}
    body = kind | {"status": problem.status, "detail": problem.detail, "instance": instance} | problem.extensions
    # ASCII: what a caller sent may hold half a character, which no other encoding can repeat.
    return Response(json.dumps(body), problem.status, problem.headers, MEDIA_TYPE)


def cause_of(error: BaseException) -> BaseException:
    """What the driver said, whether a statement went through SQLAlchemy or the raw connection."""
    return (error.orig and error.orig.__cause__) or error if isinstance(error, DBAPIError) else error


def _unreachable(cause: BaseException) -> bool:
    """Whether it is an OSError of the network. Of a name with several addresses asyncio tells all failures in one."""
    several = type(cause) is OSError and cause.errno is None and str(cause).startswith("Multiple exceptions: ")
    return several or (isinstance(cause, OSError) and cause.errno in _NETWORK)


def is_transient(error: BaseException) -> bool:
    """Whether the same may succeed later without anybody's help. An OSError may not: a file is missing for good."""
    cause = cause_of(error)
    # The driver says in the same words that a connection is closed and that a statement has a wrong argument.
    closed = isinstance(cause, asyncpg.InterfaceError) and "closed" in str(cause)
    invalidated = bool(getattr(error, "connection_invalidated", False))
    return closed or invalidated or isinstance(cause, _TRANSIENT) or _unreachable(cause)


def _error(fault: Fault) -> dict[str, str]:
    """The field, why, and what was given: text as it is, anything else as JSON; nothing where the field is missing."""
    if fault.kind == "json_invalid":
        return {"field": "body", "reason": f"no JSON at character {fault.field[5:]}: {fault.reason}", "value": ""}
    given = fault.given if isinstance(fault.given, str) else json.dumps(fault.given, default=str, ensure_ascii=False)
    told = {"field": fault.field, "reason": fault.reason}
    return told if fault.kind == "missing" else told | {"value": given[:80]}


def _invalid(errors: list[dict[str, str]]) -> Problem:
    fields = ", ".join(item["field"] for item in errors[:5])
    return Problem(422, "invalid-request", f"{len(errors)} invalid: {fields}", errors=errors)


def as_problem(error: Exception) -> Problem:
    """Any exception as a problem. What is not ours to explain becomes a 500 that shows nothing of it."""
    match error:
        case Problem():
            return error
        case RequestValidationError():
            return _invalid([_error(one) for one in faults_of(error.errors())])
        case HTTPException(__cause__=UnicodeDecodeError() as wrong):
            reason = f"byte {wrong.start + 1} is not UTF-8: JSON is sent in UTF-8"
            return _invalid([{"field": "body", "reason": reason, "value": f"0x{wrong.object[wrong.start]:02x}"}])
        case HTTPException(__cause__=Problem() as problem):  # FastAPI's, for what went wrong while it read the body
            return problem
        case ClientDisconnect() | HTTPException(__cause__=ClientDisconnect()):
            return Problem(400, "incomplete", "the connection ended before the body did: nothing was kept")
        case HTTPException():
            kind = {404: "not-found", 405: "method-not-allowed"}.get(error.status_code, "request-refused")
            return Problem(error.status_code, kind, str(error.detail), headers=dict(error.headers or {}))
    cause = cause_of(error)
    if isinstance(cause, asyncpg.InsufficientPrivilegeError):
        return Problem(403, "forbidden", "this is not for your organisation to see or to change")
    if isinstance(cause, asyncpg.UniqueViolationError):
        return Problem(409, "already-exists", "another request made the same thing first; read it again")
    if type(cause) in _UNSTORABLE:
        return Problem(422, "invalid-request", "a value is too large, or holds a character that cannot be stored")
    if is_transient(error):
        return Problem(503, "unavailable", "the database is away, or too busy; try again", headers={"Retry-After": "2"})
    return Problem(500, "internal-error", "something failed on our side; the log has it under the trace id")
