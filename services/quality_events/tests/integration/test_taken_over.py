"""A site is sold in the middle of a batch's making: the buyer finishes it, and the seller keeps what it made."""

from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.quality_events import BatchManufactured, BatchStarted
from contracts.sites import SiteTransferred
from tests.world import handled, number_of

STAGES = {
    "granulation": {"started_at": "2018-11-05", "ended_at": "2018-11-08"},
    "compression": {"started_at": "2018-11-20T08:00:00Z"},
}
RECORD = {"record_version": "1.0", "digest": "0b" * 32, "complete": True}


def sold(known: Any, buyer: UUID, **how: Any) -> SiteTransferred:
    whose: dict[str, Any] = {"site_id": known.site, "from_partner_id": known.maker, "partner_id": buyer}
    when: dict[str, Any] = dict.fromkeys(("effective_at", "occurred_at"), "2018-11-24T23:00:00Z")
    when["effective_on"] = "2018-11-25"
    return SiteTransferred(**whose, **when, **how, number=number_of("S", known.site))


async def taken_over(found: Any, lot: Any, buyer: UUID) -> Any:
    return await found("batches", lot=lot.number, partner_id=buyer)


async def test_the_buyer_finishes_what_the_seller_began(bus: Any, known: Any, service: Any, found: Any) -> None:
    lot, buyer = known.lot(), uuid4()
    await bus.publish(known.start(lot))
    id = (await found("batches", lot=lot.number, state="in_process"))["id"]
    path = f"/batches/{id}"
    await service.client.done(f"{path}/intent", {"markets": ["AT"]})
    made = known.lot()
    await bus.publish(known.start(made), known.completion(made))
    await found("batches", lot=made.number, state="manufactured")
    seller = service.as_("partner_quality", partner_id=known.maker, subject="ana")
    eva, bor = (service.as_("partner_quality", partner_id=buyer, subject=name) for name in ("eva", "bor"))
    for step, when in STAGES.items():
        await seller.done(f"{path}/stage", {"step": step, "equipment": ["P-1"]} | when)
    assert (await eva.get(path)).status_code == 404
    await bus.publish(sold(known, buyer))
    batch = await taken_over(found, lot, buyer)
    assert (batch["partner_id"], batch["taken_over_at"]) == (str(buyer), "2018-11-24T23:00:00Z")
    assert (await found("batches", lot=made.number))["partner_id"] == str(known.maker), "what it made is the seller's"
    (first, again) = await bus.told(BatchStarted, count=2, batch_id=UUID(id))
    assert (first.lot.partner_id, again.lot.partner_id) == (known.maker, buyer)

    late = await seller.post(f"{path}/completion", json={"completed_at": "2018-12-03"})
    assert late.status_code == 404, "it is a party to nothing that comes after"
    anew = await eva.post(f"{path}/stage", json={"step": "granulation", "started_at": "2018-11-06"})
    assert (anew.status_code, "stays as it was stated" in anew.text) == (409, True)
    compression = {"step": "compression", "equipment": ["P-1"]} | STAGES["compression"]
    moved = await eva.post(f"{path}/stage", json=compression | {"equipment": ["P-2"], "ended_at": "2018-11-28"})
    assert moved.status_code == 409, "what it was begun on is the seller's"
    coating = {"step": "coating", "started_at": "2018-11-29", "ended_at": "2018-12-01"}
    for stage in (compression | {"ended_at": "2018-11-28"}, coating, coating | {"ended_at": "2018-12-02"}):
        await bor.done(f"{path}/stage", stage)
    await bor.done(f"{path}/completion", {"completed_at": "2018-12-03"})
    await bor.done(f"{path}/record", RECORD)
    reviewed = await eva.done(f"{path}/record-review", {"digest": RECORD["digest"]})
    assert (reviewed["partner"]["id"], reviewed["waiting_for"]["side"]) == (str(buyer), "sponsor")
    (told,) = await bus.told(BatchManufactured, batch_id=UUID(id))
    assert told.lot.partner_id == buyer
    disposition = await found("dispositions", batch_id=id)
    assert disposition["partner_id"] == str(buyer)


@pytest.mark.parametrize("sale_first", [True, False])
async def test_it_is_the_buyers_whether_its_start_or_the_sale_is_told_first(
    bus: Any, known: Any, database: Any, found: Any, sale_first: bool
) -> None:
    lot, buyer = known.lot(), uuid4()
    facts = [known.start(lot), sold(known, buyer)]
    for fact in reversed(facts) if sale_first else facts:
        await handled(bus, database, fact)
    assert (await taken_over(found, lot, buyer))["taken_over_at"] == "2018-11-24T23:00:00Z"


@pytest.mark.parametrize("order", [*permutations(("start", "completion", "sale"))], ids="-".join)
@pytest.mark.parametrize(("completed", "of_buyer"), [("2018-11-10", False), ("2018-11-28", True)])
async def test_what_was_made_before_the_sale_is_the_sellers_in_whatever_order_it_is_told(
    bus: Any, known: Any, service: Any, database: Any, found: Any, order: Any, completed: str, of_buyer: bool
) -> None:
    lot, buyer = known.lot(), uuid4()
    facts = {
        "start": known.start(lot, on="2018-11-01"),
        "completion": known.completion(lot, on=completed, completed_at=completed),
        "sale": sold(known, buyer),
    }
    for name in order:
        await handled(bus, database, facts[name])

    async def settled() -> Any:
        batch = await found("batches", lot=lot.number, state="manufactured")
        told = "SELECT count(*) FROM outbox WHERE key = $1 AND NOT EXISTS (SELECT FROM inbox WHERE event_id = id::text)"
        return None if await database.fetchval(told, batch["id"]) else batch

    batch = await bus.eventually(settled)
    owner = buyer if of_buyer else known.maker
    assert batch["partner_id"] == str(owner)
    assert batch["taken_over_at"] == ("2018-11-24T23:00:00Z" if of_buyer else None)
    eva = service.as_("partner_quality", partner_id=buyer, subject="eva")
    assert (await eva.get(f"/batches/{batch['id']}")).status_code == (200 if of_buyer else 404)
    ana = service.as_("partner_quality", partner_id=owner, subject="ana")
    assert "take_record" in [each["name"] for each in (await ana.get(f"/batches/{batch['id']}")).json()["allowed"]]
