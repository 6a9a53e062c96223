"""The OpenAPI documents say what is really answered, and each name in them means one thing."""

import ast
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from jsonschema_rs import Draft202012Validator

from contracts import contracts
from serving.problem_types import TYPES
from tests.answers import Answers

ROOT = Path(__file__).parents[2]
MADE_ELSEWHERE = {(404, "not-found"), (405, "method-not-allowed"), (409, "rule-violated")}
MADE_ELSEWHERE |= {(409, "not-allowed-now"), (409, "in-progress"), (400, "request-refused")}
MADE_ELSEWHERE |= {(422, "unknown-partner"), (422, "unknown-site")}
"""By subclasses, of what the framework refuses, and by kpi of each of its dimensions."""


def raised() -> Iterator[tuple[int, str]]:
    """Status and type of each problem that the code makes."""
    for path in [*ROOT.glob("libs/*/src/**/*.py"), *ROOT.glob("services/*/src/**/*.py")]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Problem" and len(node.args) > 1:
                match node.args[:2]:
                    case [ast.Constant(int(status)), ast.Constant(str(kind))]:
                        yield status, kind
                    case [ast.Constant(int(status)), ast.IfExp(body=ast.Constant(kind), orelse=ast.Constant(other))]:
                        yield from ((status, str(kind)), (status, str(other)))


def operations(apps: dict[str, FastAPI]) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    for name, app in apps.items():
        for path, item in app.openapi()["paths"].items():
            for method, operation in item.items():
                yield name, method, path, operation


def test_every_type_of_problem_is_in_the_documents_and_is_made() -> None:
    documented = {(status, kind) for status, kinds in TYPES.items() for kind in kinds}
    assert documented == {*raised()} | MADE_ELSEWHERE


def test_every_operation_has_a_token_a_name_and_problems_of_the_one_schema(apps: dict[str, FastAPI]) -> None:
    wrong = []
    for service, method, path, operation in operations(apps):
        for status, answer in operation["responses"].items():
            if status >= "400" and answer != {"$ref": f"#/components/responses/Refused{status}"}:
                wrong.append(f"{service} {method} {path}: {status}")
        if not {"400", "401", "403", "404", "422", "429", "500", "503"} <= operation["responses"].keys():
            wrong.append(f"{service} {method} {path}: refusals are missing")
    assert wrong == []
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for app in apps.values():
        refusals = app.openapi()["components"]["responses"]
        assert [name for name, answer in refusals.items() if answer["content"] != problem] == []
    assert all(app.openapi()["security"] == [{"token": []}] for app in apps.values())


def test_an_operation_has_one_name_such_as_deviations_classify(apps: dict[str, FastAPI]) -> None:
    names = defaultdict(list)
    for service, method, path, operation in operations(apps):
        names[service, operation["operationId"]].append(f"{method} {path}")
        assert operation["operationId"].replace("_", "").isalnum()
        assert operation["operationId"].count("v1") == 0
    assert {name: routes for name, routes in names.items() if len(routes) > 1} == {}
    assert ("quality_events", "deviations_classify") in names


def test_a_schema_of_one_name_is_the_same_in_every_document(apps: dict[str, FastAPI]) -> None:
    found = defaultdict(set)
    for app in apps.values():
        for name, schema in app.openapi()["components"]["schemas"].items():
            found[name].add(json.dumps(schema, sort_keys=True))
    assert [name for name, schemas in found.items() if len(schemas) > 1] == []
    assert not found.keys() & {"HTTPValidationError", "ValidationError"}


def referred(document: dict[str, Any], place: Any) -> set[str]:
    """The names of all schemas that a place of a document refers to, by way of others or not."""
    found: set[str] = set()
    waiting = {*re.findall(r"#/components/schemas/(\w+)", json.dumps(place))}
    while waiting:
        found.add(name := waiting.pop())
        inner = json.dumps(document["components"]["schemas"][name])
        waiting |= {*re.findall(r"#/components/schemas/(\w+)", inner)} - found
    return found


def test_what_is_always_answered_is_required(apps: dict[str, FastAPI]) -> None:
    """Not of facts: one that was published before a field was added lacks it."""
    of_facts = apps["event_stream"].openapi()["components"]["schemas"].keys()
    optional = []
    for service, _, path, operation in operations(apps):
        document = apps[service].openapi()
        answers = [answer for status, answer in operation["responses"].items() if status < "300"]
        for name in referred(document, answers) - of_facts:
            schema = document["components"]["schemas"][name]
            if missing := schema.get("properties", {}).keys() - {*schema.get("required", ())}:
                optional.append(f"{service} {path} {name}: {sorted(missing)}")
    assert optional == []


@pytest.mark.parametrize(
    ("service", "schema", "field", "one"),
    [
        ("quality_events", "CapaRead", "source_type", "manual"),
        ("quality_events", "HistoryEntry", "done", "created"),
        ("quality_events", "Allowed", "method", "POST"),
        ("kpi", "FactRead", "measure", "oos"),
        ("kpi", "DefineKpi", "numerator", "oos"),
        ("partner_feeds", "MessageRead", "content_type", "text/csv"),
    ],
)
def test_a_word_of_a_closed_set_is_one_of_those(
    apps: dict[str, FastAPI], service: str, schema: str, field: str, one: str
) -> None:
    document = apps[service].openapi()
    resolved = {"components": document["components"], "$ref": f"#/components/schemas/{schema}/properties/{field}"}
    validator = Draft202012Validator(resolved)
    assert validator.is_valid(one)
    assert not validator.is_valid("another")


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        ("/other-status", "answered 202, which its document does not know"),
        ("/other-type", "with text/plain; its document says application/json"),
        ("/other-body", '[\'said\']: "many" is not of type "integer"'),
    ],
)
async def test_an_answer_that_its_document_does_not_know_would_be_seen(path: str, fault: str) -> None:
    app = FastAPI()

    @app.get("/other-status")
    def status(response: Response) -> int:
        response.status_code = 202
        return 1

    @app.get("/other-type", response_model=int)
    def type_() -> Response:
        return PlainTextResponse("1")

    @app.get("/other-body", response_model=dict[str, int])
    def body() -> Response:
        return JSONResponse({"said": "many"})

    transport, hooks = httpx.ASGITransport(app), {"response": [Answers(app).check]}
    async with httpx.AsyncClient(transport=transport, base_url="http://test", event_hooks=hooks) as client:
        with pytest.raises(AssertionError, match=re.escape(fault)):
            await client.get(path)


def test_the_stream_has_a_schema_for_each_type_of_fact(apps: dict[str, FastAPI]) -> None:
    document = apps["event_stream"].openapi()
    answer = document["paths"]["/v1/events"]["get"]["responses"]["200"]["content"]
    assert answer == {"text/event-stream": {"schema": {"type": "object", "$ref": "#/components/schemas/Event"}}}
    kinds = document["components"]["schemas"]["Event"]["discriminator"]["mapping"]
    assert kinds.keys() == {contract.type for contract in contracts()}
