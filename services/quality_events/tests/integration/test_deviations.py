"""A deviation's whole life over HTTP."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from contracts import clock
from contracts.quality_events import (
    DeviationAcknowledged,
    DeviationAmended,
    DeviationCancelled,
    DeviationClassified,
    DeviationClosed,
    DeviationRaised,
    Recurrence,
)
from quality_events.deviations.terms import recurrence

AWARE = datetime(2026, 3, 1, 8, tzinfo=UTC)
CLOCK = {
    "due_at": "2026-04-01T00:00:00Z",
    "first_due_at": "2026-04-01T00:00:00Z",
    "time_zone": None,
    "later_awareness": None,
    "overdue": True,
    "notification": {"limit_hours": 24, "taken_hours": "2.00", "met": True},
}
"""Of a critical deviation that the sponsor was told of two hours later, at a site that is not known yet."""


async def reported(bus: Any, world: Any, found: Any, *lots: Any, **more: Any) -> Any:
    """A deviation that the partner's system reported two hours after the partner knew."""
    fact = world.deviation(*lots, **more)
    await bus.publish(fact, time=AWARE + timedelta(hours=2))
    return await found("deviations", site_id=world.site, state="reported")


async def test_the_whole_life(bus: Any, world: Any, found: Any, service: Any, eventually: Any) -> None:
    first, second = world.lot(), world.lot()
    deviation = await reported(bus, world, found, first, second, proposed_classification="critical")
    assert deviation["number"].startswith("DEV-")
    assert deviation["version"] == 1
    assert deviation["product"]["number"] == world.code
    assert deviation["clock"] == CLOCK
    path, raised = f"/deviations/{deviation['id']}", UUID(deviation["id"])
    post = service.client.post
    acknowledged = await post(f"{path}/acknowledgement")
    assert acknowledged.json()["acknowledged_at"], acknowledged.text
    early = await service.second.post(f"{path}/closure")
    assert early.status_code == 409
    assert early.json()["allowed"] == [
        "classify",
        "propose_cancellation",
        "link_event",
        "withdraw_link",
        "request_extension",
        "name_equipment",
    ], "what is possible now, no more"
    classified = await post(f"{path}/classification", json={"classification": "minor"})
    assert (classified.json()["state"], classified.json()["classification"]) == ("classified", "minor")
    changed = await post(f"{path}/reclassification", json={"classification": "major", "reason": "two batches"})
    assert (changed.json()["state"], changed.json()["classification"]) == ("classified", "major")
    async with service.as_("partner_quality", partner_id=world.maker) as maker:
        assert (await maker.post(f"{path}/investigation", json={"owner": "Ana"})).json()["owner"] == "Ana"
        assert (await maker.post(f"{path}/classification", json={"classification": "minor"})).status_code == 403
        assert (await maker.post(f"{path}/approval-request")).json()["state"] == "awaiting_approval"
    assert (await post(f"{path}/closure")).json()["fields"] == ["prepared_by"]
    bare = await service.second.post(f"{path}/closure")
    assert (bare.status_code, len(bare.json()["missing"])) == (409, 3)
    returned = await post(f"{path}/return", json={"reason": "no root cause"})
    assert (returned.json()["state"], returned.json()["return_reason"]) == ("under_investigation", "no root cause")
    impacts = [
        {"lot_id": str(first.id), "impact": "none"},
        {"batch_id": deviation["lots"][1]["batch_id"], "impact": "x"},
    ]
    results = {"root_cause_category": "equipment", "root_cause": "worn punch", "capa_justification": "punch replaced"}
    async with service.as_("partner_quality", partner_id=world.maker) as maker:
        stated = await maker.post(f"{path}/investigation-results", json=results | {"impacts": impacts})
        assert [lot["impact"] for lot in stated.json()["lots"]] == ["none", "x"], stated.text
        assert (await maker.post(f"{path}/approval-request")).status_code == 200
        assert (await maker.post(f"{path}/closure")).status_code == 403
    current = await service.client.get(path)
    assert (await service.second.post(f"{path}/closure", headers={"If-Match": '"1"'})).status_code == 412
    closed = await service.second.post(f"{path}/closure", headers={"If-Match": current.headers["etag"]})
    assert (closed.json()["state"], closed.json()["allowed"]) == ("closed", [])
    assert closed.json()["clock"]["overdue"] is False
    after = await post(f"{path}/cancellation", json={"reason": "no"})
    assert (after.status_code, after.json()["allowed"]) == (409, [])
    await bus.told(DeviationClosed, deviation_id=raised)
    one = await bus.told(DeviationRaised, deviation_id=raised)
    assert [len(fact.batch_ids) for fact in one] == [2], "one deviation on two lots counts once"
    assert one[0].product_id == world.product
    told = await bus.told(DeviationClassified, 2, deviation_id=raised)
    assert [(fact.before, fact.classification) for fact in told] == [(None, "minor"), ("minor", "major")]
    assert len(await bus.told(DeviationAcknowledged, deviation_id=raised)) == 1


