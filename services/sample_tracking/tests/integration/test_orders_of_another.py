"""An order is not sent to whoever sold its laboratory, or was absorbed, since it was drafted."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

from contracts.companies import PartnerAbsorbed
from contracts.partner_registry import PartnerStatus

from .certifying import certifying
from .test_orders import NOT_YET, PATH, ordering
from .test_owners import owned, sold

__all__ = ["certifying", "ordering"]


async def test_an_order_is_not_sent_to_who_sold_its_laboratory(
    tracking: Any, known: Any, bus: Any, ordering: Any, database: Any, eventually: Any
) -> None:
    buyer, lot = uuid4(), known.lot()
    path = f"{PATH}/{(await ordering.draft(lot, 'assay'))['id']}"
    await bus.publish(sold(known.laboratory_site, known.laboratory, buyer))
    await owned(database, eventually, known.laboratory_site, buyer)
    refused = await ordering.sponsor.post(f"{path}/issue", json=NOT_YET)
    assert (refused.status_code, refused.json()["fields"]) == (409, ["laboratory_site_id"]), refused.text
    assert (await ordering.bench.get(path)).status_code == 404
    anew = f"{PATH}/{(await ordering.draft(lot, 'assay'))['id']}"
    await ordering.sponsor.done(f"{anew}/issue", NOT_YET)
    new = tracking.as_("partner_lab", partner_id=buyer, subject="nia")
    assert [(await each.get(anew)).status_code for each in (ordering.bench, new)] == [404, 200]


async def test_an_order_is_not_sent_to_a_partner_that_was_absorbed(
    known: Any, bus: Any, ordering: Any, database: Any, eventually: Any
) -> None:
    path = f"{PATH}/{(await ordering.draft(known.lot(), 'assay'))['id']}"
    names: dict[str, Any] = {"number": "P-1", "legal_name": "Lab", "successor_number": "P-2", "successor_name": "New"}
    merged = PartnerAbsorbed(
        partner_id=known.laboratory,
        before=PartnerStatus.active,
        successor_id=uuid4(),
        effective_on=date(2026, 3, 1),
        reason="a merger",
        occurred_at=datetime.now(UTC),
        **names,
    )
    (id,) = await bus.publish(merged)

    async def handled() -> bool:
        return bool(await database.fetchval("SELECT count(*) FROM inbox WHERE event_id = $1", str(id)))

    await eventually(handled)
    refused = await ordering.sponsor.post(f"{path}/issue", json=NOT_YET)
    assert (refused.status_code, refused.json()["partner_status"]) == (409, "exited"), refused.text
