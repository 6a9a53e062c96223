"""A site is suspended, or found unacceptable, before its batches are decided: holds are proposed, and answered."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.batches import HoldProposalAnswered, HoldProposed
from contracts.qualifications import QualificationState
from tests.packing import BEGUN
from tests.releasing import (
    decision,
    disposition,
    inspected,
    qualified,
    readiness,
    results_of,
    reviewed,
    settled,
    stated,
    usual,
)
from tests.world import handled, site_registered

LIST = "/hold-proposals"
TEAM = [{"name": "Tom", "function": "lead auditor", "subject": "tom", "independent": True}]
FOUND = {"classification": "critical", "area": "data_integrity", "clause": "EU GMP 4.8", "evidence": "erased entries"}
SUSPENDED: dict[str, Any] = {"before": QualificationState.approved, "after": QualificationState.suspended}


async def made(bus: Any, known: Any, service: Any, found: Any) -> tuple[str, Any]:
    lot = known.lot()
    await bus.publish(known.start(lot), known.completion(lot), *results_of(known, lot))
    id: str = (await found("batches", lot=lot.number, state="manufactured"))["id"]
    await reviewed(service, known, f"/batches/{id}")
    await service.client.done(f"/batches/{id}/intent", {"markets": ["US"]})
    return id, lot


async def released(service: Any, bus: Any, id: str, **more: Any) -> Any:
    async with service.as_("quality", subject="stater") as quality:
        await stated(quality, id, "US")
        await settled(bus, quality, id, "US")
    path = await disposition(service.client, id, "US")
    return await service.client.post(f"{path}/release", json=await decision(service.client, id, "US", **more))


async def audited(service: Any, known: Any, ago: int = 2, **report: Any) -> Any:
    """An audit whose report says that the site is unacceptable, or something else."""
    day = str(datetime.now(UTC).date() - timedelta(ago))
    said = {"site_id": str(known.site), "kind": "for_cause", "scope": "tablets", "planned_on": day, "team": TEAM}
    path = f"/audits/{(await service.client.done('/audits', said))['id']}"
    async with service.as_("partner_quality", partner_id=known.maker) as site:
        await site.done(f"{path}/confirmation")
    async with service.as_("auditor", subject="tom") as lead:
        await lead.done(f"{path}/conduct", {"conducted_on": day})
    async with service.as_("auditor", subject="mira") as second:
        said = {"outcome": "unacceptable", "report": "0b" * 32, "findings": [FOUND]}
        return await second.done(f"{path}/report", said | report)


async def test_a_site_that_is_suspended_asks_for_holds_of_what_nobody_decided(
    bus: Any, known: Any, service: Any, found: Any
) -> None:
    facts = usual(known, "US")
    await bus.publish(*facts)
    (own,) = [each for each in facts if getattr(each, "activity", "") == "drug_product"]
    open_, lot = await made(bus, known, service, found)
    out, _ = await made(bus, known, service, found)
    assert (await released(service, bus, out)).is_success
    more = SUSPENDED | {"qualification_id": own.qualification_id, "occurred_at": "2018-12-20T12:00:00Z"}
    gone = qualified(known, known.site, "drug_product", **more)
    await bus.publish(gone)
    proposal = await found("hold-proposals", batch_id=open_)
    assert proposal["reasons"] == ["QUAL-1 was suspended on 2018-12-20: x"]
    assert (proposal["batch"]["number"], proposal["waiting_for"]["side"]) == (lot.number, "sponsor")
    assert (await service.client.get(LIST, params={"batch_id": out})).json()["items"] == [], "it is decided"
    async with service.as_("partner_quality", partner_id=known.maker) as maker:
        assert [(await maker.get(path)).status_code for path in (LIST, f"{LIST}/{proposal['id']}")] == [403, 403]
        assert proposal["number"] not in str(await readiness(maker, open_, "US"))

    held = (await readiness(service.client, open_, "US"))["by_name"]["not_held"]
    assert (held["verdict"], held["weighs"], proposal["number"] in held["why"]) == ("met", True, True)
    refused = await released(service, bus, open_)
    assert (refused.status_code, proposal["number"] in refused.text) == (409, True), "it is weighed, or answered before"
    declined = await service.client.done(f"{LIST}/{proposal['id']}/refusal", {"reason": "the line was another one"})
    assert (declined["state"], declined["allowed"], declined["hold"]) == ("declined", [], None)
    path = await disposition(service.client, open_, "US")
    await service.client.done(f"{path}/release", await decision(service.client, open_, "US"))
    (told,) = await bus.told(HoldProposalAnswered, proposal_id=UUID(proposal["id"]))
    assert told.hold_id is None

    late, _ = await made(bus, known, service, found)
    again = await found("hold-proposals", batch_id=late)
    assert again["reasons"] == proposal["reasons"], "whichever comes first"
    body = {"reason": "the line is looked at", "markets": ["US"]}
    placed = await service.client.done(f"{LIST}/{again['id']}/placement", body)
    assert (placed["state"], placed["hold"]["name"]) == ("placed", "open")
    assert "not_held" in (await readiness(service.client, late, "US"))["blocking"]
    (proposed,) = await bus.told(HoldProposed, batch_id=UUID(late))
    for each in (told, proposed):
        assert (each.partner_id, each.site_id, each.product_id) == (known.maker, known.site, known.product)


async def test_an_unacceptable_audit_asks_too_and_a_person_may(bus: Any, known: Any, service: Any, found: Any) -> None:
    id, _ = await made(bus, known, service, found)
    audit = await audited(service, known)
    proposal = await found("hold-proposals", batch_id=id)
    assert proposal["reasons"] == [f"{audit['number']} of {audit['conducted_on']} found the site unacceptable"]
    noted = inspected(known, None)
    await bus.publish(noted)
    asks = [f"INS-1 of FDA, which ended on {noted.ended_on}, noted observations", *proposal["reasons"]]

    async def learned() -> bool:
        read = (await service.client.get(f"{LIST}/{proposal['id']}")).json()
        return bool(read["reasons"] == sorted(asks))

    await bus.eventually(learned)
    async with service.as_("auditor", subject="mira") as mira:
        body = {"batch_id": id, "reason": "balance 12 was not calibrated"}
        own = await mira.done(LIST, body)
        refused = await mira.post(f"{LIST}/{own['id']}/placement", json={"reason": "mine"})
    assert refused.status_code == 403, "quality answers"
    async with service.as_("quality", subject="vera") as vera:
        hers = await vera.done(LIST, body)
        alone = await vera.post(f"{LIST}/{hers['id']}/refusal", json={"reason": "no"})
    assert (alone.status_code, own["proposed_by"]) == (403, "mira"), "somebody else does"
    await audited(service, known, ago=1, outcome="acceptable", findings=[])
    late, _ = await made(bus, known, service, found)
    assert (await found("hold-proposals", batch_id=late))["reasons"] == sorted(asks), "a better one followed"


def suspended(known: Any, site: UUID, activity: str) -> list[Any]:
    """A site that was qualified, and is not any more."""
    own = qualified(known, site, activity)
    more = SUSPENDED | {"qualification_id": own.qualification_id, "occurred_at": "2018-12-20T12:00:00Z"}
    return [own, qualified(known, site, activity, **more)]


@pytest.mark.parametrize("results_first", [True, False])
async def test_a_laboratory_is_asked_about_whichever_comes_first(
    bus: Any, known: Any, database: Any, found: Any, results_first: bool
) -> None:
    lot = known.lot()
    await bus.publish(known.start(lot), known.completion(lot))
    id = (await found("batches", lot=lot.number, state="manufactured"))["id"]
    told = [results_of(known, lot), suspended(known, known.laboratory_site, "testing")]
    for facts in told if results_first else reversed(told):
        await handled(bus, database, *facts)
    proposal = await found("hold-proposals", batch_id=id)
    assert proposal["reasons"] == ["QUAL-1 was suspended on 2018-12-20: x"]


async def test_a_stage_that_is_stated_late_is_asked_about_with_the_record(
    bus: Any, known: Any, database: Any, service: Any, found: Any
) -> None:
    lot, other = known.lot(), uuid4()
    await handled(bus, database, site_registered(other, known.maker), *suspended(known, other, "drug_product"))
    await bus.publish(known.start(lot), known.completion(lot))
    id = (await found("batches", lot=lot.number, state="manufactured"))["id"]

    async def looked_at() -> bool:
        query = "SELECT count(*) FROM inbox JOIN outbox ON event_id = outbox.id::text WHERE key = $1 AND type LIKE $2"
        return bool(await database.fetchval(query, id, "%BatchManufactured%"))

    await bus.eventually(looked_at)
    stage = {"step": "compression", "site_id": str(other), "started_at": "2018-11", "ended_at": "2018-12"}
    async with service.as_("partner_operations", partner_id=known.maker, subject="bor") as operator:
        await operator.done(f"/batches/{id}/stage", stage)
    await reviewed(service, known, f"/batches/{id}")
    proposal = await found("hold-proposals", batch_id=id)
    assert proposal["site"]["id"] == str(other)


async def test_a_stage_elsewhere_that_begins_late_is_asked_about(
    bus: Any, found: Any, database: Any, packer: Any, shared: Any
) -> None:
    (id, _, stage), (other, people) = shared, packer
    await handled(bus, database, inspected(other, True))
    await people["ana"].done(f"/stages/{stage['id']}/start", BEGUN)
    assert (await found("hold-proposals", batch_id=id))["site"]["id"] == str(other.site)


@pytest.mark.parametrize("told_first", ["the batch", "the site"])
async def test_a_suspension_that_was_lifted_is_asked_about_whichever_comes_first(
    bus: Any, known: Any, database: Any, found: Any, eventually: Any, told_first: str
) -> None:
    lot = known.lot()
    own, gone = suspended(known, known.site, "drug_product")
    back = SUSPENDED | {"before": gone.after, "after": gone.before, "occurred_at": "2018-12-22T12:00:00Z"}
    site = [own, gone, qualified(known, known.site, "drug_product", qualification_id=own.qualification_id, **back)]
    if told_first == "the batch":
        await bus.publish(known.start(lot))
        id = (await found("batches", lot=lot.number))["id"]
        await bus.publish(*site[:2])
        await found("hold-proposals", batch_id=id)
        await bus.publish(site[2])
    else:
        await handled(bus, database, *site)
        await bus.publish(known.start(lot))
        id = (await found("batches", lot=lot.number))["id"]

    async def asked() -> Any:
        proposal = await found("hold-proposals", batch_id=id)
        return proposal if "since then" in proposal["reasons"][0] else None

    proposal = await eventually(asked)
    lifted = "QUAL-1 was suspended on 2018-12-20: x; since then approved again on 2018-12-22"
    assert (proposal["state"], proposal["reasons"]) == ("open", [lifted])


async def test_nobody_proposes_the_same_twice_nor_of_what_was_given_up(
    bus: Any, known: Any, service: Any, found: Any
) -> None:
    lot = known.lot()
    await bus.publish(known.start(lot))
    id = (await found("batches", lot=lot.number, state="in_process"))["id"]
    body = {"batch_id": id, "reason": "balance 12 was not calibrated"}
    async with service.as_("auditor", subject="mira") as mira:
        answers = await asyncio.gather(*(mira.post(LIST, json=body) for _ in range(3)))
        assert sorted(each.status_code for each in answers) == [201, 409, 409]
        await mira.done(LIST, body | {"reason": "and balance 13"})
        async with service.as_("partner_quality", partner_id=known.maker) as maker:
            await maker.done(f"/batches/{id}/termination", {"reason": "wet"})
        refused = await mira.post(LIST, json=body | {"reason": "and balance 14"})
    assert (refused.status_code, "was terminated" in refused.text) == (409, True)
    (first,) = [each.json() for each in answers if each.is_success]
    placed = await service.client.post(f"{LIST}/{first['id']}/placement", json={"reason": "wet"})
    assert (placed.status_code, f"the refusal of {first['number']}" in placed.text) == (409, True)
    await service.client.done(f"{LIST}/{first['id']}/refusal", {"reason": "it was given up"})
