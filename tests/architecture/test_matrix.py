"""Every route asked by everybody of everybody's records: refused, it changed nothing, and a rival learns nothing."""

import asyncio
import json
import re
import socket
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from itertools import product
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx
import pytest
import pytest_asyncio

from contracts import Role, Side
from event_stream.main import create
from serving.server import serving
from tests.architecture.asking import Answer, Asker, Route, connect, routes_of
from tests.architecture.bad_tokens import some_bad_tokens
from tests.architecture.bodies import NOBODY, body_of
from tests.architecture.owned import RECORDS, Company
from tests.architecture.world import CANARY, PACKAGES, Caller, World, build
from tests.whole import WHOLE

pytestmark = pytest.mark.timeout(600)
STREAM = "GET /v1/events"
REBUILD = "POST /v1/projection-rebuilds"
ASKED_ELSEWHERE = {
    STREAM: "it does not end: who may open it is asked here, what it tells below",
    REBUILD: "it takes away what the next ones read, for a while: kpi's own tests do it",
    "POST /v1/events/tickets": "each is another one: what they open is looked at in event_stream's own tests",
    "POST /v1/documents": "each is another one: who reads it is looked at in contracting's own tests",
}
"""Only by those who may not."""
CHANGES_NOTHING = {"POST /v1/mappings/{mapping_id}/checks": "a file is tried", "POST /v1/rebuilds": "it only compares"}
TRIES = 5
"""A service may be told meanwhile of what was done before: what a refusal itself changes, it changes each time."""


@pytest_asyncio.fixture(scope="module")
async def world(launch: Any, eventually: Any) -> World:
    """Two rivals and a laboratory in services that run."""
    return await build({package: await launch(package) for package in PACKAGES}, eventually)


@pytest_asyncio.fixture(scope="module", params=PACKAGES)
async def asker(request: pytest.FixtureRequest, world: World, settings: Any, postgres_dsn: str) -> AsyncIterator[Asker]:
    """Who asks one of the services, when nothing is under way any more."""
    await world.quiet()
    world.record = RECORDS.get(request.param, "specification_id")
    for company in (world.a, world.b):
        company.found["record"] = company.found[world.record]
    async with connect(world.running[request.param], request.param, settings, postgres_dsn) as asker:
        yield asker


def _missing_parts(route: Route, answer: Answer) -> Iterator[str]:
    if answer.status >= 500:
        yield "a fault of ours"
    if str(answer.status) not in route.statuses:
        yield f"{answer.status} is not in the OpenAPI document"
    if answer.status >= 400 and answer.headers.get("content-type") != "application/problem+json":
        yield "no problem details (RFC 9457)"


async def test_a_token_that_is_none_opens_nothing(asker: Asker, world: World, issuer: Any) -> None:
    wrong: list[str] = []
    before = await asker.digest()
    for route in routes_of(asker.app):
        for name, claims in some_bad_tokens(f"{route}"):
            answer = await asker.ask(route, None if claims is None else issuer.token(**claims), world.a)
            faults = [*_missing_parts(route, answer)]
            if answer.status not in (401, 403):
                faults.append(f"answered {answer.status}")
            wrong += [f"{route} with a token {name}: {fault}" for fault in faults]
    assert not wrong, "\n".join(wrong)
    assert await asker.digest() == before


async def test_everybody_may_what_is_said_and_learns_nothing_of_strangers(
    asker: Asker, world: World, issuer: Any
) -> None:
    wrong: list[str] = []
    under_way = True
    for route in routes_of(asker.app):
        callers = world.callers()
        asked = callers if WHOLE else [each for each in callers if each.company in (None, world.a)]
        refused = _in_turn(route, [each for each in asked if not _holds(route, each)])
        # Asked in one go: the content is large.
        for _ in range(TRIES):
            if under_way:  # to ask it of every service after each route that is only read takes a third of the time
                await world.quiet()
            before = await asker.digest()
            wrong += [fault for caller in refused for fault in await _by(asker, route, caller, world, issuer)]
            if await asker.digest() == before:
                break
            under_way = True
        else:
            wrong.append(f"{route} was refused to all who may not, and changed something")
        under_way = route.method != "GET"
        if str(route) not in ASKED_ELSEWHERE:
            for caller in _in_turn(route, [each for each in callers if _holds(route, each)]):
                wrong += await _by(asker, route, caller, world, issuer)
    assert not wrong, "\n".join(wrong)


