"""Deviations and the events that they have to do with: from both ends, and as far as who reads sees them."""

from typing import Any
from uuid import UUID, uuid4

COMPLAINT = {
    "market": "DE",
    "category": "quality",
    "description": "A broken tablet",
    "received_at": "2026-03-01T08:00:00Z",
}


def linked(kind: str, record: Any) -> dict[str, Any]:
    """What is said to link a record."""
    return {"kind": kind, "event_id": record["id"]}


def seen(record: Any) -> set[tuple[str, str, str]]:
    """What a record shows."""
    return {(each["kind"], each["id"], each["number"]) for each in record["linked_events"]}


async def test_links_are_seen_from_both_ends_and_hidden_ones_by_nobody_else(
    bus: Any, known: Any, service: Any, found: Any, new_world: Any
) -> None:
    lots, rival = [known.lot(), known.lot()], new_world()
    theirs = rival.lot()
    await bus.publish(*rival.registered(), *(known.deviation(lot) for lot in lots), known.oos(lots[0]))
    await bus.publish(rival.deviation(theirs))
    first, second = [await found("deviations", lot=lot.number) for lot in lots]
    oos, foreign = await found("oos-investigations", lot=lots[0].number), await found("deviations", lot=theirs.number)
    batch = await found("batches", lot=lots[0].number)
    complaint = await service.client.done("/complaints", COMPLAINT | {"batch_id": batch["id"]})
    path = f"/deviations/{first['id']}/linked-events"
    async with (
        service.as_("partner_quality", partner_id=known.maker, subject="ana") as maker,
        service.as_("partner_operations", partner_id=known.maker) as operations,
    ):
        shown = await maker.done(path, linked("oos_investigation", oos))
        (one,) = shown["linked_events"]
        assert (one["number"], one["linked_by"]) == (oos["number"], "ana")
        both = {("oos_investigation", oos["id"], oos["number"]), ("deviation", second["id"], second["number"])}
        assert seen(await maker.done(path, linked("deviation", second))) == both
        other = (await maker.get(f"/deviations/{second['id']}")).json()
        assert seen(other) == {("deviation", first["id"], first["number"])}
        for again, what in ((path, second), (f"/deviations/{second['id']}/linked-events", first)):
            assert (await maker.post(again, json=linked("deviation", what))).status_code == 409
        for unseen in (
            linked("complaint", complaint),
            linked("deviation", foreign),
            linked("change", {"id": str(uuid4())}),
        ):
            assert (await maker.post(path, json=unseen)).status_code == 404
        assert (await operations.post(path, json=linked("deviation", second))).status_code == 403
        refused = await service.client.post(path, json=linked("deviation", foreign))
        assert (refused.status_code, refused.json()["fields"]) == (409, ["event_id"])
        whole = await service.client.done(path, linked("complaint", complaint))
        assert seen(whole) == both | {("complaint", complaint["id"], complaint["number"])}
        for read in (f"/deviations/{first['id']}", f"/deviations/{first['id']}/history"):
            assert complaint["id"] not in (await maker.get(read)).text
        assert seen((await maker.get(f"/deviations/{first['id']}")).json()) == both


