"""Complaints, the sponsor's until they are shared, and notifications of authorities, which no partner ever sees."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from contracts.complaints import (
    AuthorityNotificationDue,
    AuthorityNotificationSubmitted,
    ComplaintClosed,
    ComplaintReceived,
)
from contracts.complaints import NotificationCause as Because
from contracts.complaints import NotificationKind as Kind
from quality_events.notifications.commands import Cause, open_for
from quality_events.notifications.rules import Choice
from runtime.database import Context
from runtime.principal import worker

LIST = "/authority-notifications"
INVESTIGATED = {"findings": "a worn heater", "retention_sample": "none is brown", "evidence": "0c" * 32}
TRIAGED = {"category": "quality", "severity": "major"}


def complaint(**more: Any) -> dict[str, Any]:
    """A complaint about a pack in Germany, received an hour ago."""
    received_at = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    return {"description": "brown", "market": "DE", "category": "quality", "received_at": received_at} | more


@pytest_asyncio.fixture
async def batch(world: Any, bus: Any, found: Any) -> Any:
    """A batch in the making."""
    lot = world.lot()
    await bus.publish(world.start(lot))
    return await found("batches", lot=lot.number, state="in_process")


def maker(service: Any, world: Any) -> Any:
    return service.as_("partner_quality", partner_id=world.maker, subject="ana")


async def test_the_maker_sees_it_from_when_it_is_shared(bus: Any, world: Any, service: Any, batch: Any) -> None:
    made = await service.client.done("/complaints", complaint(lot_as_printed=batch["number"]))
    path = f"/complaints/{made['id']}"
    assert (made["partner_id"], made["waiting_for"]["side"], made["overdue"]) == (None, "sponsor", False)
    joined = await service.client.done(f"{path}/batch", {"batch_id": batch["id"]})
    assert joined["partner_id"] == str(world.maker)
    await service.client.done(f"{path}/triage", TRIAGED)
    async with maker(service, world) as quality, service.as_("partner_quality", partner_id=uuid4()) as rival:
        for client in (quality, rival):
            assert (await client.get(path)).status_code == 404
            assert (await client.get("/complaints")).json()["items"] == []
            assert (await client.post(f"{path}/investigation", json=INVESTIGATED)).status_code == 404
        shared = await service.client.done(f"{path}/sharing")
        assert shared["waiting_for"]["partner_id"] == str(world.maker)
        assert (await rival.get(path)).status_code == 404
        assert [way["name"] for way in (await quality.get(path)).json()["allowed"]] == ["investigate"]
        told = [each["facts"] for each in (await quality.get(f"{path}/history")).json()["items"]]
        assert [fact["type"] for facts in told for fact in facts if "Ball" not in fact["type"]] == [
            "io.entente.ComplaintReceived.v1"
        ]
        investigated = await quality.done(f"{path}/investigation", INVESTIGATED)
        assert (investigated["state"], investigated["investigated_by"]) == ("investigating", "ana")
        answered = await service.client.done(f"{path}/answer", {"substantiated": True, "answer": "replaced"})
        assert (answered["state"], answered["in_time"], answered["allowed"]) == ("answered", True, [])
    facts = await bus.told(ComplaintReceived, 4, complaint_id=UUID(made["id"]))
    assert [(fact.lot is None, fact.severity) for fact in facts] == [
        *((True, None), (False, None), (False, "major"), (False, "major"))
    ]
    (closed,) = await bus.told(ComplaintClosed, complaint_id=UUID(made["id"]))
    assert (closed.substantiated, closed.lot.number) == (True, batch["number"])


async def test_a_counterfeit_is_notified_once_by_regulatory_and_hidden_from_its_maker(
    bus: Any, world: Any, service: Any, batch: Any
) -> None:
    body = complaint(batch_id=batch["id"], category="counterfeit", market="US")
    made = await service.client.done("/complaints", body)
    path = f"/complaints/{made['id']}"
    await service.client.done(f"{path}/triage", {"category": "counterfeit", "severity": "minor"})
    await service.client.done(f"{path}/sharing")
    by_cause = {"cause_id": made["id"]}
    (due,) = (await service.client.get(LIST, params=by_cause)).json()["items"]
    assert (due["kind"], due["state"], due["aware_at"]) == ("us_field_alert", "due", made["received_at"])
    earlier = (datetime.fromisoformat(due["aware_at"]) - timedelta(days=40)).isoformat()
    again = by_cause | {"cause_type": "complaint", "market": "US", "aware_at": earlier}
    async with service.as_("regulatory", subject="rex") as regulatory:
        same = await regulatory.done(LIST, again)
        assert (same["id"], same["overdue"], same["in_time"]) == (due["id"], True, False)
        for filters in ({"overdue": "true"}, {"open": "true", "due_before": datetime.now(UTC).isoformat()}):
            found = (await regulatory.get(LIST, params=by_cause | filters)).json()["items"]
            assert [each["id"] for each in found] == [due["id"]]
        told = {"reference": "FAR 1", "submitted_at": datetime.now(UTC).isoformat()}
        submitted = await regulatory.done(f"{LIST}/{due['id']}/submission", told)
        assert (submitted["state"], submitted["in_time"], submitted["overdue"]) == ("submitted", False, False)
    async with maker(service, world) as quality:
        for read in (LIST, f"{LIST}/{due['id']}", f"{LIST}/{due['id']}/history"):
            assert (await quality.get(read)).status_code == 403
        assert due["number"] not in (await quality.get(f"{path}/history")).text
    for fact in (AuthorityNotificationDue, AuthorityNotificationSubmitted):
        told = await bus.told(fact, notification_id=UUID(due["id"]))
        assert {(each.partner_id, each.site_id, each.product_id) for each in told} == {
            (world.maker, world.site, UUID(batch["product_id"]) if batch["product_id"] else None)
        }


async def test_both_functions_waive_and_nobody_alone(service: Any) -> None:
    made = await service.client.done("/complaints", complaint())
    body = {"cause_type": "complaint", "cause_id": made["id"], "market": "GB", "aware_at": made["received_at"]}
    opened = await service.client.done(LIST, body | {"kind": "defect"})
    path = f"{LIST}/{opened['id']}"
    async with service.as_("quality") as quality:
        assert (await quality.post(f"{path}/waiver-proposal", json={"reason": "x"})).status_code == 403
    async with service.as_("regulatory", "quality", subject="rex") as both:
        proposed = await both.done(f"{path}/waiver-proposal", {"reason": "a sample pack, never sold"})
        assert (proposed["state"], proposed["waiver_by"]) == ("due", "rex")
        alone = await both.post(f"{path}/waiver")
        assert (alone.status_code, alone.json()["fields"]) == (403, ["waiver_by"])
    waived = await service.client.done(f"{path}/waiver")
    assert (waived["state"], waived["in_time"], waived["overdue"]) == ("not_required", None, False)


async def test_two_who_open_it_at_once_open_one(service: Any) -> None:
    cause, market = Cause(Because.deviation, uuid4()), "AT"
    known = [datetime(2026, 3, day, 8, tzinfo=UTC) for day in (5, 3, 4)]

    async def opens(aware_at: datetime) -> UUID:
        async with service.app.state.store.work(Context(worker("quality-events"))) as work:
            return (await open_for(work, cause, market, aware_at, Choice(Kind.defect))).id

    assert len(set(await asyncio.gather(*map(opens, known)))) == 1
    (one,) = (await service.client.get(LIST, params={"cause_id": str(cause.id)})).json()["items"]
    assert (one["aware_at"], one["due_at"]) == ("2026-03-03T08:00:00Z", "2026-03-06T23:00:00Z")


async def test_an_adverse_event_is_passed_on_before_the_answer(service: Any) -> None:
    long_ago = (datetime.now(UTC) - timedelta(days=30)).isoformat()
    body = complaint(category="adverse_event", first_aware_at=long_ago, received_at=long_ago)
    made = await service.client.done("/complaints", body)
    path = f"/complaints/{made['id']}"
    assert (made["safety_overdue"], made["overdue"]) == (True, True)
    of_it = {"number": made["number"], "overdue": "true", "safety_overdue": "true"}
    assert len((await service.client.get("/complaints", params=of_it)).json()["items"]) == 1
    await service.client.done(f"{path}/triage", {"category": "adverse_event", "severity": "major"})
    answer = {"substantiated": None, "answer": "passed on"}
    assert (await service.client.post(f"{path}/answer", json=answer)).status_code == 409
    passed = await service.client.done(f"{path}/safety-report")
    assert passed["safety_overdue"] is False
    assert (await service.client.done(f"{path}/answer", answer))["in_time"] is False
    assert (await service.client.get("/complaints", params=of_it)).json()["items"] == []


WRONG = {
    "description": {"description": "ask ana@example.org"},
    "reporter": {"reporter": "Ana"},
    "market": {"market": "Germany"},
    "received_at": {"received_at": "2036-03-01T08:00:00Z"},
}


@pytest.mark.parametrize(("field", "change"), WRONG.items(), ids=WRONG)
async def test_what_is_wrong_is_said(service: Any, field: str, change: Any) -> None:
    answer = await service.client.post("/complaints", json=complaint(**change))
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, f"body.{field}")


async def test_a_partners_login_investigates_and_nothing_else(
    world: Any, service: Any, batch: Any, partners_login: Any
) -> None:
    made = await service.client.done("/complaints", complaint(batch_id=batch["id"]))
    await service.client.done(f"/complaints/{made['id']}/triage", TRIAGED)
    change = "UPDATE complaint SET state = 'investigating', findings = 'x', retention_sample = 'x', evidence = 'x', "
    change += "investigated_by = 'me', investigated_at = now(), version = version + 1 {} WHERE id = $1"
    async with partners_login("quality_events", world.maker) as partner:
        assert await partner.run(change.format(""), UUID(made["id"])) == "UPDATE 0"
        await service.client.done(f"/complaints/{made['id']}/sharing")
        assert await partner.run(change.format(", severity = 'minor'"), UUID(made["id"])) == "refused"
        assert await partner.run(change.format(""), UUID(made["id"])) == "UPDATE 1"
        assert await partner.run("SELECT * FROM authority_notification WHERE id = $1", uuid4()) == "refused"
