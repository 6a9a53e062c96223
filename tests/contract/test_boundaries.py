"""Values at the edge of what there is, in every field and parameter: taken or refused, and everything still works."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from typing import Any
from urllib.parse import quote

import pytest
import pytest_asyncio

from runtime.database import Context
from runtime.principal import worker
from tests.architecture.asking import Answer, Asker, Route, connect, routes_of
from tests.architecture.bodies import body_of
from tests.architecture.world import PACKAGES, World
from tests.whole import WHOLE

pytestmark = pytest.mark.timeout(600)
EVERYTHING = ("quality", "sourcing", "regulatory", "msat", "lab", "supply", "governance", "admin")
TEXTS = [
    *("0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59-14:00", "1899-12-31"),
    *("9999-12-31", "0001-01", "9999-12", "infinity", "", "a\x00b", "a\u202eb", "\ud800", "x" * 20_000),
    *("NaN", "1e400", "0." + "0" * 60 + "1"),
]
LITERALS = ["1e400", "-1e400", "1e-400", "9" * 400, "NaN", "null", "[]", "{}", "-1"]
"""As they stand in JSON; some are none."""
IN_BODIES, IN_QUERIES = 24, 8
"""Of so many values one is tried at a place in a short run: another one at the next place, and of the next route."""
STREAM = "GET /v1/events"
REBUILD = "POST /v1/projection-rebuilds"
"""Asked by who may not: it takes away what the next ones read, for a while."""


@pytest_asyncio.fixture(scope="module")
async def askers(world: World, settings: Any, postgres_dsn: str) -> AsyncIterator[dict[str, Asker]]:
    """Who asks each of the services."""
    world.record = "partner_id"
    world.a.found["record"] = world.a.id
    async with AsyncExitStack() as stack:
        yield {
            package: await stack.enter_async_context(connect(world.running[package], package, settings, postgres_dsn))
            for package in PACKAGES
        }


def bodies(text: str, first: int) -> Iterator[str]:
    """The JSON document with each leaf replaced by each value; in a short run by some, in turn from a first one on."""
    for leaf, marked in enumerate(map(json.dumps, _marked(json.loads(text))), first):
        for value in _in_turn([*map(json.dumps, TEXTS), *LITERALS], leaf, IN_BODIES):
            yield marked.replace('"@"', value)


def _in_turn(values: list[str], place: int, every: int) -> list[str]:
    """All of them in a whole run; in a short one every so many, from another one at each place on."""
    return values if WHOLE else values[place % every :: every]


def _marked(value: Any) -> Iterator[Any]:
    match value:
        case dict():
            for name, item in value.items():
                yield from (value | {name: changed} for changed in _marked(item))
        case list():
            for n, item in enumerate(value):
                yield from ([*value[:n], changed, *value[n + 1 :]] for changed in _marked(item))
        case _:
            yield "@"


async def test_no_value_makes_a_fault_and_all_that_is_read_is_still_read(
    askers: dict[str, Asker], world: World, issuer: Any
) -> None:
    """Each field and parameter of each route; a short run tries some of the values there, and the whole one all."""
    everybody, quality, wrong = issuer.token(*EVERYTHING), issuer.token("quality"), list[str]()
    for asker in askers.values():
        for route in routes_of(asker.app):
            token = quality if str(route) == REBUILD else everybody
            wrong += [fault async for fault in _asked(asker, route, token, world)]
    await world.quiet()
    wrong += [fault async for fault in _still_read(askers, issuer, world)]
    assert not wrong, "\n".join(wrong)


async def _asked(asker: Asker, route: Route, token: str, world: World) -> AsyncIterator[str]:
    body = body_of(str(route), route.method, world.a)
    contents = list(bodies(body, len(str(route)))) if body and body.startswith(("{", "[")) else []
    for content in contents:
        answer = await asker.ask(route, token, world.a, content=content)
        if answer.status >= 500 or str(answer.status) not in route.statuses:
            yield f"{route} with {content[:200]}: {answer.status} {answer.text[:200]}"
    if str(route) == STREAM:
        return
    for value in _in_turn(TEXTS, len(str(route)), IN_QUERIES):
        text = quote(value.encode("utf-8", "surrogatepass"))
        alone = [
            name for name in route.queries if name == "cursor" or len(text) > 1000
        ]  # a bad cursor ends the reading
        groups = [{*route.queries} - {*alone}, *({name} for name in alone)]
        for asked in groups:
            while asked:  # those that are refused as such, and then the others, which the query has to cope with
                answer = await asker.ask(route, token, world.a, query="&".join(f"{name}={text}" for name in asked))
                if answer.status >= 500 or str(answer.status) not in route.statuses:
                    yield f"{route}?{sorted(asked)}={value[:40]!r}: {answer.status} {answer.text[:200]}"
                left = asked - _refused(answer)
                if left == asked and len(asked) > 1 and answer.status >= 400:  # one hides the others
                    groups += [{name} for name in asked]
                asked = left if left != asked else set()


def _refused(answer: Answer) -> set[str]:
    """The query parameters that an answer names as wrong."""
    errors = json.loads(answer.text).get("errors", []) if answer.status == 422 else []
    return {error["field"].removeprefix("query.").split(".")[0] for error in errors}


async def _still_read(askers: dict[str, Asker], issuer: Any, world: World) -> AsyncIterator[str]:
    """Every list for the sponsor and a partner, every timer, and no fact that could not be handled."""
    people = [issuer.token(*EVERYTHING), issuer.token("partner_quality", partner_id=world.a.id)]
    for package, asker in askers.items():
        for route in routes_of(asker.app):
            if route.method == "GET" and not route.parameters and str(route) != STREAM:
                for token in people:
                    answer = await asker.ask(route, token, world.a)
                    if answer.status not in (200, 403):
                        yield f"{route}: {answer.status} {answer.text[:200]}"
        if asker.connection is None:
            continue
        for timer in asker.app.state.timers:
            async with asker.app.state.store.work(Context(worker(asker.app.state.service))) as work:
                await timer.run(work)
        for row in await asker.connection.fetch("SELECT * FROM parked"):
            yield f"{package} parked {dict(row)}"[:1000]
