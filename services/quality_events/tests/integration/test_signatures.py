"""A signature is a fresh login for one act (21 CFR 11.50 to 11.200; EU GMP Annex 11, 14)."""

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from contracts import clock
from contracts.quality_events import OosConcluded
from runtime.principal import SIGNATURE

CONFIRMED = {"conclusion": "inconclusive"}
MEANING = "the investigation is concluded"
PLACES = {"made at": "site", "by": "partner", "tested by": "laboratory"}
To_sign = Callable[..., Awaitable[Any]]


@pytest_asyncio.fixture
async def in_phase_2(bus: Any, world: Any, found: Any, service: Any) -> Callable[[], Awaitable[str]]:
    """The path of an investigation that somebody else may conclude."""

    async def make() -> str:
        lot = world.lot()
        await bus.publish(world.oos(lot))
        path = f"/oos-investigations/{(await found('oos-investigations', lot=lot.number))['id']}"
        await service.second.done(f"{path}/phase-2", {"reason": "no error"})
        return path

    return make


@pytest.fixture
def conclude(service: Any) -> To_sign:
    """Ask for the conclusion as it is, with a token for the signature or without one."""

    async def ask(path: str, token: str | bytes | None = None, body: Any = CONFIRMED, **headers: str) -> Any:
        given = headers | ({SIGNATURE: token} if token else {})
        return await service.client.post(f"{path}/conclusion", json=body, headers=given, auth=None)

    return ask


async def tamper(database: Any, sql: str, path: str) -> None:
    """Change something in the database, past all code of ours."""
    async with database.transaction():
        await database.execute("SELECT set_config('entente.actor', 'migration:x', true)")
        await database.execute(sql, path.rpartition("/")[2])


async def test_what_is_signed_is_shown_first_and_stays_with_the_record(
    in_phase_2: Any, conclude: To_sign, service: Any
) -> None:
    path = await in_phase_2()
    before = (await service.client.get(path)).json()
    assert [each["signed"] for each in before["allowed"] if each["name"] == "conclude"] == [True]
    asked = await conclude(path)
    problem = asked.json()
    assert (asked.status_code, problem["type"]) == (401, "urn:entente:problem:signature-required")
    assert asked.headers["www-authenticate"].startswith('Bearer error="insufficient_user_authentication"')
    assert problem["meaning"] == MEANING
    assert problem["text"].splitlines() == [
        f"tester signs: {MEANING}",
        f"this is: oos investigation {before['number']}, version 2",
        f"lot: {before['lot_number']}",
        f"material: {before['material']}",
        f"test: {before['test']}",
        f"value: {before['value']}",
        f"unit: {before['unit']}",
        *(f"{word}: not named here ({before[name]['id']})" for word, name in PLACES.items()),
        "tested again: none",
        "amended to: none",
        "given: conclusion: inconclusive; open capa: false",
    ]
    assert problem["digest"] == hashlib.sha256(problem["statement"].encode()).hexdigest()
    statement = json.loads(problem["statement"])
    assert (statement["by"], statement["version"], statement["content"]["state"]) == ("tester", 2, "phase_2")
    assert (await service.client.get(path)).json() == before, "nothing was done without it"
    done = await conclude(path, service.issuer.login("tester", problem["digest"], name="Mara Novak"))
    (signature,) = done.json()["signatures"]
    assert {**signature, "signed_at": ""} == {
        **{"action": "conclude", "meaning": MEANING, "by": "tester", "name": "Mara Novak", "signed_at": ""},
        **{"digest": problem["digest"], "holds": True, "changed": [], "undone_at": None},
    }
    assert (await service.client.get(path)).json()["signatures"] == [signature]


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"sub": "second"}, "another person's"),
        ({"nonce": "0" * 64}, "nonce"),
        ({"auth_time": (clock.now() - timedelta(minutes=3)).timestamp()}, "last 120 seconds"),
        ({"auth_time": None}, "auth_time"),
        ({"auth_time": True}, "last 120 seconds"),
        ({"auth_time": "now"}, "last 120 seconds"),
        ({"auth_time": (clock.now() + timedelta(hours=1)).timestamp()}, "last 120 seconds"),
        ({"aud": "entente"}, "Audience"),
        ({"iss": "elsewhere"}, "issuer"),
        ({"exp": 1}, "expired"),
    ],
)
async def test_a_login_that_was_not_for_this_signs_nothing(
    in_phase_2: Any, conclude: To_sign, service: Any, claims: dict[str, Any], why: str
) -> None:
    path = await in_phase_2()
    digest = (await conclude(path)).json()["digest"]
    refused = await conclude(path, service.issuer.login("tester", digest, **claims))
    assert (refused.status_code, refused.json()["digest"]) == (401, digest)
    assert why in refused.json()["detail"]
    assert (await service.client.get(path)).json()["state"] == "phase_2"


