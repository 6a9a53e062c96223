"""A site that is sold: a service's copy of it takes the new owner from the fact, and again from each later one."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from contracts.partner_feeds import Provenance, ReportedResult
from contracts.sites import SiteTransferred
from runtime.database import Context
from runtime.principal import worker
from sample_tracking.flags import traces
from sample_tracking.trends.commands import judge
from tests.world import site_registered

AT = datetime(2026, 3, 1, tzinfo=UTC)


def sold(site_id: UUID, seller: UUID, buyer: UUID) -> SiteTransferred:
    whose: dict[str, Any] = {"site_id": site_id, "from_partner_id": seller, "partner_id": buyer, "number": "S-1"}
    return SiteTransferred(**whose, effective_on=AT.date(), effective_at=AT, occurred_at=AT)


def measured(value: Any, digest: str | None = None) -> ReportedResult:
    said = Provenance(raw_data_digest=digest) if digest else None
    return ReportedResult(id=uuid4().hex, test="assay", value=Decimal(value), unit="%", provenance=said)


async def test_a_copy_of_a_site_takes_its_new_owner(known: Any, bus: Any, database: Any, eventually: Any) -> None:
    site, first, second, third = (uuid4() for _ in range(4))
    await bus.publish(site_registered(site, first), sold(site, first, second), sold(site, second, third))

    await owned(database, eventually, site, third)


async def owned(database: Any, eventually: Any, site: UUID, by: UUID) -> None:
    async def owner() -> Any:
        return await database.fetchval("SELECT partner_id FROM known_site WHERE id = $1", site) == by

    assert await eventually(owner)


async def test_a_laboratory_that_is_bought_is_not_held_against_what_its_seller_tested(
    tracking: Any, known: Any, bus: Any, results: Any, database: Any, eventually: Any
) -> None:
    buyer, digest, lots = uuid4(), uuid4().hex * 2, (known.lot(), known.lot())
    await bus.publish(known.together(measured("99.1", digest), lot=lots[0], occurred_at=AT - timedelta(days=3)))
    await results(lots[0], 1)
    await bus.publish(sold(known.laboratory_site, known.laboratory, buyer))
    await owned(database, eventually, known.laboratory_site, buyer)
    of_buyer = known.together(measured("98.7", digest), lot=lots[1], parties=(known.maker, buyer), occurred_at=AT)
    await bus.publish(of_buyer.model_copy(update={"laboratory_partner_id": buyer}))
    (late,) = await results(lots[1], 1)
    async with tracking.app.state.store.work(Context(worker("sample-tracking"))) as work:
        assert await traces.related_to(work, [UUID(late["id"])]) == [UUID(late["id"])]


async def test_a_makers_trend_begins_anew_with_its_buyer(
    tracking: Any, known: Any, bus: Any, results: Any, database: Any, eventually: Any
) -> None:
    buyer, lots = uuid4(), [known.lot() for _ in range(20)]
    for day, lot in enumerate(lots):
        await bus.publish(
            known.together(measured(99 + 2 * (day % 2)), lot=lot, occurred_at=AT - timedelta(days=20 - day))
        )
    for lot in lots:
        await results(lot, 1)
    await bus.publish(sold(known.site, known.maker, buyer))
    await owned(database, eventually, known.site, buyer)
    odd = known.lot().model_copy(update={"partner_id": buyer})
    await bus.publish(known.together(measured("103.5"), lot=odd, parties=(buyer, known.laboratory), occurred_at=AT))
    (late,) = await results(odd, 1)
    async with tracking.app.state.store.work(Context(worker("sample-tracking"))) as work:
        await judge(work, [UUID(late["id"])])
    assert (await tracking.client.get(f"/results/{late['id']}")).json()["out_of_trend"] is None