async def test_a_link_is_withdrawn_with_a_reason_and_both_stay_in_the_history(
    bus: Any, known: Any, service: Any, found: Any
) -> None:
    lots = [known.lot() for _ in range(2)]
    await bus.publish(*(known.deviation(lot) for lot in lots), known.oos(lots[0]))
    first, second = [await found("deviations", lot=lot.number) for lot in lots]
    oos, batch = await found("oos-investigations", lot=lots[0].number), await found("batches", lot=lots[0].number)
    complaint = await service.client.done("/complaints", COMPLAINT | {"batch_id": batch["id"]})
    path, other = (f"/deviations/{one['id']}" for one in (first, second))
    links = [linked("deviation", second), linked("oos_investigation", oos), linked("complaint", complaint)]
    wrong = [link | {"reason": "of another press"} for link in links]
    async with service.as_("partner_quality", partner_id=known.maker, subject="ana") as maker:
        await maker.done(f"{path}/linked-events", links[0])
        for link in links[1:]:
            await service.client.done(f"{path}/linked-events", link)
        unseen = await maker.post(f"{path}/linked-event-withdrawal", json=wrong[2])
        absent = await maker.post(f"{path}/linked-event-withdrawal", json=wrong[2] | {"event_id": str(uuid4())})
        itself = await maker.post(f"{path}/linked-event-withdrawal", json=wrong[1] | {"event_id": first["id"]})
        assert unseen.json()["detail"] == absent.json()["detail"]
        assert [each.status_code for each in (unseen, absent, itself)] == [409] * 3
        sponsors = await maker.post(f"{path}/linked-event-withdrawal", json=wrong[1])
        assert (sponsors.status_code, sponsors.json()["fields"]) == (409, ["event_id"])
        from_the_other_end = linked("deviation", first) | {"reason": "of another press"}
        assert seen(await maker.done(f"{other}/linked-event-withdrawal", from_the_other_end)) == set()
        assert seen((await maker.get(path)).json()) == {("oos_investigation", oos["id"], oos["number"])}
        assert (await maker.post(f"{path}/linked-event-withdrawal", json=wrong[0])).status_code == 409
        assert seen(await maker.done(f"{path}/linked-events", links[0])), "it is linked anew"
        for each in wrong:
            left = await service.client.done(f"{path}/linked-event-withdrawal", each)
        assert left["linked_events"] == []
        for read, client, count in ((path, service.client, 8), (path, maker, 6), (other, maker, 4)):
            entries = (await client.get(f"{read}/history")).json()["items"]
            of_links = [each for each in entries if each["part"] == "linked_event"]
            assert len(of_links) == count
            assert [(each["actor"], each["done"]) for each in of_links[:1]] == [("ana", "created")]
            ended = [each for each in of_links if each["done"] == "changed"]
            assert (ended[0]["actor"], ended[0]["reason"]) == ("ana", "of another press")
            assert (complaint["id"] in str(entries)) == (client is service.client)


async def test_a_partners_login_links_its_own_alone(
    bus: Any, known: Any, service: Any, found: Any, new_world: Any, partners_login: Any, database: Any
) -> None:
    rival = new_world()
    lots = [known.lot(), known.lot(), rival.lot()]
    await bus.publish(*rival.registered(), *(known.deviation(lot) for lot in lots[:2]), rival.deviation(lots[2]))
    own, second, theirs = [await found("deviations", lot=lot.number) for lot in lots]
    await bus.publish(known.oos(lots[0]))
    oos = await found("oos-investigations", lot=lots[0].number)
    await service.client.done(f"/deviations/{own['id']}/linked-events", linked("oos_investigation", oos))
    sponsors = await database.fetchval("SELECT id FROM linked_event WHERE deviation_id = $1", UUID(own["id"]))
    now = "2026-03-01T08:00:00Z"
    row = {"id": uuid4(), "version": 1, "created_at": now, "updated_at": now, "kind": "deviation", "linked_by": "me"}
    row |= {"state": "linked", "linked_side": "owner"}
    row |= {"deviation_id": own["id"], "event_id": second["id"], "partner_id": known.maker, "parties": [known.maker]}
    lies: list[dict[str, Any]] = [
        {"linked_by": "qa"}, {"event_id": theirs["id"]}, {"deviation_id": theirs["id"]}, {"event_id": uuid4()},
        {"parties": [known.maker, rival.maker]}, {"kind": "complaint"}, {"kind": "x"},
        {"linked_side": "sponsor"}, {"state": "withdrawn"}, {"withdrawn_by": "me"},
    ]  # fmt: skip
    async with partners_login("quality_events", known.maker) as partner:
        for lie in lies:
            assert await partner.insert("linked_event", row | lie) == "refused", lie
        assert await partner.insert("linked_event", row) == "INSERT 0 1"
        assert await partner.run("UPDATE linked_event SET linked_by = 'x' WHERE id = $1", row["id"]) == "refused"
        withdrawn = "UPDATE linked_event SET state = 'withdrawn', withdrawn_at = now(), withdrawal_reason = 'x', "
        withdrawn += "version = version + 1, withdrawn_by = $2 WHERE id = $1"
        assert await partner.run(withdrawn, row["id"], "qa") == "refused", "in another's name"
        assert await partner.run(withdrawn, sponsors, "me") == "refused", "the sponsor made it"
        assert await partner.run(withdrawn, row["id"], "me") == "UPDATE 1"
        assert await partner.run(withdrawn, row["id"], "me") == "refused", "once"