async def test_a_filter_finds_nothing_of_a_strangers(asker: Asker, world: World, issuer: Any) -> None:
    wrong: list[str] = []
    for route in routes_of(asker.app):
        for company in (world.a, world.b, world.laboratory):
            caller = Caller(company, Role.partner_quality)
            if route.method != "GET" or route.parameters or str(route) == STREAM or not _holds(route, caller):
                continue
            token = issuer.token(str(caller.role), partner_id=caller.party)
            for name, target in product(route.filters, world.strangers(company)):
                if value := target.value(name):
                    answer = await asker.ask(route, token, target, query=f"{name}={quote(value)}")
                    nothing = await asker.ask(route, token, NOBODY, query=f"{name}={quote(NOBODY.value(name))}")
                    faults = [*_missing_parts(route, answer), *_canaries(route, caller, target, answer, world, value)]
                    if answer.without(target) != nothing.without(NOBODY):
                        faults.append(f"{answer.text[:200]}, and for nobody's {nothing.text[:200]}")
                    wrong += [f"{route}?{name} of {target.name} by {caller}: {fault}" for fault in faults]
    assert not wrong, "\n".join(wrong)


async def _by(asker: Asker, route: Route, caller: Caller, world: World, issuer: Any) -> list[str]:
    token = issuer.token(str(caller.role), partner_id=caller.party, subject=f"{caller}")
    return [f"{route} by {caller}{fault}" async for fault in _faults(asker, route, caller, token, world)]


async def _faults(asker: Asker, route: Route, caller: Caller, token: str, world: World) -> AsyncIterator[str]:
    """What is wrong with what somebody gets for each target; a role that may not do it asks for a stranger's alone."""
    targets = [world.a, world.b] if caller.company else [world.a]
    if not _holds(route, caller):
        targets = world.strangers(caller.company)[:1] if caller.company else [world.a]
    nothing = await asker.ask(route, token, NOBODY) if caller.company and _holds(route, caller) else None
    for target in targets:
        before = await asker.digest() if _holds(route, caller) else None
        answer = await asker.ask(route, token, target)
        of = f" on the record of {target.name}: {answer.status} {answer.text[:300]}: "
        for fault in [
            *_missing_parts(route, answer),
            *_access(route, caller, target, answer, world),
            *_canaries(route, caller, target, answer, world),
        ]:
            yield of + fault
        if answer.status >= 400 and before and await asker.digest() != before:
            for _ in range(TRIES):
                await world.quiet()
                before = await asker.digest()
                await asker.ask(route, token, target)
                if await asker.digest() == before:
                    break
            else:
                yield of + "it was refused and changed something"
        if answer.status < 300 and route.method != "GET" and str(route) not in CHANGES_NOTHING:
            for fault in await _audit(asker, route, target, answer, f"{caller}"):
                yield of + fault
        if nothing and _is_foreign(route, caller, target, world) and answer.without(target) != nothing.without(NOBODY):
            yield of + f"for what there is not: {nothing.status} {nothing.text[:300]}"


def _in_turn(route: Route, callers: list[Caller]) -> list[Caller]:
    """Who of them asks, in a short run one role of each organisation, another one for each route."""
    if WHOLE:
        return callers
    organisations = defaultdict(list)
    for each in callers:
        organisations[each.company.name if each.company else ""].append(each)
    return [roles[len(str(route)) % len(roles)] for roles in organisations.values()]


def _holds(route: Route, caller: Caller) -> bool:
    return caller.role in {grant.role for grant in route.needs.grants}


def _is_foreign(route: Route, caller: Caller, target: Company, world: World) -> bool:
    """Whether what is asked for is none of the caller's business."""
    return caller.company is not None and not world.is_party(caller.company, target, route.parameters)


def _access(route: Route, caller: Caller, target: Company, answer: Answer, world: World) -> Iterator[str]:
    problem = answer.problem
    if not _holds(route, caller):
        if (answer.status, problem) != (403, "forbidden"):
            yield "the role may not do this"
        return
    if answer.status == 401 or problem == "forbidden":
        yield "the role may do this"
    if caller.company is None or _is_foreign(route, caller, target, world):
        return
    held = {grant.side for grant in route.needs.grants if grant.role == caller.role} - {Side.sponsor}
    on_its_side = bool(held & world.sides(caller.company, target, route.parameters))
    if route.changes_a_record and on_its_side == (problem == "wrong-side"):
        yield f"as {sorted(held)} of the record"
    if answer.status == 404 and target.has(route.parameters):
        yield "it is a party to the record"


