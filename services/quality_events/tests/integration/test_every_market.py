"""A rejection for every market is signed for each market that follows, and for what becomes of it there."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest_asyncio

from contracts.dispositions import BatchRejected, BatchStopped
from installation.migrate import database_admin_url
from runtime.principal import SIGNATURE
from runtime.settings import Settings
from tests.releasing import decision, disposition, made, named, readiness, registered, settled, stated, usual


@pytest_asyncio.fixture
async def released(bus: Any, known: Any, service: Any, found: Any) -> AsyncIterator[Any]:
    """A batch that is released in the US, and open in Switzerland and Canada."""
    markets = ("US", "CH", "CA")
    id, _ = await made(bus, known, service, found, *usual(known, *markets), markets=markets)
    async with service.as_("quality", subject="stater") as stater:
        await stated(stater, id, "US")
        await settled(bus, stater, id, "US")
    client = service.client
    await client.done(f"{await disposition(client, id, 'US')}/release", await decision(client, id, "US"))
    yield id


async def test_what_is_signed_names_each_market_that_follows(
    bus: Any, service: Any, known: Any, released: str, printed: Any
) -> None:
    client = service.client
    path = await disposition(client, released, "CH")
    body = await decision(client, released, "CH", every_market=True)
    others = {market: await decision(client, released, market) for market in ("US", "CA")}
    numbers = {
        market: (await client.get(await disposition(client, released, market))).json()["number"] for market in others
    }
    asked = await client.post(f"{path}/rejection", json=body, auth=None)
    read = asked.json()["text"].splitlines()
    assert read[-2:] == [
        f"follows: market: {market}; disposition: {numbers[market]}; it is: {before}; it becomes: {after}; "
        f'register: "Holder {known.code}, {regime}"; readiness digest: {others[market]["readiness_digest"]}'
        for market, before, after, regime in (
            *(("CA", "open", "rejected", "other"), ("US", "released", "stopped", "us")),
        )
    ], read
    token = service.issuer.login("tester", asked.json()["digest"])
    stopped = others["US"] | {"impact": "none was sold"}
    await service.second.done(f"{await disposition(client, released, 'US')}/stop", stopped)
    late = await client.post(f"{path}/rejection", json=body, headers={SIGNATURE: token}, auth=None)
    assert (late.status_code, late.json()["type"]) == (401, "urn:entente:problem:signature-required")
    assert "US" not in late.json()["text"], "what is stopped already is stopped by nobody twice"
    assert (await client.get(path)).json()["state"] == "open"
    await service.second.done(f"{await disposition(client, released, 'US')}/resumption", stopped)
    rejected = await client.done(f"{path}/rejection", body)
    states = {
        each["market"]: each["state"]
        for each in (await client.get("/dispositions", params={"batch_id": released})).json()["items"]
    }
    assert states == {"US": "stopped", "CH": "rejected", "CA": "rejected"}
    assert len(await bus.told(BatchRejected, 2, batch_id=UUID(released))) == 2
    assert len(await bus.told(BatchStopped, 2, batch_id=UUID(released))) == 2
    await an_entry_without_a_signature_names_that_which_has_it(client, released, rejected["number"], printed)


async def an_entry_without_a_signature_names_that_which_has_it(
    client: Any, released: str, signed: str, printed: Any
) -> None:
    """In the register and on paper."""
    for market, follows in (("CH", None), ("US", signed), ("CA", signed)):
        path = await disposition(client, released, market)
        last = (await client.get(f"{path}/decisions")).json()["items"][-1]
        assert last["follows"] == follows, market
        assert (f"Signed with {signed}" in await printed(client, path)) == bool(follows), market


async def test_after_a_restore_no_register_gives_a_number_again(
    service: Any, settings: Settings, postgres_dsn: str, released: str
) -> None:
    """What it may have given after the moment stands in prints and in facts: it is left out, and seen to lack."""
    client, us = service.client, await disposition(service.client, released, "US")
    (first,) = (await client.get(f"{us}/decisions")).json()["items"]
    admin = await asyncpg.connect(database_admin_url(postgres_dsn, settings.database_of("quality_events")))
    try:
        assert await admin.fetchval("SELECT leave_numbers_out(100)") >= 1
        await service.second.done(f"{us}/stop", await decision(client, released, "US", impact="none was sold"))
        stopped = (await client.get(f"{us}/decisions")).json()["items"][-1]
        assert stopped["register_number"] == first["register_number"] + 101
        ch = await disposition(client, released, "CH")
        await client.done(f"{ch}/rejection", await decision(client, released, "CH"))
        (only,) = (await client.get(f"{ch}/decisions")).json()["items"]
        assert only["register_number"] > 100, "a register that had no entry at that moment may have had some since"
        registers = (await client.get("/batch-registers")).json()["items"]
        (of_it,) = [each for each in registers if (each["legal_entity"], each["regime"]) == _register(stopped)]
        assert of_it["missing"] >= 100
    finally:
        await admin.execute("DELETE FROM register_floor")
        await admin.close()


def _register(entry: Any) -> tuple[str, str]:
    return entry["legal_entity"], entry["regime"]


async def test_where_no_other_market_follows_that_is_said(service: Any, bus: Any, known: Any, found: Any) -> None:
    id, _ = await made(bus, known, service, found, markets=("US",))
    path, body = await disposition(service.client, id, "US"), await decision(service.client, id, "US")
    read = (await service.client.post(f"{path}/rejection", json=body | {"every_market": True}, auth=None)).json()[
        "text"
    ]
    assert read.splitlines()[-1] == "follows: nothing"
    read = (await service.client.post(f"{path}/rejection", json=body, auth=None)).json()["text"]
    assert "follows" not in read
    assert read.splitlines()[-1].endswith("; weighed: none"), "a list with nothing in it is signed, too"


async def test_what_is_rejected_for_every_market_is_released_in_none_again(
    bus: Any, known: Any, service: Any, released: str
) -> None:
    """Neither where it was stopped, nor in a market that is intended again, nor in one that is new."""
    client, intent = service.client, f"/batches/{released}/intent"
    await bus.publish(registered(known, "JP"), registered(known, "AU"))
    await client.done(intent, {"markets": ["US", "CH", "CA", "JP"]})
    await client.done(intent, {"markets": ["US", "CH", "CA"]})
    path = await disposition(client, released, "CH")
    number = (await client.done(f"{path}/rejection", await decision(client, released, "CH", every_market=True)))[
        "number"
    ]
    await client.done(intent, {"markets": ["US", "CH", "CA", "JP", "AU"]})
    for market, step in (("US", "resumption"), ("JP", "release"), ("AU", "release")):
        if market != "US":
            async with service.as_("quality", subject="stater") as stater:
                await stated(stater, released, market)
        one = await settled(bus, client, released, market, "not_held")
        assert number in one["by_name"]["not_held"]["why"]
        body = await decision(client, released, market, **({"impact": "none"} if step == "resumption" else {}))
        refused = await client.post(f"{await disposition(client, released, market)}/{step}", json=body)
        assert (refused.status_code, refused.json().get("missing")) == (409, ["not_held"]), refused.text
    body = await decision(client, released, "AU", follow_up_on="2098-01-01")
    refused = await client.post(f"{await disposition(client, released, 'AU')}/release-for-processing", json=body)
    assert (refused.status_code, refused.json().get("missing")) == (409, ["not_held"]), refused.text
    async with service.as_("partner_quality", partner_id=known.maker) as maker:
        assert number in (await readiness(maker, released, "AU"))["by_name"]["not_held"]["why"]


async def test_a_market_stops_in_the_register_that_certified_it(bus: Any, known: Any, service: Any, found: Any) -> None:
    """Which is that of the authorisation that names the qualified person, and not of the marketing authorisation."""
    person, entity = f"qp-{uuid4().hex[:6]}", f"Importer {known.code}"
    capacity = named(known, person).model_copy(update={"legal_entity": entity})
    id, _ = await made(bus, known, service, found, *usual(known, "AT", "US"), capacity, markets=("AT", "US"))
    async with service.as_("quality", subject="stater") as stater:
        await stated(stater, id, "AT")
        await settled(bus, stater, id, "AT", "confirmations")
    at, us = await disposition(service.client, id, "AT"), await disposition(service.client, id, "US")
    async with service.as_("partner_quality", partner_id=known.maker, subject="ana") as maker:
        await maker.done(f"{at}/confirmation", {"stages": ["making"], "deviations": []})
    async with service.as_("qp", subject=person) as qp:
        await qp.done(f"{at}/release", await decision(service.client, id, "AT"))
    body = await decision(service.client, id, "US", every_market=True)
    asked = (await service.client.post(f"{us}/rejection", json=body, auth=None)).json()["text"]
    assert f'register: "{entity}, eu_eea"' in asked.splitlines()[-1]
    await service.client.done(f"{us}/rejection", body)
    entries = (await service.client.get(f"{at}/decisions")).json()["items"]
    said = [(each["decision"], each["legal_entity"], each["register_number"]) for each in entries]
    assert said == [("released", entity, 1), ("stopped", entity, 2)]
    assert entries[-1]["capacity"] is None, "it is no qualified person's decision"
