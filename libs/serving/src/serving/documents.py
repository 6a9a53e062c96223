"""A service's OpenAPI document says what is really answered: whoever writes a client reads there what to expect."""

from collections.abc import Callable, Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts

from contracts.described import describe
from runtime.problems import MEDIA_TYPE
from runtime.routes import CommandRoute
from serving.problem_types import ALWAYS, OF_A_CHANGE, TYPES

PROBLEM: Mapping[str, Any] = {
    "title": "Problem",
    "description": "Problem details (RFC 9457). `type` is stable, `detail` is for people.",
    "type": "object",
    "required": ["type", "title", "status", "detail", "instance"],
    "properties": {
        "type": {
            "description": "which problem it is: the responses' descriptions say what each means",
            "enum": sorted({f"urn:entente:problem:{kind}" for kinds in TYPES.values() for kind in kinds}),
        },
        "title": {"description": "the type in words", "type": "string"},
        "status": {"description": "the HTTP status, once more", "type": "integer"},
        "detail": {"description": "what is wrong, for people", "type": "string"},
        "instance": {"description": "the path that was asked", "type": "string"},
        "errors": {
            "description": "what is wrong with which field, where a body or a parameter is refused",
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "reason"],
                "properties": {
                    "field": {"description": "where it is, such as `body.limits.0.upper`", "type": "string"},
                    "reason": {"description": "what is wrong with it, or what would be right", "type": "string"},
                    "value": {"description": "what was given, in short; left out where nothing was"},
                },
            },
        },
        "allowed": {
            "description": "the steps that this caller may take now, as the record's `allowed` names them",
            "type": "array",
            "items": {"type": "string"},
        },
        "fields": {
            "description": "the fields that name who did what came before, where it takes somebody else",
            "type": "array",
            "items": {"type": "string"},
        },
        "text": {"description": "what a person reads before signing", "type": "string"},
        "meaning": {"description": "what the signature means", "type": "string"},
        "digest": {"description": "SHA-256 of `statement`: the nonce of the login", "type": "string"},
        "statement": {"description": "exactly what is signed, as canonical JSON", "type": "string"},
    },
    "additionalProperties": True,
    "example": {
        "type": "urn:entente:problem:rule-violated",
        "title": "Rule violated",
        "status": 409,
        "detail": "DEV-2026-48151 was acknowledged at 2026-03-14T09:30:00+00:00",
        "instance": "/v1/deviations/0195f3a4-0000-7000-8000-000000000000/acknowledgement",
    },
}
_TOKEN = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
_TEXT = {"type": "string"}
IN: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "Idempotency-Key": ("the same POST with the same key is done once", _TEXT | {"maxLength": 255}),
    "If-Match": ("the ETag of the record as it was read", _TEXT | {"example": '"3"'}),
    "X-Correlation-Id": ("what the request belongs to; facts and the audit carry it", _TEXT | {"maxLength": 100}),
    "X-Reason": ("why, for the audit, beside the body's reason", _TEXT | {"maxLength": 10_000}),
}
OUT: Mapping[str, str] = {
    "ETag": "the record's version, for If-Match",
    "Location": "where the record is",
    "Facts-Waiting": "seconds for which facts have been waiting to be told: done, and not known to others yet",
    "Idempotency-Replayed": "this answer was given before, to the same Idempotency-Key",
}

_OF_A_FORMAT = {
    "uuid": "0195f3a4-0000-7000-8000-000000000000",
    "date": "2026-03-14",
    "date-time": "2026-03-14T09:30:00Z",
}


def operation_id(route: APIRoute) -> str:
    """Such as ``deviations_classify``: the collection, and what is done."""
    return f"{route.tags[0] if route.tags else 'service'}_{route.name}".replace("-", "_")


def document(app: FastAPI) -> None:
    """Let the document of an app say who may ask, with which headers, and how each route refuses."""
    plain: Callable[[], dict[str, Any]] = app.openapi

    def openapi() -> dict[str, Any]:
        if not app.openapi_schema:
            found = plain()
            components = found.setdefault("components", {})
            components.setdefault("schemas", {})["Problem"] = PROBLEM
            components["responses"] = {f"Refused{status}": _refused(status) for status in TYPES}
            for useless in ("HTTPValidationError", "ValidationError"):
                components["schemas"].pop(useless, None)
            components["securitySchemes"], found["security"] = {"token": _TOKEN}, [{"token": []}]
            commands = {
                (context.path, method.lower())
                for context in iter_route_contexts(app.router.routes)
                if isinstance(context.original_route, CommandRoute)
                for method in context.original_route.methods or ()
            }
            for path, item in found["paths"].items():
                for method, operation in item.items():
                    changes = method != "get" and app.state.store is not None  # what stores nothing changes nothing
                    _complete(path, method, operation, changes, once=(path, method) in commands)
                    if body := operation.get("requestBody", {}).get("content", {}).get("application/json"):
                        body.setdefault("example", example_of(body["schema"], components["schemas"]))
            describe(found)
            app.openapi_schema = found
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's own way to extend it


def _complete(path: str, method: str, operation: dict[str, Any], changes: bool, once: bool) -> None:
    """``once``: it is a command, which is done once for a key, and only on the version that is named."""
    of_a_record = "}" in path
    names = ["X-Correlation-Id", "X-Reason"] if changes else []
    names += ["Idempotency-Key"] * (once and method == "post") + ["If-Match"] * (once and of_a_record)
    given = operation.setdefault("parameters", [])
    given += [
        {"name": name, "in": "header", "required": False, "description": IN[name][0], "schema": dict(IN[name][1])}
        for name in names
    ]
    answers = operation["responses"]
    for status, answer in answers.items():
        if status < "300":
            names = ["ETag"] * of_a_record + ["Location"] * (status in ("201", "202"))
            names += ["Facts-Waiting", "Idempotency-Replayed"] * once
            answer["headers"] = {name: {"description": OUT[name], "schema": dict(_TEXT)} for name in names}
    refusals = {status for status in answers if status >= "400"}
    for status in sorted(refusals | {str(each) for each in (*ALWAYS, *(OF_A_CHANGE if changes else ()))}):
        answers[status] = {"$ref": f"#/components/responses/Refused{status}"}


def example_of(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Any:
    """An example of a schema: its first one, or put together from its fields'; None where there is none.

    Of fields that may be left out it has those whose own example is given.
    """
    match schema:
        case {"examples": [first, *_]} | {"enum": [first, *_]} | {"const": first}:
            return first
        case {"$ref": reference}:
            return example_of(schemas[reference.rpartition("/")[2]], schemas)
        case {"anyOf": [first, *_]}:
            return example_of(first, schemas)
        case {"items": item}:
            return [example_of(item, schemas)]
        case {"properties": properties}:
            wanted = {name for name, each in properties.items() if "examples" in each} | {*schema.get("required", ())}
            return {name: example_of(each, schemas) for name, each in properties.items() if name in wanted}
    return _OF_A_FORMAT.get(schema.get("format", ""))


def _refused(status: int) -> dict[str, Any]:
    kinds = "\n".join(f"- `{kind}`: {meaning}" for kind, meaning in TYPES[status].items())
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"description": f"Refused:\n{kinds}", "content": content}
