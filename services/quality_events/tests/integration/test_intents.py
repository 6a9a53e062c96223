"""For which markets a batch is meant: a slip of the pen asks nothing of its maker, and leaves nothing open."""

from typing import Any
from uuid import UUID

from contracts.quality_events import QualityEventsBallHeld
from tests.releasing import decision, disposition, reviewed


async def intended(service: Any, path: str, *markets: str) -> Any:
    return await service.client.done(f"{path}/intent", {"markets": [*markets]})


async def test_a_slip_asks_nothing_of_the_maker(bus: Any, known: Any, service: Any, found: Any) -> None:
    lot = known.lot()
    await bus.publish(known.start(lot), known.completion(lot))
    batch = await found("batches", lot=lot.number, state="manufactured")
    path = f"/batches/{batch['id']}"
    assert batch["waiting_for"]["partner_id"] == str(known.maker), "its record is the maker's to hand in"
    statement = {"batch_id": batch["id"], "statement": "x", "evidence": "0c" * 32}
    for markets, told in (([], "for no market yet"), (["AT", "US"], "for AT, US, and not for FR")):
        await intended(service, path, *markets)
        body = statement | {"market": "FR", "condition": "samples_retained"}
        refused = await service.client.post("/readiness-statements", json=body)
        assert (refused.status_code, refused.json()["markets"]) == (409, markets)
        assert told in refused.json()["detail"]
    wrong = await service.client.post(f"{path}/intent", json={"markets": ["US", "XX"]})
    assert (wrong.status_code, "XX is no country" in wrong.text) == (422, True)
    of_it = {"batch_id": batch["id"], "market": ["FR", "XX"]}
    assert (await service.client.get("/dispositions", params=of_it)).json()["items"] == []
    states = []
    for markets in (["US", "FR"], ["US"], ["US", "FR"], ["US"]):
        await intended(service, path, *markets)
        (one,) = (await service.client.get("/dispositions", params=of_it)).json()["items"]
        states.append((one["state"], (one["waiting_for"] or {}).get("side")))
    assert states == [("open", "partner"), ("not_intended", None)] * 2, "nothing is deleted"
    async with service.as_("partner_quality", partner_id=known.maker, subject="ana") as ana:
        body = {"stages": ["making"], "deviations": []}
        refused = await ana.post(f"/dispositions/{one['id']}/confirmation", json=body)
        assert (refused.status_code, one["allowed"]) == (409, []), refused.text


async def test_a_batch_is_through_when_what_was_left_open_was_a_slip(
    bus: Any, known: Any, service: Any, found: Any
) -> None:
    lot = known.lot()
    await bus.publish(known.start(lot), known.completion(lot))
    batch = await found("batches", lot=lot.number, state="manufactured")
    path = f"/batches/{batch['id']}"
    await reviewed(service, known, path)
    await intended(service, path, "US", "JP")
    us = await disposition(service.client, batch["id"], "US")
    async with service.as_("partner_quality", partner_id=known.maker, subject="ana") as ana:
        await ana.done(f"{us}/confirmation", {"stages": ["making"], "deviations": []})
    await intended(service, path, "JP")
    body = await decision(service.client, batch["id"], "US")
    refused = await service.client.post(f"{us}/release", json=body)
    assert (refused.status_code, refused.json().get("markets")) == (409, ["JP"]), refused.text
    await intended(service, path, "US", "JP")
    await service.client.done(f"{us}/rejection", await decision(service.client, batch["id"], "US"))
    assert (await service.client.get(path)).json()["state"] == "under_review"
    assert (await intended(service, path, "US"))["state"] == "dispositioned"


async def test_of_a_batch_that_was_given_up_nobody_is_asked_to_decide(
    bus: Any, known: Any, service: Any, found: Any, eventually: Any
) -> None:
    lot = known.lot()
    await bus.publish(known.start(lot))
    batch = await found("batches", lot=lot.number, state="in_process")
    path = f"/batches/{batch['id']}"
    await intended(service, path, "AT", "US")
    async with service.as_("partner_quality", partner_id=known.maker, subject="ana") as ana:
        assert (await ana.done(f"{path}/termination", {"reason": "wet granulate"}))["waiting_for"] is None

    async def left() -> bool:
        listed = (await service.client.get("/dispositions", params={"batch_id": batch["id"]})).json()["items"]
        return sorted((each["market"], each["state"], each["waiting_for"]) for each in listed) == [
            (market, "not_intended", None) for market in ("AT", "US")
        ]

    await eventually(left)
    (at,) = (await service.client.get("/dispositions", params={"batch_id": batch["id"], "market": "AT"})).json()[
        "items"
    ]
    (held,) = (await bus.told(QualityEventsBallHeld, 2, subject_id=UUID(at["id"])))[1:]
    assert held.side == "nobody"
