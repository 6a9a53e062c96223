"""RFC 9457 problem details: what was wrong, which field, what would be right."""

from typing import Any

import structlog
from asyncpg.exceptions import InsufficientPrivilegeError
from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException

log = structlog.get_logger()
MEDIA_TYPE = "application/problem+json"


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


def problem_response(problem: Problem, instance: str) -> JSONResponse:
    """The problem as ``application/problem+json``."""
    body = {
        "type": f"urn:entente:problem:{problem.kind}",
        "title": problem.kind.replace("-", " ").capitalize(),
        "status": problem.status,
        "detail": problem.detail,
        "instance": instance,
        **problem.extensions,
    }
    return JSONResponse(body, problem.status, headers=problem.headers, media_type=MEDIA_TYPE)


def _invalid(error: RequestValidationError) -> Problem:
    errors = [
        {"field": ".".join(map(str, item["loc"])), "reason": item["msg"], "value": str(item.get("input"))[:80]}
        for item in error.errors()
    ]
    fields = ", ".join(item["field"] for item in errors[:5])
    return Problem(422, "invalid-request", f"{len(errors)} invalid: {fields}", errors=errors)


def as_problem(error: Exception) -> Problem:
    """Any exception as a problem. What is not ours to explain becomes a 500 that shows nothing of it."""
    match error:
        case Problem():
            return error
        case RequestValidationError():
            return _invalid(error)
        case HTTPException():
            kind = {404: "not-found", 405: "method-not-allowed"}.get(error.status_code, "request-refused")
            return Problem(error.status_code, kind, str(error.detail), headers=dict(error.headers or {}))
        case DBAPIError() if isinstance(error.orig.__cause__ if error.orig else None, InsufficientPrivilegeError):
            return Problem(403, "forbidden", "your organisation may not change this record")
        case OperationalError() | InterfaceError() | ConnectionError() | TimeoutError():
            detail = "the database cannot be reached; try again"
            return Problem(503, "unavailable", detail, headers={"Retry-After": "2"})
    return Problem(500, "internal-error", "something failed on our side; the log has it under the trace id")


def install(app: Starlette) -> None:
    """Answer every error of the app with problem details."""

    async def answer(request: Request, error: Exception) -> JSONResponse:
        problem = as_problem(error)
        if problem is not error and problem.status >= 500:
            log.error("request failed", path=request.url.path, exc_info=error)
        return problem_response(problem, request.url.path)

    for kind in (Problem, RequestValidationError, HTTPException, Exception):
        app.add_exception_handler(kind, answer)
