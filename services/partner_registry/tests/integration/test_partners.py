"""Partners over HTTP, against real PostgreSQL and Kafka."""

from typing import Any
from uuid import UUID, uuid4

from contracts.partner_registry import PartnerStatusChanged


async def test_a_partner_is_registered_once_and_works_when_it_is_qualified(launch: Any) -> None:
    registry = await launch("partner_registry")
    name = f"Alpine Tablets {uuid4().hex[:6]} GmbH"
    body = {"legal_name": name, "kind": "cmo", "country": "AT"}
    created = await registry.client.post("/partners", json=body, headers={"Idempotency-Key": uuid4().hex})
    assert created.status_code == 201, created.text
    partner = created.json()
    assert partner["state"] == "prospect"
    assert created.headers["etag"] == '"1"'
    again = await registry.client.post(
        "/partners", json=body | {"legal_name": name.upper().replace("GMBH", "G.m.b.H.")}
    )
    assert again.status_code == 409, again.text
    refused = await registry.client.post(f"/partners/{partner['id']}/activation", json={"reason": "it is cheap"})
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:entente:problem:rule-violated")
    assert "the first qualification makes it active" in refused.json()["detail"]
    assert (await registry.client.get(f"/partners/{partner['id']}")).json()["state"] == "prospect"


async def test_a_suspended_one_that_is_qualified_is_activated_by_hand(registry: Any, qualify: Any, site: Any) -> None:
    await qualify.certified(site)
    await qualify.approved(site)
    path = f"/partners/{site['partner_id']}"
    assert (await registry.client.get(path)).json()["state"] == "active"
    await registry.client.done(f"{path}/suspension", {"reason": "a recall"})
    assert (await registry.client.done(f"{path}/activation", {"reason": "the cause is lifted"}))["state"] == "active"


async def test_a_risk_that_is_critical_proposes_a_suspension_which_holds_until_that_is_lifted(
    bus: Any, registry: Any, qualify: Any, site: Any, eventually: Any
) -> None:
    await qualify.certified(site)
    await qualify.approved(site)
    path, owner = f"/partners/{site['partner_id']}", UUID(site["partner_id"])
    event = {"partner_id": site["partner_id"], "kind": "insolvency_notice", "source": "gazette 4"}
    event |= {"happened_at": "2026-02-02T08:00:00Z", "description": "opened", "evidence": "0" * 64}
    event = await registry.as_("sourcing", subject="sam").done("/outside-events", event)

    async def proposed() -> Any:
        return (await registry.client.get(path)).json()["suspension_proposed"]

    (cause,) = await eventually(proposed)
    assert (cause["proposed_by"], cause["site_id"]) == ("critical_risk", site["id"])
    why = {"reason": "work waits"}
    refused = await registry.client.post(f"{path}/suspension", json=why | {"causes": [str(uuid4())]})
    assert (refused.status_code, "no fact proposes" in refused.json()["detail"]) == (409, True)
    done = await registry.client.done(f"{path}/suspension", why | {"causes": [cause["id"]]})
    assert (done["suspended_for"], done["suspension_reason"]) == ([cause], "work waits")
    fact = (await bus.told(PartnerStatusChanged, 2, partner_id=owner))[-1]
    assert (fact.after, fact.cause) == ("suspended", None), "a partner hears nothing of risks"
    async with registry.as_("partner_quality", partner_id=owner) as own:
        for way in (path, "/partners", f"{path}/history", f"/audit/{owner}", f"{path}/facts"):
            read = await own.get(way)
            assert (read.status_code, "critical" in read.text, cause["id"] in read.text) == (200, False, False), way
        seen = (await own.get(path)).json()
        assert (seen["suspension_proposed"], seen["suspended_for"]) == (None, None)
    again = {"reason": "it is fine"}
    assert (await registry.as_("sourcing").post(f"{path}/activation", json=again)).status_code == 403
    held = await registry.client.post(f"{path}/activation", json=again)
    assert (held.status_code, cause["text"] in held.json()["detail"]) == (409, True)
    await registry.client.done(f"/outside-events/{event['id']}/withdrawal", {"reason": "another company"})

    async def lifted() -> bool:
        return not await proposed()

    await eventually(lifted)
    done = await registry.client.done(f"{path}/activation", again)
    assert (done["state"], done["suspended_for"], done["suspension_reason"]) == ("active", None, None)


async def test_what_an_authority_decided_proposes_a_suspension_too(registry: Any, database: Any, site: Any) -> None:
    floor = (
        "INSERT INTO risk_floor (id, site_id, cause, fact, dimension, band, for_cause, holds_from, due_at) "
        "VALUES ($1, $2, $3, 'RegulatoryInspectionClassified', $4, $5, $6, now(), now())"
    )
    for dimension, band, for_cause in (
        ("regulatory", "high", True), ("regulatory", "high", False), ("quality", "high", True),
        ("regulatory", "critical", True),
    ):  # fmt: skip
        await database.execute(floor, uuid4(), UUID(site["id"]), f"{dimension} {band}", dimension, band, for_cause)
    shown = (await registry.client.get(f"/partners/{site['partner_id']}")).json()["suspension_proposed"]
    assert [each["proposed_by"] for each in shown] == ["official_action", "non_compliance"]
