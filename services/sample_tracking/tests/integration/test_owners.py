"""A site that is sold: a service's copy of it takes the new owner from the fact, and again from each later one."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

from contracts.sites import SiteTransferred
from tests.world import site_registered


def sold(site_id: UUID, seller: UUID, buyer: UUID) -> SiteTransferred:
    at = datetime(2026, 3, 1, tzinfo=UTC)
    whose: dict[str, Any] = {"site_id": site_id, "from_partner_id": seller, "partner_id": buyer, "number": "S-1"}
    return SiteTransferred(**whose, effective_on=date(2026, 3, 1), effective_at=at, occurred_at=at)


async def test_a_copy_of_a_site_takes_its_new_owner(known: Any, bus: Any, database: Any, eventually: Any) -> None:
    site, first, second, third = (uuid4() for _ in range(4))
    await bus.publish(site_registered(site, first), sold(site, first, second), sold(site, second, third))

    async def owner() -> Any:
        found = await database.fetchval("SELECT partner_id FROM known_site WHERE id = $1", site)
        return found == third

    assert await eventually(owner)
