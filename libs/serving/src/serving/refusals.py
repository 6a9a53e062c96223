"""What a service's OpenAPI document says of refusals: whoever writes a client reads there what to expect."""

from collections.abc import Callable, Mapping
from typing import Any

from fastapi import FastAPI

from runtime.problems import MEDIA_TYPE

PROBLEM: Mapping[str, Any] = {
    "title": "Problem",
    "description": "Problem details (RFC 9457). `type` is stable, `detail` is for people.",
    "type": "object",
    "required": ["type", "title", "status", "detail", "instance"],
    "properties": {
        "type": {"type": "string", "example": "urn:entente:problem:rule-violated"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
    },
}
ALWAYS: Mapping[int, str] = {
    400: "a header, a cursor or a body that cannot be read",
    401: "no token, or none that holds",
    403: "not for this role, for this side of the record, or for the same person twice",
    404: "it names what there is not, or what you are no party to",
    422: "an invalid value or an unknown parameter; `errors` names each field",
    429: "too many requests; Retry-After says when to ask again",
    503: "the database cannot be reached, or is too busy, or the process stops; try again",
}
OF_A_CHANGE: Mapping[int, str] = {
    409: "not in this state, against a rule, or the same request is under way",
    412: "the record was changed since its version in If-Match",
    413: "the body is too large",
    415: "the body is of another media type",
    428: "what is replaced as a whole takes If-Match",
}


def document(app: FastAPI) -> None:
    """Let the document of an app name the refusals that every route has by its kind."""
    plain: Callable[[], dict[str, Any]] = app.openapi

    def openapi() -> dict[str, Any]:
        if not app.openapi_schema:
            found = plain()
            found.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM
            for item in found["paths"].values():
                for method, operation in item.items():
                    _name_refusals(operation["responses"], changes=method != "get")
            app.openapi_schema = found
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's own way to extend it


def _name_refusals(responses: dict[str, Any], *, changes: bool) -> None:
    refusals = {**ALWAYS, **(OF_A_CHANGE if changes else {})}
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for status, description in refusals.items():
        responses[str(status)] = {"description": description, "content": content}
