"""Tokens of a real Keycloak: who they are for, how they are renewed, and keys that change or cannot be read."""

import asyncio
import time
from typing import Any
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric import ec

from identity.keys import LOOK_AGAIN
from tests.identity.people import PASSWORD

ME = "/api/me"


async def test_people_and_systems_are_who_the_realm_says(keycloak: Any, running: Any, maker: str) -> None:
    carla, mia = await keycloak.login("carla.rossi"), await keycloak.login("mia.brandt")
    system = await keycloak.token(grant_type="client_credentials", client_id="maker-mes", client_secret=PASSWORD)
    found = [(await running.ask(ME, each["access_token"])).json() for each in (carla, mia, system)]
    assert [(each["roles"], each["party"]) for each in found] == [
        (["regulatory"], "sponsor"), (["partner_quality"], maker), (["partner_system"], maker),
    ]  # fmt: skip
    assert found[0]["name"] == "Carla Rossi"
    roles = jwt.decode(carla["access_token"], options={"verify_signature": False})["roles"]
    assert {"default-roles-entente", "offline_access", "uma_authorization"} < set(roles), "Keycloak's own stay in it"
    signing = await keycloak.login("carla.rossi", "entente-signing")
    refused = [await running.ask(ME, token) for token in (carla["id_token"], *_all(signing))]
    assert [answer.status_code for answer in refused] == [403, 401, 401]


def _all(tokens: dict[str, Any]) -> list[str]:
    return [tokens["access_token"], tokens["id_token"]]


async def test_a_role_that_changes_counts_with_the_next_token(keycloak: Any, running: Any) -> None:
    first = await keycloak.login("dan.weber")
    await keycloak.grant("dan.weber", "finance")
    await keycloak.grant("dan.weber", "sourcing", "DELETE")
    again = {"grant_type": "refresh_token", "client_id": "entente", "refresh_token": first["refresh_token"]}
    second = await keycloak.token(**again)
    roles = [(await running.ask(ME, each["access_token"])).json()["roles"] for each in (first, second)]
    assert roles == [["sourcing"], ["finance"]]
    await keycloak.grant("dan.weber", "finance", "DELETE")
    third = await keycloak.token(**again | {"refresh_token": second["refresh_token"]})
    assert (await running.ask(ME, third["access_token"])).status_code == 403, "Keycloak's own roles count for nothing"


async def test_a_new_key_counts_at_once_and_the_old_while_it_is_published(
    keycloak: Any, running: Any, eventually: Any
) -> None:
    before = await keycloak.login("ana.kovac")
    assert (await running.ask(ME, before["access_token"])).status_code == 200
    await keycloak.new_key()
    after = await keycloak.login("ana.kovac")
    kids = [jwt.get_unverified_header(each["access_token"])["kid"] for each in (before, after)]
    assert kids[0] != kids[1]

    async def taken() -> bool:  # at once, or where another test looked in vain just now, after what Retry-After says
        return bool((await running.ask(ME, after["access_token"])).status_code == 200)

    await eventually(taken, LOOK_AGAIN + 5)
    still = await keycloak.token(
        grant_type="refresh_token", client_id="entente", refresh_token=before["refresh_token"]
    )  # its session outlives the key
    for each in (before, still):
        assert (await running.ask(ME, each["access_token"])).status_code == 200


async def test_a_flood_of_invented_keys_asks_the_issuer_seldom(keycloak: Any, running: Any, issuer: Any) -> None:
    good = (await keycloak.login("ana.kovac"))["access_token"]
    assert (await running.ask(ME, good)).status_code == 200
    key, asked, begun = ec.generate_private_key(ec.SECP256R1()), running.way.asked, time.monotonic()
    invented = [
        jwt.encode({"sub": "x", "iss": keycloak.issuer}, key, algorithm="ES256", headers={"kid": uuid4().hex})
        for _ in range(300)
    ]
    answers = await asyncio.gather(*(running.ask(ME, token) for token in invented))
    assert {answer.status_code for answer in answers} <= {401, 503}
    assert (await running.ask(ME, good)).status_code == 200
    assert running.way.asked - asked <= 1 + (time.monotonic() - begun) // LOOK_AGAIN + 1


async def test_an_outage_of_the_issuer_hinders_nobody_whose_key_is_known(
    keycloak: Any, running: Any, eventually: Any
) -> None:
    known = [(await keycloak.login(name))["access_token"] for name in ("ana.kovac", "mia.brandt")]
    assert (await running.ask(ME, known[0])).status_code == 200
    await keycloak.new_key()
    new = (await keycloak.login("ana.kovac"))["access_token"]
    running.way.cut()
    try:
        refused = await running.ask(ME, new)
        assert (refused.status_code, refused.json()["type"]) == (503, "urn:entente:problem:issuer-unavailable")
        assert float(refused.headers["retry-after"]) == LOOK_AGAIN
        slow = asyncio.gather(*(running.ask(ME, new) for _ in range(50)))
        begun = time.monotonic()
        assert [(await running.ask(ME, token)).status_code for token in known] == [200, 200], "one is not remembered"
        assert time.monotonic() - begun < 2
        assert {answer.status_code for answer in await slow} == {503}
    finally:
        running.way.reachable = True

    async def taken() -> bool:
        return bool((await running.ask(ME, new)).status_code == 200)

    await eventually(taken, LOOK_AGAIN + 5)