@pytest.mark.parametrize("token", ["x", "a.b.c", "\xe9", "." * 9000, "access"])
async def test_rubbish_and_the_token_of_the_request_sign_nothing(
    in_phase_2: Any, conclude: To_sign, service: Any, token: str
) -> None:
    path = await in_phase_2()
    given = service.issuer.token("quality", subject="tester") if token == "access" else token
    refused = await conclude(path, given.encode("latin-1"))
    assert (refused.status_code, refused.json()["type"]) == (401, "urn:entente:problem:signature-required")


async def test_a_signature_is_for_one_record_one_content_and_once(
    in_phase_2: Any, conclude: To_sign, service: Any
) -> None:
    path, other = await in_phase_2(), await in_phase_2()
    token = service.issuer.login("tester", (await conclude(path)).json()["digest"])
    for moved in (await conclude(other, token), await conclude(path, token, CONFIRMED | {"cause": "something else"})):
        assert (moved.status_code, moved.json()["type"]) == (401, "urn:entente:problem:signature-required")
    assert (await conclude(path, token)).status_code == 200
    assert (await conclude(path, token)).status_code == 409


async def test_a_change_in_between_asks_for_the_signature_anew(
    in_phase_2: Any, conclude: To_sign, service: Any, database: Any
) -> None:
    path = await in_phase_2()
    token = service.issuer.login("tester", (await conclude(path)).json()["digest"])
    await tamper(database, "UPDATE oos_investigation SET cause = 'x' WHERE id = $1", path)
    again = await conclude(path, token)
    assert (again.status_code, "nonce" in again.json()["detail"]) == (401, True)


async def test_who_prepared_it_is_not_even_asked_to_sign(in_phase_2: Any, service: Any) -> None:
    refused = await service.second.post(f"{await in_phase_2()}/conclusion", json=CONFIRMED, auth=None)
    assert (refused.status_code, refused.json()["fields"]) == (403, ["phase_2_by"])


async def test_what_is_refused_then_is_refused_before_anybody_signs(in_phase_2: Any, conclude: To_sign) -> None:
    refused = await conclude(await in_phase_2(), body={"conclusion": "invalidated", "cause": "pipette"})
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:entente:problem:rule-violated")


