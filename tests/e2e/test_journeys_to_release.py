"""From what partners' systems send to a decision on a batch, across the services on a real Kafka."""

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from partner_registry.main import timers
from partner_registry.qualifications.commands import review
from runtime.database import Context
from runtime.principal import worker
from tests.journeys import in_every_order, made, meant, released, settled
from tests.partnership import ZONE, Partnership
from tests.releasing import decision, disposition


async def expire(of: Partnership) -> None:
    """What partner_registry's timers do when their time has come."""
    async with of.registry.app.state.store.work(Context(worker("partner-registry"))) as work:
        for timer in timers:
            await timer.run(work)
        # The service's own may have come to the certificate before the qualification that rests on it was there.
        await review(work, UUID(of.site["id"]), "its certificate has expired", work.now.date())


@in_every_order
async def test_a_certificate_that_had_expired_on_the_day_of_manufacture(partnership: Any, seed: int | None) -> None:
    yesterday = datetime.now(ZoneInfo(ZONE)).date() - timedelta(1)
    of: Partnership = await partnership("US", certified_until=yesterday, days_ago=9)
    await expire(of)
    batch = await meant(of, await made(of, "L1", seed=seed), "US")
    seen = await settled(of, batch, "US", "site_qualified")
    why = seen["by_name"]["site_qualified"]
    assert (why["verdict"], "has expired" in why["why"]) == ("not_met", True), why["why"]
    path, client = await disposition(of.quality.client, batch, "US"), of.quality.client
    refused = await client.post(f"{path}/release", json=await decision(client, batch, "US"))
    assert (refused.status_code, refused.json()["missing"]) == (409, ["site_qualified"]), refused.text


@in_every_order
async def test_released_in_one_market_and_rejected_in_the_other(partnership: Any, seed: int | None) -> None:
    of: Partnership = await partnership("AT", "US")
    qp = f"qp of {of.code}"
    await of.qp(qp)
    batch = await meant(of, await made(of, "L1", seed=seed), "AT", "US")
    await settled(of, batch, "AT", "confirmations")
    at, us = [await disposition(of.quality.client, batch, market) for market in ("AT", "US")]
    async with of.quality.as_("partner_quality", partner_id=of.maker, subject="ana") as maker:
        await maker.done(f"{at}/confirmation", {"stages": ["making"], "deviations": []})
    body = await decision(of.quality.client, batch, "AT")
    async with of.quality.as_("qp", subject=qp) as person:
        assert (await person.done(f"{at}/release", body))["state"] == "released"
    rejected = await of.quality.client.done(f"{us}/rejection", await decision(of.quality.client, batch, "US"))
    assert rejected["state"] == "rejected"
    assert (await of.quality.client.get(f"/batches/{batch}")).json()["state"] == "dispositioned"


@in_every_order
async def test_two_qualified_persons_sign_at_once(partnership: Any, seed: int | None) -> None:
    of: Partnership = await partnership("AT")
    people = [f"{name} of {of.code}" for name in ("eva", "max")]
    for each in people:
        await of.qp(each)
    batch = await meant(of, await made(of, "L1", seed=seed), "AT")
    await settled(of, batch, "AT", "confirmations")
    at = await disposition(of.quality.client, batch, "AT")
    async with of.quality.as_("partner_quality", partner_id=of.maker, subject="ana") as maker:
        await maker.done(f"{at}/confirmation", {"stages": ["making"], "deviations": []})
    body = await decision(of.quality.client, batch, "AT")

    async def sign(subject: str) -> Any:
        async with of.quality.as_("qp", subject=subject) as person:
            return await person.post(f"{at}/release", json=body)

    answers = sorted(await asyncio.gather(*map(sign, people)), key=lambda each: each.status_code)
    assert [each.status_code for each in answers] == [200, 409], [each.text for each in answers]
    entries = (await of.quality.client.get(f"{at}/decisions")).json()["items"]
    assert [each["decision"] for each in entries].count("released") == 1


@in_every_order
async def test_a_part_and_a_merge_are_held_by_what_they_came_of(partnership: Any, seed: int | None) -> None:
    of: Partnership = await partnership("US")
    first, second, third = batches = [await made(of, number, seed=seed) for number in ("L1", "L2", "L3")]
    client = of.quality.client
    kilogram, days = {"value": "1", "unit": "kg"}, {"manufacture_date": "2026-11", "expiry_date": "2099-10"}
    for batch in (first, second):
        await client.done(f"/batches/{batch}/description", days)
    parents = [{"batch_id": first, "quantity": kilogram}]
    await client.done(f"/batches/{second}/parents", {"kind": "split", "parents": parents})
    merged = [{"batch_id": each, "quantity": kilogram} for each in (first, second)]
    await client.done(f"/batches/{third}/parents", {"kind": "merged", "parents": merged})
    hold = await client.done("/batch-holds", {"batch_id": first, "reason": "seal", "markets": ["US"]})
    for batch in batches:
        await settled(of, await meant(of, batch, "US"), "US", "not_held")
    await client.done(f"/batch-holds/{hold['id']}/lifting", {"reason": "resealed"})
    assert (await released(of, third, "US"))["state"] == "released"


@in_every_order
async def test_a_rework_without_an_approved_change_is_refused(partnership: Any, seed: int | None) -> None:
    of: Partnership = await partnership("US")
    parent, child = [await made(of, number, seed=seed) for number in ("L1", "L2")]
    body = {"site_id": of.site["id"], "products": [of.code], "title": "x", "description": "x"}
    change = await of.quality.second.done("/changes", body | {"effective_from": "2099-01-31"})
    amount = {"batch_id": parent, "quantity": {"value": "10", "unit": "kg"}}
    rework = {"kind": "reworked", "parents": [amount], "stability": "0b" * 32, "change_id": change["id"]}
    refused = await of.quality.client.post(f"/batches/{child}/parents", json=rework)
    assert (refused.status_code, refused.json()["fields"]) == (409, ["change_id"]), refused.text
    path = f"/changes/{change['id']}"
    await of.quality.client.done(f"{path}/classification", {"classification": "minor"})
    async with of.quality.as_("regulatory", subject="rita") as regulatory:
        markets = {"markets": [{"market": "US", "category": "annual_report"}], "lots_already_made": "none"}
        await regulatory.done(f"{path}/assessment", markets)
    await of.quality.client.done(f"{path}/approval")
    async with of.quality.as_("partner_quality", partner_id=of.maker, subject="ana") as maker:
        await maker.done(f"{path}/site-approval")
    await of.quality.client.done(f"/batches/{child}/parents", rework)
    (edge,) = (await of.quality.client.get(f"/batches/{child}/genealogy")).json()["links"]
    assert (edge["kind"], edge["parent_id"]) == ("reworked", parent)
