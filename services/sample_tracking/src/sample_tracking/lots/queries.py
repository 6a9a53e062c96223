"""Who made lots, as far as that is known."""

from collections.abc import Collection, Mapping
from typing import Final
from uuid import UUID

from directory import queries as directory
from runtime.problems import NotFound
from runtime.work import Work

_MAKERS: Final = "SELECT lot_id, maker_id FROM makers_of_lots($1::uuid[])"


async def makers_of(work: Work, lot_ids: Collection[UUID]) -> Mapping[UUID, UUID]:
    """Who made lots: of those of which a start or a completion was told, to a partner of its own."""
    rows = await work.connection.fetch(_MAKERS, list(lot_ids))
    return {row["lot_id"]: row["maker_id"] for row in rows if row["maker_id"]}


async def maker_of(work: Work, lot_id: UUID, site_id: UUID) -> UUID:
    """Who made a lot; of one of which nobody told its making, whoever owns its site now.

    Raises NotFound for a lot that another partner than the caller's made, and what ``named_site`` raises of the site.
    """
    (row,) = await work.connection.fetch(_MAKERS, [lot_id]) or (None,)
    if row is None:
        return (await directory.named_site(work, site_id, "lot.site_id")).partner_id
    if row["maker_id"] is None:
        raise NotFound("lot", lot_id)
    return UUID(str(row["maker_id"]))
