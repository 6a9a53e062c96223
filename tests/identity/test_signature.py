"""A signature by a fresh login at Keycloak: for this person, this content, now and once."""

import html
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import jwt
import pytest

from contracts import clock
from runtime.principal import FRESH_SECONDS, SIGNATURE
from tests.architecture.examples import RECOGNITION
from tests.identity.people import PASSWORD
from tests.keycloak_form import filled_in

ROWS = "/api/partner-registry/v1/mutual-recognitions"
FRESH = {"prompt": "login", "max_age": "0"}


@pytest.fixture(scope="module")
def countries() -> Any:
    """A row of recognition is for one country."""
    return iter(("JP", "NZ", "AU"))


async def checked(running: Any, by: str, country: str) -> str:
    """The path of a row that somebody recorded and checked."""
    made = await running.ask(ROWS, by, "POST", json=RECOGNITION | {"regime": "gb", "country": country})
    path = f"{ROWS}/{made.json()['id']}"
    done = await running.ask(f"{path}/check", by, "POST", json=RECOGNITION)
    assert done.json()["state"] == "checked", done.text
    return path


async def test_who_logs_in_for_it_signs(keycloak: Any, running: Any, countries: Any) -> None:
    carla, erik = [(await keycloak.login(name))["access_token"] for name in ("carla.rossi", "erik.dahl")]
    paths = [await checked(running, carla, next(countries)) for _ in range(2)]

    async def confirm(path: str, login: str = "", client: httpx.AsyncClient = running.client) -> Any:
        headers = {"Authorization": f"Bearer {erik}"} | ({SIGNATURE: login} if login else {})
        return await client.post(f"{path}/confirmation", headers=headers)

    async def logged_in(name: str, nonce: str, **asked: str) -> str:
        return str((await keycloak.login(name, "entente-signing", nonce=nonce, **asked))["id_token"])

    asked = (await confirm(paths[0])).json()
    assert asked["type"] == "urn:entente:problem:signature-required"
    assert "Erik Dahl signs" in asked["text"]
    login = await logged_in("erik.dahl", asked["digest"], **FRESH)
    refused = {
        "another person's": await confirm(paths[0], await logged_in("carla.rossi", asked["digest"], **FRESH)),
        "its nonce is not": await confirm(paths[0], await logged_in("erik.dahl", "0" * 64, **FRESH)),
        "nonce": await confirm(paths[0], erik),
    }
    for why, answer in refused.items():
        assert (answer.status_code, why in answer.json()["detail"]) == (401, True), answer.text
    within = httpx.AsyncClient(transport=httpx.ASGITransport(running.app), base_url=running.url)
    with clock.standing_at(datetime.now(UTC) + timedelta(seconds=FRESH_SECONDS + 60)):  # a clock of this task alone
        late = await confirm(paths[0], login, within)
    assert (late.status_code, "the last 120 seconds" in late.json()["detail"]) == (401, True), late.text
    done = await confirm(paths[0], login)
    (signature,) = done.json()["signatures"]
    assert (signature["name"], signature["holds"]) == ("Erik Dahl", True)
    for path in paths:
        assert (await confirm(path, login)).status_code in (401, 409), "it signed once, and that"


async def test_a_login_for_a_signature_comes_back_here_or_to_the_persons_own_machine(keycloak: Any) -> None:
    for redirect_uri, status in {
        keycloak.home: 200,
        "http://127.0.0.1:45678/": 200,
        "http://127.0.0.1.example/": 400,
        "https://evil.example/": 400,
    }.items():
        asked = {"client_id": "entente-signing", "response_type": "id_token", "scope": "openid", "nonce": "n"}
        page = await keycloak.client.get(
            f"{keycloak.issuer}/protocol/openid-connect/auth", params=asked | {"redirect_uri": redirect_uri}
        )
        assert page.status_code == status, redirect_uri


async def test_nobody_signs_under_a_name_of_their_own_making(keycloak: Any) -> None:
    asked = {"client_id": "entente", "redirect_uri": keycloak.home, "scope": "openid", "response_type": "code"}
    asked |= {"code_challenge": "c" * 43, "code_challenge_method": "S256", "kc_action": "UPDATE_PROFILE"}
    page = await keycloak.client.get(f"{keycloak.issuer}/protocol/openid-connect/auth", params=asked)
    back = await keycloak.client.post(**filled_in(page, "ana.kovac", PASSWORD))
    told = [each for answer in (page, back) for each in answer.headers.get_list("set-cookie")]
    cookies = {"Cookie": "; ".join(each.split(";")[0] for each in told)}
    form = await keycloak.client.get(back.headers["location"], headers=cookies)
    action = re.search(r'<form[^>]*action="([^"]+)"', form.text)
    assert action, form.text
    said = {"firstName": "Somebody", "lastName": "Else", "email": "ana.kovac@entente.example"}
    await keycloak.client.post(html.unescape(action[1]), data=said, headers=cookies)
    token = (await keycloak.login("ana.kovac", "entente-signing"))["id_token"]
    assert jwt.decode(token, options={"verify_signature": False})["name"] == "Ana Kova\u010d"
