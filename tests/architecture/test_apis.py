"""Every service's HTTP interface keeps the rules that a reader of one route takes for granted."""

import inspect
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any
from uuid import UUID

import httpx
import pytest
from fastapi import APIRouter, FastAPI, params
from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import get_flat_params
from fastapi.routing import APIRoute, iter_route_contexts
from jsonschema_rs import Draft202012Validator
from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from contracts import Role, Side, topics_of
from runtime.access import Requirement, allowed, requirement
from runtime.bodies import Body
from runtime.routes import Command, CommandRoute
from serving import operations


def _shape(path: str) -> str:
    return re.sub(r"\{[^}]*\}", "{}", path)


CHANGING = {"POST", "PUT", "PATCH", "DELETE"}
TICKETS = "/v1/events/tickets"
# Each with its reason: a path's parameters are written {}.
NOT_COMMANDS = {
    "/v1/feeds/{}/messages": "a file streams to storage, and then in several transactions; its digest is its key",
    "/v1/documents": "a file streams to storage; its digest is its key",
    "/v1/messages/{}/replay": "what was refused is translated again in several transactions, as it was when it came",
    "/v1/mappings/{}/checks": "a file streams in and is tried; nothing is kept",
    "/v1/rebuilds": "an operator's task, under the worker's database role",
    TICKETS: "a stream is opened with it by who may read; it is signed, and kept nowhere",
}
OPERATIONS = {_shape(f"/v1{route.path}") for route in operations.router.routes if isinstance(route, APIRoute)}


def routes(app: FastAPI) -> Iterator[tuple[str, APIRoute]]:
    """Every route with its whole path."""
    for context in iter_route_contexts(app.router.routes):
        if isinstance(context.original_route, APIRoute):
            yield context.path or "", context.original_route


def unguarded(app: FastAPI) -> list[str]:
    """Routes that change something, and do so outside a command's transaction."""
    free = NOT_COMMANDS.keys() | OPERATIONS
    return [
        f"{'/'.join(sorted(route.methods or ()))} {path}"
        for path, route in routes(app)
        if CHANGING & (route.methods or set()) and _shape(path) not in free and not isinstance(route, CommandRoute)
    ]


def in_threads(dependant: Dependant) -> list[str]:
    """What FastAPI would call in another thread, of an endpoint and all that it depends on."""
    found = [name for each in dependant.dependencies for name in in_threads(each)]
    call = inspect.unwrap(dependant.call) if dependant.call else None
    if call and not (inspect.iscoroutinefunction(call) or inspect.isasyncgenfunction(call)):
        found.append(call.__qualname__)
    return found


def names_work(document: dict[str, Any]) -> list[str]:
    """Where an OpenAPI document takes the transaction for something that the caller sends."""
    schemas = document.get("components", {}).get("schemas", {})
    found = [name for name in schemas if name == "Work" or name.endswith("-Work")]
    found += [f"{name}.work" for name, schema in schemas.items() if "work" in schema.get("properties", {})]
    for path, item in document["paths"].items():
        for operation in item.values():
            found += [f"{path}?work" for parameter in operation.get("parameters", ()) if parameter["name"] == "work"]
    return found


def test_every_service_has_an_app_that_says_what_it_is_for(apps: dict[str, FastAPI]) -> None:
    assert apps
    for app in apps.values():
        assert app.description
        assert list(routes(app))


def test_no_service_takes_its_transaction_from_the_caller(apps: dict[str, FastAPI]) -> None:
    assert {name: found for name, app in apps.items() if (found := names_work(app.openapi()))} == {}


def test_whatever_changes_something_is_a_command(apps: dict[str, FastAPI]) -> None:
    assert {name: found for name, app in apps.items() if (found := unguarded(app))} == {}


def test_a_request_is_answered_in_one_thread(apps: dict[str, FastAPI]) -> None:
    """What is not async runs in a thread for each request: that was a twentieth of a command's processor time."""
    called = {call for app in apps.values() for _, route in routes(app) for call in in_threads(route.dependant)}
    assert called == set()


def test_every_route_says_who_may_call_it(apps: dict[str, FastAPI]) -> None:
    silent = [
        f"{app.title} {path}"
        for app in apps.values()
        for path, route in routes(app)
        if path.startswith("/v1/") and not getattr(route.endpoint, "needs", Requirement()).grants
    ]
    assert silent == []


def test_a_partner_acts_on_a_record_only_on_a_side_of_it(apps: dict[str, FastAPI]) -> None:
    """A role without a side is the sponsor's: a partner's role that is granted so would act on any record it sees."""
    without = [
        f"{app.title} {path} {grant.role}"
        for app in apps.values()
        for path, route in routes(app)
        if CHANGING & (route.methods or set()) and path != TICKETS  # of no record
        for grant in requirement(route.endpoint).grants
        if grant.role.startswith("partner_") and grant.side is Side.sponsor
    ]
    assert without == []


async def test_nobody_is_served_without_a_token(apps: dict[str, FastAPI]) -> None:
    served = []
    for app in apps.values():
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            for path, route in routes(app):
                if path.startswith("/v1/"):
                    url = re.sub(r"\{[^}]*\}", str(UUID(int=1)), path)
                    answers = [await client.request(method, url) for method in sorted(route.methods or ())]
                    served += [f"{app.title} {path}: {a.status_code}" for a in answers if a.status_code != 401]
    assert served == []