async def test_a_report_announces_batches_and_is_amended(
    bus: Any, world: Any, found: Any, service: Any, eventually: Any
) -> None:
    lot, raw, added = world.lot(), world.lot(product=None, material="lactose"), world.lot()
    deviation = await reported(bus, world, found, lot, raw, record="D-1")
    batch = await found("batches", lot=lot.number)
    assert batch["state"] == "announced"
    assert {part["lot_id"]: part["batch_id"] for part in deviation["lots"]} == {
        str(lot.id): batch["id"],
        str(raw.id): None,
    }
    assert deviation["clock"]["notification"]["met"] is None
    later, minor = AWARE + timedelta(days=9), {"classification": "minor"}
    classified = await service.client.post(f"/deviations/{deviation['id']}/classification", json=minor)
    amendment = world.deviation(
        lot,
        added,
        record="D-1",
        revision=2,
        title="Press stopped twice",
        occurred_at=datetime(2026, 1, 5, 7, tzinfo=UTC),
        partner_aware_at=later,
        proposed_classification="major",
    )
    await bus.publish(world.deviation(lot, record="D-1"))
    await bus.publish(amendment, time=later)

    async def amended() -> Any:
        read = (await service.client.get(f"/deviations/{deviation['id']}")).json()
        return read if read["version"] > classified.json()["version"] else None

    read = await eventually(amended)
    assert (read["title"], read["proposed_classification"]) == ("Press stopped twice", "major")
    assert read["occurred_at"] == "2026-01-05T07:00:00Z"
    assert [part["lot_id"] for part in read["lots"]] == [str(lot.id), str(added.id)]
    assert [(part["lot_id"], part["left_out_by_revision"]) for part in read["former_lots"]] == [(str(raw.id), 2)]
    assert read["clock"]["due_at"] == deviation["clock"]["due_at"]
    assert read["clock"]["notification"] == {"limit_hours": 72, "taken_hours": "2.00", "met": True}
    [fact] = await bus.told(DeviationAmended, deviation_id=UUID(deviation["id"]))
    assert (fact.title, fact.category, fact.classification, fact.occurred_at) == (
        "Press stopped twice",
        "equipment",
        "minor",
        later,
    )
    assert fact.departure_occurred_at == amendment.occurred_at
    assert fact.sponsor_aware_at == AWARE + timedelta(hours=2)
    assert {part.id for part in fact.lots} == {lot.id, added.id}
    assert {str(id) for id in fact.batch_ids} == {part["batch_id"] for part in read["lots"]} - {None}