def _canaries(
    route: Route, caller: Caller, target: Company, answer: Answer, world: World, query: str = ""
) -> Iterator[str]:
    """What names a stranger, and was not in the question."""
    if caller.company is None:
        return
    asked = f"{route.path_for(target)} {query or route.query_for(target)} {body_of(str(route), route.method, target)}"
    got = f"{answer.text} {answer.headers}"
    secrets = {secret for stranger in world.strangers(caller.company) for secret in stranger.secrets}
    yield from (f"it tells of {secret}" for secret in sorted(secrets) if secret in got and secret not in asked)
    if caller.company is not world.b and CANARY in got and CANARY not in asked:
        yield "a canary"


async def _audit(asker: Asker, route: Route, target: Company, answer: Answer, subject: str) -> list[str]:
    entries = await asker.audited(answer.correlation_id)
    if not entries:
        return ["nothing is in the audit"]
    wrong = [f"the audit names {entry['actor']}" for entry in entries if entry["actor"] != subject]
    given = re.search(r'"reason": "([^"]+)"', f"{body_of(str(route), route.method, target)}")
    if given and {entry["reason"] for entry in entries} != {given[1]}:
        wrong.append("the body's reason is not in the audit")
    return wrong


async def test_somebody_elses_cursor_leads_to_nothing_of_its_own(asker: Asker, world: World, issuer: Any) -> None:
    wrong: list[str] = []
    for route in routes_of(asker.app):
        caller = Caller(world.a, Role.partner_quality)
        if route.method != "GET" or route.parameters or "cursor" not in route.queries or not _holds(route, caller):
            continue
        token = issuer.token(str(caller.role), partner_id=caller.party)
        for owner, given in (("the sponsor", issuer.token("quality")), ("the rival", _token(issuer, world.b))):
            page = await asker.ask(route, given, world.b, query="limit=1")
            if cursor := json.loads(page.text)["next"]:
                answer = await asker.ask(route, token, world.b, query=f"limit=500&cursor={quote(cursor)}")
                faults = [*_missing_parts(route, answer), *_canaries(route, caller, world.b, answer, world)]
                wrong += [f"{route} by a cursor of {owner}: {fault}" for fault in faults]
    assert not wrong, "\n".join(wrong)


async def test_the_stream_tells_nobody_of_a_rival(world: World, settings: Any, issuer: Any, eventually: Any) -> None:
    await world.quiet()
    listener = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    async with serving(create(settings), settings, listener), httpx.AsyncClient(base_url=address, timeout=60) as client:
        streams = {}
        for company in (world.a, world.b, world.laboratory):
            streams[company.name] = await _listen(client, _token(issuer, company), _last_word(company, world))
    assert world.a.lot in streams[world.a.name]
    assert world.a.lot in streams[world.laboratory.name]
    assert world.b.lot in streams[world.b.name]
    told = [
        f"{company.name} hears of {secret}"
        for company in (world.a, world.b, world.laboratory)
        for stranger in world.strangers(company)
        for secret in stranger.secrets
        if secret in streams[company.name]
    ]
    assert told == []


def _token(issuer: Any, company: Company) -> str:
    return str(issuer.token("partner_quality", partner_id=UUID(company.id)))


def _last_word(company: Company, world: World) -> set[str]:
    """What has to be heard before the stream may be left: the facts of all services about its own records."""
    of = world.b if company is world.b else world.a
    return {of.found["result_id"], of.found["investigation_id"]}


async def _listen(client: httpx.AsyncClient, token: str, until: set[str]) -> str:
    """All that the stream tells from the beginning, until these words were heard and then nothing came for a while."""
    heard = ""
    headers = {"Authorization": f"Bearer {token}"}
    async with client.stream("GET", "/v1/events", params={"since": "beginning"}, headers=headers) as response:
        assert response.status_code == 200
        lines = response.aiter_lines()
        while True:
            silence = 1.0 if all(word in heard for word in until) else 30.0
            try:
                async with asyncio.timeout(silence):
                    heard += await anext(lines)
            except TimeoutError:
                assert silence == 1.0, f"{until} was not told"
                return heard