def test_every_route_is_documented(apps: dict[str, FastAPI]) -> None:
    silent = [
        f"{app.title} {path}" for app in apps.values() for path, route in routes(app) if not route.endpoint.__doc__
    ]
    assert silent == []


def test_a_schema_has_one_name_and_a_name_one_schema(apps: dict[str, FastAPI]) -> None:
    schemas: dict[str, Any] = {}
    for app in apps.values():
        for name, schema in app.openapi()["components"]["schemas"].items():
            assert re.fullmatch(r"([A-Z][a-z0-9]*)+(_[A-Za-z0-9]+_)?", name), f"{name}: two models have one name"
            assert schemas.setdefault(name, schema) == schema, f"{name} is something else in another service"


def test_every_body_has_an_example_that_would_be_taken(apps: dict[str, FastAPI]) -> None:
    """By its schema, and by the model itself, which has rules that no schema can say."""
    wrong = []
    for app in apps.values():
        document = app.openapi()
        models = {(path, method.lower()): route for path, route in routes(app) for method in route.methods or ()}
        for (path, method), route in models.items():
            sent = document["paths"].get(path, {}).get(method, {}).get("requestBody", {"content": {}})
            for kind, content in sent["content"].items():
                schema = content["schema"] | {"components": document["components"]}
                faults = [error.message for error in Draft202012Validator(schema).iter_errors(content.get("example"))]
                if route.body_field:
                    try:
                        kind_of(route.body_field.field_info).validate_python(content.get("example"))
                    except ValidationError as error:
                        faults.append(str(error))
                if not content.get("example") or faults:
                    wrong.append(f"{app.title} {method} {path} {kind}: {faults}")
    assert wrong == []


def test_every_service_verifies_the_topics_of_its_own_facts(apps: dict[str, FastAPI]) -> None:
    for app in apps.values():
        assert set(topics_of(app.state.service)) <= set(app.state.topics)


def test_a_transaction_in_a_document_would_be_seen() -> None:
    @dataclass
    class Work:
        """A dataclass as a parameter silently becomes a part of the body."""

        now: str

    app = FastAPI()

    @app.post("/kettles")
    def boil(work: Work) -> None: ...

    @app.post("/stoves")
    def heat(stove: dict[str, str], work: Work) -> None: ...

    assert names_work(app.openapi()) == ["Work", "Body_heat_stoves_post.work"]


def test_a_change_outside_a_command_would_be_seen() -> None:
    app, inner = FastAPI(), APIRouter(prefix="/kettles", route_class=CommandRoute)

    @inner.post("")
    @allowed(Role.quality)
    def boil(work: Command) -> None: ...

    app.include_router(inner, prefix="/v1")
    assert unguarded(app) == []

    @app.delete("/v1/kettles/{id}")
    def drop(id: int) -> None: ...

    assert unguarded(app) == ["DELETE /v1/kettles/{id}"]


def test_a_command_that_says_nothing_about_its_callers_cannot_be_written() -> None:
    router = APIRouter(route_class=CommandRoute)
    with pytest.raises(TypeError, match="must say who may call it"):

        @router.post("/kettles")
        def boil() -> None: ...


def bodies(of: type[Body] = Body) -> Iterator[type[Body]]:
    """Every form of a request's body, once the services are imported; none that another test made for itself."""
    for body in of.__subclasses__():
        if not body.__module__.rpartition(".")[2].startswith("test_"):
            yield from (body, *bodies(body))


MADE_HERE = {"Action.due_at", "Action.overdue", "Action.done_at", "Action.done_by", "Action.evidence"}
"""What no request has: it follows from the plan, or is set when an action is reported as done."""


LAX = ("1_000", "\u0661\u0662", True)
"""What pydantic takes for a number, and no other reader does."""
EPOCH = ("1700000000", "2026", 1700000000)
"""What it takes for an instant."""


def kind_of(info: FieldInfo) -> TypeAdapter[Any]:
    """What a field takes."""
    kind: Any = Annotated[info.annotation, *info.metadata] if info.metadata else info.annotation
    return TypeAdapter(kind)


def takes(info: FieldInfo) -> Iterator[Any]:
    """What of it a field takes as another thing than the text that it is."""
    adapter = kind_of(info)
    for given in (*LAX, *EPOCH):
        with suppress(ValidationError):
            found = adapter.validate_python(given)
            if isinstance(found, date) or (given in LAX and not isinstance(found, type(given))):
                yield given


def test_a_text_that_cannot_be_stored_is_refused_by_its_field(apps: dict[str, FastAPI]) -> None:
    fields = [(f"{body.__name__}.{name}", info) for body in bodies() for name, info in body.model_fields.items()]
    taken = []
    for name, info in fields:
        for given in ("a\0b", ["a\0b"]):
            with suppress(ValidationError):
                kind_of(info).validate_python(given)
                taken.append(name)
    assert {*taken} - MADE_HERE == set()


def test_a_number_or_an_instant_is_written_as_people_write_it(apps: dict[str, FastAPI]) -> None:
    fields = [(f"{body.__name__}.{name}", info) for body in bodies() for name, info in body.model_fields.items()]
    fields = [each for each in fields if each[0] not in MADE_HERE]
    for app in apps.values():
        for path, route in routes(app):
            queries = [each for each in get_flat_params(route.dependant) if isinstance(each.field_info, params.Query)]
            fields += [(f"{app.title} {path}?{each.alias}", each.field_info) for each in queries]
    assert len(fields) > 100
    assert [f"{name}: {given!r}" for name, info in fields for given in takes(info)] == []
