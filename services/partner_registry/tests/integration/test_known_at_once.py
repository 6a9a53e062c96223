"""What one transaction changed became known at once: no instant lies between two of its changes."""

from typing import Any
from uuid import UUID, uuid4

from partner_registry.known import as_known
from partner_registry.partners.model import Partner


async def test_nobody_knew_half_of_what_was_done_at_once(
    registry: Any, site: Any, other: Any, transaction: Any
) -> None:
    ids = [UUID(site["partner_id"]), UUID(other["id"])]
    async with transaction() as work:
        partners = [await work.get(Partner, id) for id in ids]
        before = [each.legal_name for each in partners]
        between = []
        for each in partners:
            each.legal_name = f"Renamed {uuid4().hex}"
            await work.session.flush()
            between.append(await work.connection.fetchval("SELECT clock_timestamp()"))
    async with transaction() as work:
        partners = [await work.get(Partner, id) for id in ids]
        then = [[each.legal_name for each in await as_known(work, partners, instant)] for instant in between]
    assert then == [before, [each.legal_name for each in partners]]
