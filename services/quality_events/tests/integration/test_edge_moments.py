"""Moments at the edges of time: taken or refused, and everything still works for everybody."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts import clock
from quality_events.main import timers
from runtime.database import Context
from runtime.principal import worker

SORTS = {
    "/deviations": ["-id", "due_at", "-due_at", "partner_aware_at", "first_due_at", "occurred_at", "created_at"],
    "/batches": ["-id", "number"],
    "/oos-investigations": ["-id", "due_at", "aware_at", "-opened_at"],
}


@pytest.fixture
def body(known: Any) -> dict[str, Any]:
    """The body of a deviation at a site that the service has heard of."""
    site = str(known.site)
    return {"title": "t", "category": "edge", "site_id": site, "partner_aware_at": "2026-03-01T08:00:00Z"}


async def everything_works(service: Any, world: Any) -> None:
    """Every list in every sort, for the sponsor and for the partner, and the timer, now and in a century."""
    before = (await service.client.get("/status")).json()["set_aside"]
    async with service.as_("partner_quality", partner_id=world.maker) as maker:
        for client in (service.client, maker):
            for path, sorts in SORTS.items():
                for sort in sorts:
                    for more in ({}, {"overdue": "true"}) if path == "/deviations" else ({},):
                        answer = await client.get(path, params={"sort": sort, "limit": 500, **more})
                        assert (answer.status_code, answer.json().get("unreadable")) == (200, []), (path, sort)
    for at in (datetime.now(UTC), datetime.now(UTC) + timedelta(days=36_400)):
        with clock.standing_at(at):
            async with service.app.state.store.work(Context(worker("quality-events"))) as work:
                await timers[0].run(work)
                assert await work.connection.fetchval("SELECT count(*) FROM set_aside") == before
                # What a century brings is not to be told to the other tests.
                await work.session.rollback()


async def outcomes(service: Any, path: str, body: dict[str, Any], field: str, moments: Any) -> set[str]:
    """The moments that a field takes; any other is refused, and with a reason."""
    taken = set()
    for moment in moments:
        answer = await service.client.post(path, json=body | {field: moment})
        assert answer.status_code < 500, (path, field, moment, answer.text)
        if answer.status_code < 300:
            taken.add(moment)
        else:
            assert answer.status_code in (403, 409, 422), (path, field, moment, answer.text)
            if answer.status_code == 422:
                assert any(field in error["field"] for error in answer.json()["errors"]), answer.text
    return taken


INSTANTS = {"1900-01-01T00:00:00Z", "1900-01-01T00:00:00-12:00"}


async def test_deviations(body: Any, world: Any, service: Any, edge_moments: Any) -> None:
    taken = {
        field: await outcomes(service, "/deviations", body, field, edge_moments)
        for field in ("occurred_at", "discovered_at", "partner_aware_at", "sponsor_aware_at")
    }
    assert taken.pop("occurred_at") == INSTANTS | {"1900-01", "1900-01-01"}
    assert all(instants == INSTANTS for instants in taken.values())
    await everything_works(service, world)


async def test_extensions(body: Any, world: Any, service: Any, edge_moments: Any) -> None:
    created = (await service.client.post("/deviations", json=body)).json()
    century = (datetime.now(UTC) + timedelta(days=36_000)).isoformat()
    for kind, person in (("extension-request", service.client), ("extension", service.second)):
        path = f"/deviations/{created['id']}/{kind}"
        assert await outcomes(service, path, {"reason": "why"}, "due_at", edge_moments) == set()
        answer = await person.post(path, json={"reason": "why", "due_at": century})
        assert answer.status_code == 200, answer.text
    read = (await service.client.get(f"/deviations/{created['id']}")).json()
    assert datetime.fromisoformat(read["clock"]["due_at"]) == datetime.fromisoformat(century)
    await everything_works(service, world)


async def test_batches(known: Any, world: Any, service: Any, edge_moments: Any) -> None:
    start = {"site_id": str(world.site), "material": world.code, "started_at": "2026-02"}
    started = set()
    for moment in edge_moments:
        body = start | {"number": uuid4().hex}
        started |= await outcomes(service, "/batches", body, "started_at", [moment])
        due = await outcomes(service, "/batches", body | {"number": uuid4().hex}, "due_on", [moment])
        assert due == ({moment} if moment == "1900-01-01" else set())
        begun = body | {"number": uuid4().hex, "started_at": "1900-01"}
        made = (await service.client.post("/batches", json=begun)).json()
        completed = await outcomes(service, f"/batches/{made['id']}/completion", {}, "completed_at", [moment])
        assert completed == ({moment} & (INSTANTS | {"1900-01", "1900-01-01"}))
        for name in ("from", "to"):
            answer = await service.client.get("/batches", params={name: moment})
            assert answer.status_code == (200 if moment == "1900-01-01" else 422), answer.text
    assert started == INSTANTS | {"1900-01", "1900-01-01"}
    await everything_works(service, world)


async def test_a_row_of_an_earlier_release_hides_no_other(body: Any, world: Any, service: Any, database: Any) -> None:
    """A month of the year 1 was taken once. It cannot be shown any more, and the deviations beside it can."""
    bad, good = [(await service.client.post("/deviations", json=body)).json()["id"] for _ in range(2)]
    await database.execute("SET entente.actor = 'an earlier release'")
    await database.execute("UPDATE deviation SET occurred_at = '0001-01' WHERE id = $1", UUID(bad))
    listed = (await service.client.get("/deviations", params={"site_id": str(world.site)})).json()
    assert good in [item["id"] for item in listed["items"]]
    assert bad not in [item["id"] for item in listed["items"]]
    (unreadable,) = listed["unreadable"]
    assert unreadable["id"] == bad
    assert "occurred_at: Value error, 0001-01 lies before 1900-01-01" in unreadable["reason"]
    mended = "UPDATE deviation SET occurred_at = '2026-01' WHERE id = $1"
    await database.execute(mended, UUID(bad))
