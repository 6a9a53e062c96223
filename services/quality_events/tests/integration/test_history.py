"""A record's history over HTTP: who changed what and why, and what others were told with it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4


def of_today(world: Any, lot: Any) -> Any:
    """A deviation that is not yet due, so that the running timer adds nothing to its history."""
    aware = datetime.now(UTC) - timedelta(hours=1)
    return world.deviation(lot, partner_aware_at=aware, occurred_at=aware)


async def test_a_deviation_tells_its_past(bus: Any, world: Any, found: Any, service: Any) -> None:
    await bus.publish(of_today(world, world.lot()))
    deviation = await found("deviations", site_id=world.site)
    path = f"/deviations/{deviation['id']}"
    major = {"classification": "major", "reason": "a critical step"}
    assert (await service.client.post(f"{path}/classification", json=major)).status_code == 200
    async with service.as_("partner_quality", partner_id=world.maker) as maker:
        assert (await maker.post(f"{path}/investigation", json={})).status_code == 200
        theirs = (await maker.get(f"{path}/history")).json()["items"]
    entries = (await service.client.get(f"{path}/history")).json()["items"]
    assert [(entry["part"], entry["done"]) for entry in entries] == [
        ("deviation", "created"),
        ("deviation_lot", "created"),
        ("deviation", "changed"),
        ("deviation", "changed"),
    ]
    told = [[fact["type"].split(".")[-2] for fact in entry["facts"]] for entry in entries]
    assert told == [[], ["DeviationRaised", "BallHeld"], ["DeviationClassified", "BallHeld"], []]
    classified = entries[2]
    assert (classified["actor"], classified["reason"]) == ("tester", "a critical step")
    assert classified["text"].endswith("Published: DeviationClassified, BallHeld.")
    assert classified["facts"][0]["data"]["classification"] == "major"
    assert "awaited_side" not in classified["text"]
    unread = {"awareness_accepted_revision", "batch_ids", "due_zone", "parties"}
    unread |= {"notification_limit_hours", "notification_limit_revision"}
    unread |= {"overdue_reported_for", "prepared_by", "reported_aware_at", "source", "source_revision"}
    for entry in (*entries, *theirs):
        del entry["text"]
        entry["changes"] = [change for change in entry["changes"] if change["field"] not in unread]
    assert theirs == entries, "both sides have one record, as far as its answer shows it"


async def test_it_comes_in_parts(bus: Any, world: Any, found: Any, service: Any) -> None:
    await bus.publish(of_today(world, world.lot()))
    path = f"/deviations/{(await found('deviations', site_id=world.site))['id']}"
    whole = (await service.client.get(f"{path}/history")).json()
    assert whole["next"] is None
    parts, cursor = [], None
    while True:
        page = (
            await service.client.get(f"{path}/history", params={"limit": 1} | ({"cursor": cursor} if cursor else {}))
        ).json()
        parts += page["items"]
        cursor = page["next"]
        if cursor is None:
            break
    assert parts == whole["items"]
    assert (await service.client.get(f"{path}/history", params={"cursor": "x"})).status_code == 400


async def test_nobody_reads_the_past_of_what_it_may_not_see(bus: Any, world: Any, found: Any, service: Any) -> None:
    await bus.publish(world.deviation())
    path = f"/deviations/{(await found('deviations', site_id=world.site))['id']}"
    async with service.as_("partner_quality", partner_id=uuid4()) as rival:
        answer = await rival.get(f"{path}/history")
        absent = await rival.get(f"/deviations/{uuid4()}/history")
    assert answer.status_code == absent.status_code == 404
    assert answer.json()["title"] == absent.json()["title"]


async def test_a_partner_is_given_the_facts_that_concern_it(
    bus: Any, world: Any, found: Any, service: Any, database: Any
) -> None:
    """Also where its database login asks for them itself."""
    await bus.publish(world.deviation())
    deviation = await found("deviations", site_id=world.site)
    xid = await database.fetchval("SELECT xid::text FROM outbox WHERE key = $1 LIMIT 1", deviation["id"])
    asked = "SELECT count(*) FROM facts_told($1::text::xid8, $2)"
    for tenant, seen in ((str(world.maker), 2), (str(uuid4()), 0), ("", 0)):
        async with database.transaction():
            await database.execute("SET LOCAL ROLE svc_partner")
            await database.execute("SELECT set_config('entente.tenant', $1, true)", tenant)
            assert await database.fetchval(asked, xid, deviation["id"]) == seen, tenant