async def test_two_who_sign_at_once_are_one_conclusion(
    in_phase_2: Any, conclude: To_sign, service: Any, bus: Any, database: Any
) -> None:
    path = await in_phase_2()
    token = service.issuer.login("tester", (await conclude(path)).json()["digest"])
    answers = await asyncio.gather(*(conclude(path, token) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    id = path.rpartition("/")[2]
    assert await database.fetchval("SELECT count(*) FROM signature WHERE record_id = $1", id) == 1
    assert len(await bus.told(OosConcluded)) >= 1


async def test_the_same_key_is_answered_the_same_without_another_login(
    in_phase_2: Any, conclude: To_sign, service: Any
) -> None:
    path = await in_phase_2()
    key = {"Idempotency-Key": path}
    token = service.issuer.login("tester", (await conclude(path, **key)).json()["digest"])
    done = await conclude(path, token, **key)
    again = await conclude(path, **key)
    assert (done.status_code, again.status_code, again.json()) == (200, 200, done.json())


@pytest.mark.parametrize(
    ("tampering", "changed"),
    [
        ("UPDATE oos_investigation SET conclusion = 'confirmed' WHERE id = $1", ["conclusion"]),
        ("UPDATE signature SET statement = replace(statement, 'inconclusive', 'x') WHERE record_id = $1", []),
    ],
)
async def test_what_was_changed_since_is_shown_as_broken(
    in_phase_2: Any, service: Any, database: Any, tampering: str, changed: list[str]
) -> None:
    path = await in_phase_2()
    await service.client.done(f"{path}/conclusion", CONFIRMED)
    await tamper(database, tampering, path)
    (signature,) = (await service.client.get(path)).json()["signatures"]
    assert (signature["holds"], signature["changed"]) == (False, changed)


async def test_a_column_of_a_later_release_breaks_no_signature_until_something_stands_in_it(
    in_phase_2: Any, service: Any, database: Any
) -> None:
    path = await in_phase_2()
    await service.client.done(f"{path}/conclusion", CONFIRMED)
    await tamper(database, "UPDATE signature SET sealed = sealed - 'retest_analysts' WHERE record_id = $1", path)
    (signature,) = (await service.client.get(path)).json()["signatures"]
    assert (signature["holds"], signature["changed"]) == (True, [])
    await tamper(database, "UPDATE oos_investigation SET retest_analysts = '{Bor}' WHERE id = $1", path)
    (signature,) = (await service.client.get(path)).json()["signatures"]
    assert (signature["holds"], signature["changed"]) == (False, ["retest_analysts"])


async def test_parts_of_a_record_are_signed_with_it(
    bus: Any, world: Any, found: Any, service: Any, investigated: Any, database: Any
) -> None:
    await bus.publish(world.deviation(world.lot()))
    deviation = await found("deviations", site_id=world.site)
    lot = deviation["lots"][0]["lot_id"]
    await investigated(deviation, impacts=[{"lot_id": lot, "impact": "none"}], capa_justification="a single event")
    path = f"/deviations/{deviation['id']}"
    await service.client.done(f"{path}/approval-request")
    closed = await service.second.done(f"{path}/closure")
    assert [each["holds"] for each in closed["signatures"]] == [True]
    await tamper(database, "UPDATE deviation_lot SET impact = 'much' WHERE deviation_id = $1", path)
    (listed,) = (await service.client.get("/deviations", params={"site_id": str(world.site)})).json()["items"]
    assert [each["changed"] for each in listed["signatures"]] == [["deviation_lot"]]


async def test_a_partner_signs_its_own_and_no_token_is_shown(in_phase_2: Any, service: Any, world: Any) -> None:
    path = await in_phase_2()
    async with (
        service.as_("partner_quality", partner_id=world.maker) as maker,
        service.as_("partner_quality", partner_id=world.laboratory) as laboratory,
    ):
        done = await maker.done(f"{path}/conclusion", CONFIRMED)
        seen = (await laboratory.get(path)).json()["signatures"]
    assert [each["by"] for each in seen] == [f"person of {world.maker}"]
    assert seen == done["signatures"]
    assert "token" not in seen[0]


@pytest.mark.parametrize(("party", "subject"), [("maker", "tester"), ("rival", "me")])
async def test_the_database_lets_nobody_sign_for_another(
    in_phase_2: Any, new_world: Any, world: Any, partners_login: Any, party: str, subject: str
) -> None:
    id = (await in_phase_2()).rpartition("/")[2]
    row = {"id": id, "table_name": "oos_investigation", "record_id": id, "version": 3, "action": "conclude"}
    row |= {"meaning": "x", "subject": subject, "printed_name": "x", "signed_at": "2026-03-01T00:00:00Z"}
    row |= {"digest": id, "statement": "{}", "sealed": {}, "token": "x"}
    who = world.maker if party == "maker" else new_world().maker
    async with partners_login("quality_events", who) as login:
        assert await login.insert("signature", row) == "refused"
        assert await login.run("UPDATE signature SET meaning = 'y'") == "refused"
        assert await login.run("DELETE FROM signature") == "refused"
        assert await login.run("SELECT token FROM signature") == "refused"
    async with partners_login("quality_events", world.maker, actor="tester") as login:
        assert await login.insert("signature", row | {"subject": "tester"}) == "INSERT 0 1", "the row is a good one"
