"""Batches that people record, and who may see them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.quality_events import BatchManufactured, BatchStarted

OFFERED = ["complete", "terminate", "describe", "intend", "record_stage", "descend"]


async def test_a_person_records_a_batch(known: Any, bus: Any, world: Any, service: Any, eventually: Any) -> None:
    body = _start(world) | {"inputs": [{"material": "lactose", "number": "2"}], "due_on": "2026-04-01"}
    key = {"Idempotency-Key": uuid4().hex}
    created = await service.client.post("/batches", json=body, headers=key)
    assert created.status_code == 201, created.text
    batch = created.json()
    assert created.headers["location"].endswith(batch["id"])
    assert (batch["state"], batch["started_at"], batch["site"]["name"]) == ("in_process", "2026-02", "Plant")
    assert (batch["partner"]["name"], batch["product"]["number"]) == ("Maker", world.code)
    assert [each["name"] for each in batch["allowed"]] == OFFERED
    replayed = await service.client.post("/batches", json=body, headers=key)
    assert (replayed.status_code, replayed.json()["id"]) == (201, batch["id"])
    again = await service.client.post("/batches", json=body)
    assert again.status_code == 409
    assert again.json()["allowed"] == OFFERED

    stale = await service.client.post(
        f"/batches/{batch['id']}/completion", json={"completed_at": "2026-03-01"}, headers={"If-Match": '"7"'}
    )
    assert stale.status_code == 412
    early = await service.client.post(f"/batches/{batch['id']}/completion", json={"completed_at": "2026-01-31"})
    assert (early.status_code, early.json()["fields"]) == (409, ["completed_at"]), early.text
    completion = {
        "completed_at": "2026-03-01",
        "yield_percent": "98.5",
        "actual_quantity": {"value": "9", "unit": "kg"},
    }
    done = await service.client.post(
        f"/batches/{batch['id']}/completion", json=completion, headers={"If-Match": created.headers["etag"]}
    )
    assert done.json()["state"] == "manufactured", done.text
    assert done.json()["version"] == 2

    async def told() -> bool:
        lots = [fact.batch_id for model in (BatchStarted, BatchManufactured) for fact in bus.of(model)]
        return lots.count(UUID(batch["id"])) == 2

    await eventually(told)


async def test_a_person_starts_a_batch_that_was_announced(
    known: Any, bus: Any, world: Any, service: Any, found: Any
) -> None:
    lot = world.lot()
    await bus.publish(world.process(lot, force=1))
    announced = await found("batches", lot=lot.number)
    started = await service.client.post("/batches", json=_start(world, number=lot.number))
    assert (started.status_code, started.json()["id"]) == (201, announced["id"])
    assert started.json()["state"] == "in_process"


async def test_a_start_is_added_to_a_batch_that_is_made(
    known: Any, bus: Any, world: Any, service: Any, found: Any
) -> None:
    lot = world.lot()
    await bus.publish(world.completion(lot))
    await found("batches", lot=lot.number, state="manufactured")
    added = await service.client.post("/batches", json=_start(world, number=lot.number))
    assert (added.status_code, added.json()["state"], added.json()["started_at"]) == (201, "manufactured", "2026-02")
    assert (await service.client.post("/batches", json=_start(world, number=lot.number))).status_code == 409


async def test_partners_see_and_record_only_their_own(
    known: Any, bus: Any, world: Any, service: Any, found: Any
) -> None:
    lot = world.lot()
    await bus.publish(world.start(lot))
    batch = await found("batches", lot=lot.number)
    path = f"/batches/{batch['id']}"
    async with (
        service.as_("partner_quality", partner_id=world.maker) as maker,
        service.as_("partner_quality", partner_id=uuid4()) as stranger,
        service.as_("inspector") as inspector,
    ):
        assert (await maker.get(path)).json()["site"]["name"] == "Plant"
        for unseen in (path, f"{path}/genealogy"):
            assert (await stranger.get(unseen)).status_code == 404
        assert (await stranger.get("/batches", params={"lot": lot.number})).json()["items"] == []
        assert (await stranger.post(f"{path}/completion", json={"completed_at": "2026-03"})).status_code == 404
        assert (await stranger.post("/batches", json=_start(world))).status_code == 404
        assert (await inspector.post(f"{path}/completion", json={"completed_at": "2026-03"})).status_code == 403
        own = await maker.post("/batches", json=_start(world) | {"inputs": [{"material": "starch", "number": "1"}]})
        assert own.status_code == 201, own.text
        assert (await maker.post(f"{path}/completion", json={"completed_at": "2026-03"})).status_code == 200


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"started_at": "201811"}, 422),
        ({"started_at": "2026-02-30"}, 422),
        ({"started_at": "2999-01-01"}, 422),
        ({"started_at": (datetime.now(UTC) + timedelta(hours=1)).isoformat()}, 409),
        ({"planned_quantity": {"value": "NaN", "unit": "kg"}}, 422),
        ({"colour": "blue"}, 422),
        ({"site_id": str(uuid4())}, 409),
    ],
)
async def test_what_cannot_be_is_refused(known: Any, world: Any, service: Any, change: Any, status: Any) -> None:
    answer = await service.client.post("/batches", json=_start(world) | change)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def _start(world: Any, number: str | None = None) -> dict[str, object]:
    return {
        "site_id": str(world.site),
        "material": world.code,
        "number": number or uuid4().hex[:8],
        "started_at": "2026-02",
    }


async def test_a_batch_does_not_go_into_itself(known: Any, world: Any, service: Any) -> None:
    body = _start(world)
    own = {"material": body["material"], "number": body["number"]}
    refused = await service.client.post("/batches", json=body | {"inputs": [own]})
    assert refused.status_code == 409, refused.text
    assert "does not go into itself" in refused.json()["detail"]
