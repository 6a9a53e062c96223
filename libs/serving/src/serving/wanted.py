"""What a request should have had as its body: said to who sent none."""

import json
from typing import Any

from fastapi import FastAPI, Request
from fastapi.routing import iter_route_contexts
from starlette.routing import Match

from runtime.problems import Problem

_NONE = {"field": "body", "reason": "Field required"}
"""What FastAPI says where there is no body at all."""


def say_which_body(request: Request, problem: Problem) -> None:
    """Where a request has no body, name the schema of what it takes and show the example that the document has."""
    errors = problem.extensions.get("errors") or []
    if _NONE in errors and (said := _body_of(request)):
        problem.extensions["errors"] = [{**each, **said} if each == _NONE else each for each in errors]


def _body_of(request: Request) -> dict[str, Any] | None:
    app: FastAPI = request.app
    matching = (each for each in iter_route_contexts(app.router.routes) if each.matches(request.scope)[0] is Match.FULL)
    path = next((each.path_format for each in matching if getattr(each, "path_format", None)), None)
    operation = app.openapi()["paths"].get(path, {}).get(request.method.lower(), {})
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if not content:
        return None
    schema = content["schema"].get("$ref", "").rpartition("/")[2]
    example = json.dumps(content.get("example"), ensure_ascii=False)
    where = f"{request.scope.get('root_path', '')}{app.openapi_url}#/components/schemas/{schema}"
    named = f"{schema} ({where})" if schema else "JSON"
    return {"reason": f"the request has no body: send {named}, such as {example}"}
