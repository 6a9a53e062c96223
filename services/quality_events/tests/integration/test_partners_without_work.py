"""What a partner's suspension, or its exit, means for batches: when they were begun, and what was decided of them."""

import json
from typing import Any
from uuid import UUID

from contracts.partner_registry import PartnerStatus, PartnerStatusChanged
from contracts.partner_work import DecidedWork, PartnerWorkDecided, WorkDecision
from contracts.sites import SiteTransferred
from tests.releasing import made, readiness, usual
from tests.world import site_registered

BEFORE, DECIDED, LIFTED = "2018-10-01T08:00:00Z", "2018-12-20T08:00:00Z", "2019-01-05T08:00:00Z"


def became(partner: UUID, after: PartnerStatus, at: str = BEFORE, *decided: DecidedWork) -> PartnerStatusChanged:
    """The partner is something else from now on."""
    more: Any = {"before": PartnerStatus.active, "reason": "a warning letter", "occurred_at": at}
    return PartnerStatusChanged(partner_id=partner, after=after, decided_work=decided, **more)


def word(id: str, site: UUID, decision: WorkDecision) -> DecidedWork:
    """What becomes of a batch."""
    more: Any = {"kind": "batch", "number": "B-1", "rationale": "patients need it"}
    return DecidedWork(work_id=UUID(id), site_id=site, decision=decision, **more)


async def told(bus: Any, partner: UUID, sequence: int, *works: DecidedWork) -> None:
    more: Any = {"undecided_work": 0, "occurred_at": DECIDED}
    await bus.publish(PartnerWorkDecided(partner_id=partner, decided_work=works, **more), sequence=f"{sequence:010}")


async def judged(bus: Any, client: Any, id: str, verdict: str, says: str) -> None:
    async def look() -> bool:
        one = (await readiness(client, id, "AT"))["by_name"]["site_qualified"]
        return bool(one["verdict"] == verdict and says in one["why"])

    await bus.eventually(look)


async def test_what_is_begun_while_its_partner_is_suspended_waits_for_a_word(
    bus: Any, known: Any, service: Any, found: Any, partners_login: Any
) -> None:
    id, _ = await made(bus, known, service, found, *usual(known, "AT"))
    other, _ = await made(bus, known, service, found)
    await bus.publish(became(known.maker, PartnerStatus.suspended), sequence="0000000005")
    begun = "the partner was suspended when it was begun on"
    async with service.as_("partner_quality", partner_id=known.maker) as maker:
        for client in (service.client, maker):
            await judged(bus, client, id, "not_met", begun)
        await told(bus, known.maker, 6, *(word(each, known.site, WorkDecision.hold) for each in (id, other)))
        await judged(bus, service.client, id, "not_met", "it was decided to hold it")
        proposal = await found("hold-proposals", batch_id=id)
        why = "it is open at its partner, and on 2018-12-20 it was decided to hold it: patients need it"
        assert proposal["reasons"] == [why]
        async with partners_login("quality_events", known.maker) as partner:
            read = json.loads(await partner.connection.fetchval("SELECT batch_dossier($1)", UUID(id)))
        decided = [each["said"]["decided"] for each in read["known"] if each["kind"] == "PartnerWorkDecided"]
        assert [len(each) for each in decided] == [1], "of its other works this batch says nothing"
        await told(bus, known.maker, 7, word(id, known.site, WorkDecision.finish))
        for client in (service.client, maker):
            await judged(bus, client, id, "met", "it was qualified for")
    await judged(bus, service.client, other, "not_met", "it was decided to hold it")
    await bus.publish(became(known.maker, PartnerStatus.active, LIFTED), sequence="0000000008")
    await told(bus, known.maker, 9, word(other, known.site, WorkDecision.finish))
    await judged(bus, service.client, other, "met", "it was qualified for")


async def test_a_site_that_was_sold_is_judged_by_whose_it_was(bus: Any, known: Any, service: Any, found: Any) -> None:
    id, _ = await made(bus, known, service, found, *usual(known, "AT"))
    buyer = UUID(int=known.maker.int ^ 1)
    site = site_registered(known.site, buyer).model_dump(include={"number"})
    sold: Any = {"effective_on": "2018-12-15", "effective_at": "2018-12-14T23:00:00Z", "occurred_at": DECIDED}
    await bus.publish(became(buyer, PartnerStatus.exited), sequence="0000000005")
    fact = SiteTransferred(site_id=known.site, partner_id=buyer, from_partner_id=known.maker, **site, **sold)
    await bus.publish(fact, sequence="0000000005")
    await bus.publish(became(known.maker, PartnerStatus.suspended, DECIDED), sequence="0000000005")
    await judged(bus, service.client, id, "met", "it was qualified for")
    await bus.publish(became(known.maker, PartnerStatus.exited, BEFORE), sequence="0000000004")
    await judged(bus, service.client, id, "not_met", "the partner was exited when it was begun on")