async def test_a_batch_that_an_amendment_leaves_out_is_concerned_no_longer(
    bus: Any, world: Any, found: Any, service: Any, eventually: Any, database: Any
) -> None:
    innocent, guilty, record = world.lot(), world.lot(), f"D-{uuid4().hex[:8]}"
    deviation = await reported(bus, world, found, innocent, guilty, record=record)
    path, post = f"/deviations/{deviation['id']}", service.client.post
    out, stays = (part["batch_id"] for part in deviation["lots"])
    await post(f"{path}/classification", json={"classification": "major"})
    await post(f"{path}/investigation", json={})
    await bus.publish(world.deviation(guilty, record=record, revision=2))
    [fact] = await bus.told(DeviationAmended, deviation_id=UUID(deviation["id"]))
    assert (fact.batch_ids, fact.classification) == ((UUID(stays),), "major")
    for filters, expected in (({"batch_id": out}, 0), ({"lot": innocent.number}, 0), ({"batch_id": stays}, 1)):
        assert len((await service.client.get("/deviations", params=filters)).json()["items"]) == expected, filters
    results = {"root_cause_category": "equipment", "root_cause": "worn punch", "capa_justification": "punch replaced"}
    strange = await post(f"{path}/investigation-results", json={"impacts": [{"batch_id": out, "impact": "none"}]})
    assert strange.status_code == 409, strange.text
    impacts = {"impacts": [{"batch_id": stays, "impact": "none"}]}
    stated = await post(f"{path}/investigation-results", json=results | impacts)
    assert [lot["batch_id"] for lot in stated.json()["former_lots"]] == [out], stated.text
    await post(f"{path}/approval-request")
    closed = await service.second.post(f"{path}/closure")
    assert closed.status_code == 200, closed.text
    audited = (
        "SELECT new->>'left_out_by_revision' FROM audit WHERE table_name = 'deviation_lot' AND old->>'batch_id' = $1"
    )
    assert await database.fetchval(audited, out) == "2"


async def test_an_amendment_that_comes_after_the_end_stays_to_be_seen(
    bus: Any, world: Any, found: Any, service: Any, eventually: Any, cancel: Any, database: Any
) -> None:
    lot, record = world.lot(), f"D-{uuid4().hex[:8]}"
    deviation = await reported(bus, world, found, record=record)
    path = f"/deviations/{deviation['id']}"
    assert (await cancel(deviation))["state"] == "cancelled"
    late, told_at = world.deviation(lot, record=record, revision=2, title="Something else"), AWARE + timedelta(days=1)
    await bus.publish(late, time=told_at)
    await bus.publish(late, time=told_at + timedelta(hours=1))
    await bus.publish(world.deviation(record=record, revision=3, title="Once more"), time=told_at + timedelta(hours=2))

    async def kept() -> Any:
        read = (await service.client.get(path)).json()
        return read if len(read["late_amendments"]) == 2 else None

    read = await eventually(kept)
    first, second = read["late_amendments"]
    assert (first["revision"], first["reported_at"], first["title"]) == (2, "2026-03-02T08:00:00Z", "Something else")
    assert [part["number"] for part in first["lots"]] == [lot.number]
    assert (second["revision"], second["title"]) == (3, "Once more")
    assert (read["state"], read["title"], read["lots"]) == ("cancelled", deviation["title"], [])
    audited = "SELECT count(*) FROM audit WHERE record_id = $1 AND new->>'late_amendments' LIKE '%Once more%'"
    assert await database.fetchval(audited, UUID(read["id"])) == 1
    assert (await service.client.get("/batches", params={"lot": lot.number})).json()["items"] == []
    assert not [item for item in (await service.client.get("/parked")).json()["items"] if item["key"] == record]
    await bus.told(DeviationCancelled, deviation_id=UUID(deviation["id"]))


async def test_an_extension_keeps_the_first_due_date(bus: Any, world: Any, found: Any, service: Any) -> None:
    deviation = await reported(bus, world, found)
    path, later = f"/deviations/{deviation['id']}", (AWARE + timedelta(days=45)).isoformat()
    wish = {"due_at": later, "reason": "waiting for the punch"}
    async with service.as_("partner_quality", partner_id=world.maker) as maker:
        asked = await maker.post(f"{path}/extension-request", json=wish)
        assert asked.json()["clock"]["due_at"] == deviation["clock"]["due_at"]
        assert asked.json()["requested_due_at"] == "2026-04-15T08:00:00Z"
        assert (await maker.post(f"{path}/extension", json=wish)).status_code == 403
    assert (await service.client.post(f"{path}/extension", json={"due_at": later})).status_code == 422
    granted = (await service.client.post(f"{path}/extension", json=wish)).json()
    assert granted["clock"]["due_at"] == "2026-04-15T08:00:00Z"
    assert granted["clock"]["first_due_at"] == "2026-04-01T00:00:00Z"
    assert granted["requested_due_at"] is None
    assert (await service.client.post(f"{path}/extension", json=wish)).status_code == 409


