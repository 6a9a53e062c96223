"""A partner merges into another one, over HTTP: what its successor goes on with, and who is told what."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts import Lot
from contracts.companies import PartnerAbsorbed
from contracts.quality_events import BatchStarted
from contracts.sites import SiteTransferred

TODAY = datetime.now(UTC).date()
DAY = TODAY - timedelta(20)
LINE = {"effective_on": "2026-01-01", "shared": False, "segregation": ["none"], "code": "KR-3"}
LINE |= {"batch_min": "10", "batch_max": "250", "batch_unit": "kg", "activity": "drug_product"}


@pytest.fixture
async def successor(registry: Any) -> Any:
    body = {"legal_name": f"Successor {uuid4().hex}", "kind": "cmo", "country": "AT"}
    return await registry.client.done("/partners", body)


@pytest.fixture
def merge(registry: Any, site: Any, successor: Any) -> Any:
    """Propose that the site's partner merges into the other one."""

    async def propose(on: Any = DAY) -> str:
        body = {"partner_id": site["partner_id"], "successor_id": successor["id"], "effective_on": str(on)}
        sourcing = registry.as_("sourcing", subject="sophie")
        made = await sourcing.done("/partner-mergers", body | {"reason": "merged", "evidence": "0" * 64})
        assert made["waiting_for"]["side"] == "sponsor", "somebody else agrees"
        return f"/partner-mergers/{made['id']}"

    return propose


@pytest.fixture
def quality(registry: Any) -> Any:
    return registry.as_("quality", subject="quinn")


async def ids(client: Any, path: str, site: Any) -> list[str]:
    answer = await client.get(path, params={"site_id": site["id"]})
    assert answer.status_code == 200, answer.text
    return [each["id"] for each in answer.json()["items"]]


async def decided(quality: Any, partner: str, eventually: Any) -> Any:
    """Quality decides of the work that is open there; the numbers, and what becomes of each."""

    async def open_there() -> Any:
        return (await quality.get(partner)).json()["open_work"]

    (shown,) = await eventually(open_there)
    finish = {"work_id": shown["id"], "decision": "finish", "rationale": "not concerned"}
    await quality.done(f"{partner}/work-decisions", {"decisions": [finish]})
    return [(each["number"], each["decision"]) for each in await open_there()]


NEW_SITE: dict[str, Any] = {"name": "x", "country": "AT", "time_zone": "UTC", "activities": ["testing"]}


async def its_number_leads_on(old: Any, sponsor: Any, fact: Any, number: str, before: datetime) -> None:
    """It is found for ever: on each day, by what was known."""
    for client in (old, sponsor):
        (found,) = (await client.get("/partners", params={"number": fact.number})).json()["items"]
        assert (found["state"], found["allowed"]) == ("absorbed", [])
        assert found["merged"]["successor"]["number"] == number
    asked = f"/partners/{fact.partner_id}/successor"
    told = [{"on": str(DAY)}, {"on": str(DAY - timedelta(1))}, {"on": str(DAY), "as_of": before.isoformat()}]
    answers = [(await old.get(asked, params=each)).json()["merged"] for each in told]
    assert [bool(each) for each in answers] == [True, False, False]


