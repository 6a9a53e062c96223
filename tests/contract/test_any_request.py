"""What schemathesis makes of each document, asked by every role: no fault of ours, no answer that is not documented."""

from collections.abc import Iterator, Mapping
from typing import Any

import httpx
import hypothesis
import pytest
import requests
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase
from schemathesis import GenerationMode

from tests.answers import Answers
from tests.architecture.asking import routes_of
from tests.architecture.owned import COMMON, RECORDS
from tests.architecture.world import PACKAGES, Caller, World
from tests.whole import WHOLE

pytestmark = pytest.mark.timeout(300)
EXAMPLES = 8 if WHOLE else 1
"""Of each kind of request. They are the same in every run: what one finds, the next one finds as well."""
NOT_ASKED = {
    "GET /v1/events": "it does not end",
    "POST /v1/projection-rebuilds": "it takes away what the next ones read, for a while",
}


def _requests(operation: Any, records: Mapping[str, str]) -> list[requests.PreparedRequest]:
    """Some that the document allows, of a record that there is (in the whole run also of any), and some that it does
    not allow.
    """
    named = {each.name: records[each.name] for each in operation.path_parameters if each.name in records}
    made = _made(operation, GenerationMode.POSITIVE, named) + _made(operation, GenerationMode.NEGATIVE, named)
    return made + (_made(operation, GenerationMode.POSITIVE, {}) if named and WHOLE else [])


def _made(operation: Any, mode: GenerationMode, path: Mapping[str, str]) -> list[requests.PreparedRequest]:
    made: list[requests.PreparedRequest] = []

    @hypothesis.settings(
        max_examples=EXAMPLES, derandomize=True, database=None, phases=[Phase.generate],
        suppress_health_check=[*HealthCheck],
    )  # fmt: skip
    @hypothesis.given(operation.as_strategy(mode, path_parameters=path))
    def make(case: Any) -> None:
        made.append(requests.Request(**case.as_transport_kwargs(base_url="http://test")).prepare())

    make()
    return made


def _asked(app: FastAPI, world: World, package: str) -> Iterator[tuple[Caller, str, requests.PreparedRequest]]:
    """Who asks for which operation with which request: who may ask goes round, and some who may not."""
    routes = {str(route): route for route in routes_of(app)}
    callers = [caller for caller in world.callers() if caller.company in (None, world.a)]
    records = COMMON | world.a.found
    records |= {"record": records[RECORDS.get(package, "specification_id")]}
    schema: Any = schemathesis.openapi.from_dict(app.openapi())
    for number, operation in enumerate(found.ok() for found in schema.get_all_operations()):
        if operation.label in routes.keys() - NOT_ASKED.keys():
            roles = {grant.role for grant in routes[operation.label].needs.grants}
            may = [caller for caller in callers if caller.role in roles]
            made = _requests(operation, records)
            # In a short run as often as there are requests, and not as there are roles: the access matrix asks by each.
            turns = range(max(len(made), len(may)) if WHOLE else len(made))
            yield from ((may[(number + turn) % len(may)], operation.label, made[turn % len(made)]) for turn in turns)
            others = [caller for caller in callers if caller.role not in roles]
            # The access matrix has all of them refused: here one of them in turn is looked at for what it is told.
            refused = others if WHOLE or not others else [others[number % len(others)]]
            yield from ((caller, operation.label, made[0]) for caller in refused)


@pytest.mark.parametrize("package", PACKAGES)
async def test_every_request_has_an_answer_that_its_document_knows(package: str, world: World, issuer: Any) -> None:
    app = world.running[package].app
    answers, found, wrong = Answers(app), 0, []
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, timeout=60) as client:
        for caller, label, asked in _asked(app, world, package):
            token = issuer.token(caller.role, partner_id=caller.party, subject=f"{caller.role} {label}")
            headers: dict[str, Any] = {**asked.headers, "Authorization": f"Bearer {token}"}
            content: Any = asked.body
            answer = await client.request(f"{asked.method}", f"{asked.url}", headers=headers, content=content)
            found += answer.is_success
            where = f"{caller}: {asked.method} {asked.url} with {asked.headers} and {asked.body!r:.500}"
            try:
                await answers.check(answer)
                assert answer.status_code < 500, answer.text
            except AssertionError as error:
                wrong.append(f"{where}: {error}")
    assert not wrong, "\n".join(wrong)
    assert found, "else all were refused, and no answer was looked at"
