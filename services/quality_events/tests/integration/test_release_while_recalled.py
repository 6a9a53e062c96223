"""While a recall runs nothing of it is released to its markets, whatever becomes of its holds; others weigh it."""

from typing import Any

from tests.releasing import decision, disposition, made, readiness, settled, stated, usual

MARKETS = [{"market": "US", "regime": "us"}, {"market": "CA", "regime": "other"}]
RECALL = {"classification": "I", "depth": "consumer", "cause": "impurity", "health_hazard": "it may harm"}


async def recalled(service: Any, batch_id: str, *, mock: bool = False) -> Any:
    """A recall of a batch that both approved, from two markets."""
    async with service.as_("qp", subject="eva") as eva:
        recall = await eva.done("/recalls", RECALL | {"batch_ids": [batch_id], "markets": MARKETS, "mock": mock})
    for role in ("quality", "regulatory"):
        async with service.as_(role, subject=f"of {role}") as person:
            recall = await person.done(f"/recalls/{recall['id']}/{role}-approval")
    return recall


async def lift(service: Any, batch_id: str) -> None:
    """Lift whatever holds it."""
    of_it = {"batch_id": batch_id, "open": "true"}
    for hold in (await service.client.get("/batch-holds", params=of_it)).json()["items"]:
        await service.client.done(f"/batch-holds/{hold['id']}/lifting", {"reason": "it looked fine"})


async def test_a_running_recall_stops_it_though_its_hold_is_lifted(
    bus: Any, known: Any, service: Any, found: Any, printed: Any
) -> None:
    markets = ("US", "CA", "CH")
    id, _ = await made(bus, known, service, found, *usual(known, *markets), markets=markets)
    async with service.as_("quality", subject="stater") as quality:
        for market in markets:
            await stated(quality, id, market)
    client = service.client
    await settled(bus, client, id, "US")
    await client.done(f"{await disposition(client, id, 'US')}/release", await decision(client, id, "US"))
    exercise = await recalled(service, id, mock=True)
    assert (exercise["state"], (await readiness(client, id, "CA"))["blocking"]) == ("started", [])
    recall = await recalled(service, id)
    us = await printed(client, await disposition(client, id, "US"))
    assert (recall["number"] in us, exercise["number"] in us) == (True, False), "what took it back"
    await lift(service, id)

    ca, number = await disposition(client, id, "CA"), recall["number"]
    here = await settled(bus, client, id, "CA", "not_recalled")
    why = here["by_name"]["not_recalled"]
    assert (number in why["why"], why["owner"], why["stateable"]) == (True, "sponsor", False)
    assert [each["id"] for each in why["proof"]] == [recall["id"]]
    refused = await client.post(f"{ca}/release", json=await decision(client, id, "CA"))
    assert (refused.status_code, refused.json().get("missing")) == (409, ["not_recalled"]), refused.text
    follow_up = await decision(client, id, "CA", follow_up_on="2097-01-01")
    refused = await client.post(f"{ca}/release-for-processing", json=follow_up)
    assert (refused.status_code, refused.json().get("missing")) == (409, ["not_recalled"]), refused.text
    elsewhere, ch = await settled(bus, client, id, "CH"), await disposition(client, id, "CH")
    assert (elsewhere["by_name"]["not_recalled"]["weighs"], number in str(elsewhere["by_name"])) == (True, True)
    refused = await client.post(f"{ch}/release", json=await decision(client, id, "CH"))
    assert (refused.status_code, refused.json()["fields"]) == (409, ["weighed"]), refused.text
    await client.done(f"{ch}/release", await decision(client, id, "CH", weighed=[number]))


async def test_a_decision_weighs_no_record_that_its_readiness_does_not_show(
    bus: Any, known: Any, service: Any, found: Any
) -> None:
    id, lot = await made(bus, known, service, found, *usual(known, "US"), markets=("US",))
    async with service.as_("quality", subject="stater") as quality:
        await stated(quality, id, "US")
    await bus.publish(known.deviation(lot, proposed_classification="minor"))
    deviation = await found("deviations", lot=lot.number)
    us = await disposition(service.client, id, "US")
    for step in ("release", "rejection"):
        body = await decision(service.client, id, "US", weighed=["DEV-1999-99999", deviation["number"]])
        refused = await service.client.post(f"{us}/{step}", json=body)
        said = refused.json()
        assert (refused.status_code, said["fields"]) == (409, ["weighed"]), refused.text
        assert ("DEV-1999-99999" in said["detail"], deviation["number"] in said["records"]) == (True, True)
    own = await decision(service.client, id, "US", weighed=[deviation["number"]])
    assert (await service.client.done(f"{us}/rejection", own))["state"] == "rejected"