async def test_a_merger_that_is_known_a_month_late(
    registry: Any, qualify: Any, tick: Any, site: Any, successor: Any, merge: Any, quality: Any,
    bus: Any, eventually: Any,
) -> None:  # fmt: skip
    certificate = await qualify.certified(site)
    done = await qualify.approved(site)
    line = await registry.client.done("/lines", LINE | {"site_id": site["id"]})
    old, new = (
        registry.as_("partner_quality", partner_id=UUID(each)) for each in (site["partner_id"], successor["id"])
    )
    merging, before = site["partner_id"], datetime.now(UTC)
    batch = Lot(id=uuid4(), number="L-9", material="TAB", site_id=UUID(site["id"]), partner_id=UUID(merging))
    await bus.publish(BatchStarted(batch_id=batch.id, lot=batch, occurred_at=before))
    path = await merge()
    assert (await registry.as_("sourcing", subject="sophie").post(f"{path}/agreement")).status_code == 403
    assert (await old.get(path)).status_code == 403
    await tick()
    assert (await old.get(f"/partners/{merging}")).json()["merged"] is None, "it is proposed, and no more"
    await quality.done(f"{path}/agreement")

    async def effective() -> Any:
        await tick()  # which leaves out what a handler holds at that moment
        return bus.of(PartnerAbsorbed, partner_id=UUID(merging))

    (fact,) = await eventually(effective)
    assert (fact.before, fact.successor_number, fact.effective_on) == ("active", successor["number"], DAY)
    (moved,) = await bus.told(SiteTransferred, site_id=UUID(site["id"]))
    assert (moved.from_partner_id, moved.partner_id) == (UUID(merging), UUID(successor["id"]))

    await its_number_leads_on(old, registry.client, fact, successor["number"], before)
    (predecessor,) = (await registry.client.get(f"/partners/{successor['id']}")).json()["predecessors"]
    assert predecessor["id"] == merging
    assert (await new.get(f"/partners/{merging}")).status_code == 404

    # What goes on is the successor's as it is, and no day is judged otherwise.
    assert await ids(new, "/qualifications", site) == [done["id"]]
    assert await ids(new, "/certificates", site) == [certificate["id"]]
    assert await ids(new, "/lines", site) == [line["id"]]
    assert await ids(old, "/qualifications", site) == []
    (kept,) = [each for each in (await new.get("/qualifications")).json()["items"] if each["id"] == done["id"]]
    assert (kept["state"], kept["conditions"], kept["valid_to"]) == ("approved", [], done["valid_to"])
    assert (await registry.client.get(f"/partners/{successor['id']}")).json()["state"] == "active"
    work = {"activity": "drug_product", "dosage_form": "tablet"}
    listed = (await registry.client.get("/sites/approved", params=work)).json()["items"]
    assert [each["allowed"] for each in listed if each["site"]["id"] == site["id"]] == [True]

    # What is open in the old name counts at the successor, and nothing begins in the old name.
    assert await decided(quality, f"/partners/{successor['id']}", eventually) == [("L-9", "finish")]
    refused = await registry.client.post("/sites", json={"partner_id": merging} | NEW_SITE)
    assert (refused.status_code, successor["number"] in refused.json()["detail"]) == (409, True)

    async def both() -> Any:
        params = {"with_predecessors": True, "kind": "PartnerAbsorbed"}
        return (await registry.client.get(f"/partners/{successor['id']}/facts", params=params)).json()["items"]

    assert await eventually(both)


async def test_an_exit_and_a_merger_stand_against_each_other(
    registry: Any, qualify: Any, site: Any, merge: Any, quality: Any
) -> None:
    await qualify.certified(site)
    await qualify.approved(site)
    sourcing = registry.as_("sourcing", subject="sophie")
    leaves = await sourcing.done("/partner-exits", {"partner_id": site["partner_id"], "reason": "x"})
    path = await merge()
    refused = await quality.post(f"{path}/agreement")
    assert (refused.status_code, refused.json()["missing"]) == (
        409, [f"{leaves['number']} is being prepared: complete that, or give it up"]
    )  # fmt: skip
    number = (await quality.get(path)).json()["number"]
    assert [each for each in (await quality.get(f"/partner-exits/{leaves['id']}")).json()["missing"] if number in each]
    sold = {"site_id": site["id"], "buyer_id": str(uuid4()), "effective_on": str(TODAY), "reason": "sold"}
    other = {"legal_name": f"Buyer {uuid4().hex}", "kind": "cmo", "country": "AT"}
    sold["buyer_id"] = (await registry.client.done("/partners", other))["id"]
    assert number in (await registry.client.post("/site-transfers", json=sold)).json()["detail"]
    assert (await quality.done(f"{path}/cancellation", {"reason": "not this year"}))["waiting_for"] is None
    assert (await registry.client.post("/site-transfers", json=sold)).status_code == 201


async def test_what_was_suspended_with_its_partner_stays_so(
    registry: Any, qualify: Any, tick: Any, site: Any, successor: Any, merge: Any, quality: Any, eventually: Any
) -> None:
    await qualify.certified(site)
    done = await qualify.approved(site)
    await quality.done(f"/partners/{site['partner_id']}/suspension", {"reason": "data", "decisions": []})
    await quality.done(f"{await merge()}/agreement")

    async def suspended() -> Any:
        await tick()  # which leaves out what a handler holds at that moment
        found = (await registry.client.get(f"/qualifications/{done['id']}")).json()
        return found if found["partner_id"] == successor["id"] else None

    found = await eventually(suspended)
    assert (found["state"], found["valid_to"]) == ("suspended", done["valid_to"])
    assert (await registry.client.get(f"/partners/{successor['id']}")).json()["state"] == "prospect"