async def test_people_raise_deviations(bus: Any, known: Any, found: Any, service: Any) -> None:
    world, lot = known, known.lot()
    await bus.publish(world.start(lot))
    batch = await found("batches", lot=lot.number, site_id=world.site)
    body = {
        "title": "Label mixed up",
        "category": "packaging",
        "site_id": str(world.site),
        "batch_ids": [batch["id"]],
        "partner_aware_at": AWARE.isoformat(),
        "proposed_classification": "major",
    }
    key = {"Idempotency-Key": uuid4().hex}
    with clock.standing_at(AWARE + timedelta(hours=80)):
        async with service.as_("partner_quality", partner_id=world.maker, subject="ana") as maker:
            created = await maker.post("/deviations", json=body, headers=key)
            assert created.status_code == 201, created.text
            replayed = await maker.post("/deviations", json=body, headers=key)
            claimed = await maker.post("/deviations", json=body | {"sponsor_aware_at": AWARE.isoformat()})
        known = await service.client.post("/deviations", json=body | {"sponsor_aware_at": AWARE.isoformat()})
    assert replayed.json()["id"] == created.json()["id"]
    assert claimed.status_code == 409
    assert created.json()["reporter"] == "ana"
    assert created.json()["clock"]["notification"] == {"limit_hours": 72, "taken_hours": "80.00", "met": False}
    assert known.json()["clock"]["notification"]["met"] is True
    unknown = await service.client.post("/deviations", json=body | {"batch_ids": [str(uuid4())]})
    assert unknown.status_code == 404
    async with service.as_("partner_quality", partner_id=uuid4()) as stranger:
        assert (await stranger.get(f"/deviations/{created.json()['id']}")).status_code == 404
        assert (await stranger.post("/deviations", json=body)).status_code == 404
        assert (await stranger.get("/deviations", params={"category": "packaging"})).json()["items"] == []
    listed = await service.client.get("/deviations", params={"batch_id": batch["id"], "overdue": "true"})
    assert len(listed.json()["items"]) == 2


async def test_a_recurrence_is_seen(bus: Any, world: Any, service: Any, eventually: Any, investigated: Any) -> None:
    ids = []
    for days in (0, 300, 700):
        aware = AWARE - timedelta(days=800 - days)
        await bus.publish(world.deviation(partner_aware_at=aware, title=f"after {days} days"))

    async def all_three() -> list[str]:
        items = (await service.client.get("/deviations", params={"site_id": str(world.site)})).json()["items"]
        return items if len(items) == 3 else []

    by_title = {item["title"]: item for item in await eventually(all_three)}
    for days in (0, 300, 700):
        path = f"/deviations/{by_title[f'after {days} days']['id']}"
        ids.append(path)
        await investigated(by_title[f"after {days} days"])
    read = [(await service.client.get(path)).json() for path in ids]
    assert [each["recurrence_of"] for each in read] == [[], [by_title["after 0 days"]["number"]], []]
    assert [each["recurrence"] for each in read] == [None, "proposes_capa", None]
    assert recurrence(2) == recurrence(9) == Recurrence.escalates
    for wanted, found in ((["proposes_capa"], 1), (["escalates"], 0), (["escalates", "proposes_capa"], 1)):
        listed = await service.client.get("/deviations", params={"recurrence": wanted, "site_id": str(world.site)})
        assert [each["id"] for each in listed.json()["items"]] == [read[1]["id"]] * found
    found_out = {"impact": "none", "capa_justification": "the press is replaced"}
    await service.client.done(f"{ids[1]}/investigation-results", found_out)
    await service.client.done(f"{ids[1]}/approval-request")
    await service.second.done(f"{ids[1]}/closure")
    (fact,) = await bus.told(DeviationClosed, deviation_id=UUID(read[1]["id"]))
    assert (fact.recurrence, fact.recurrence_of) == (Recurrence.proposes_capa, tuple(read[1]["recurrence_of"]))
    assert fact.root_cause_category == read[1]["root_cause_category"]
