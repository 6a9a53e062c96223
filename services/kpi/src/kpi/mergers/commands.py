"""Keeping what is told of mergers, and asking for it."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from sqlmodel import col, select

from contracts import Recorded
from contracts.companies import PartnerAbsorbed
from kpi.mergers.model import AbsorbedPartner
from runtime import bulk
from runtime.work import Work

_NEWER = """
ON CONFLICT (id) DO UPDATE SET successor_number = excluded.successor_number, effective_on = excluded.effective_on
"""


async def keep(work: Work, facts: Sequence[Recorded[PartnerAbsorbed]]) -> None:
    """Keep into which company partners merged; one merges once."""
    rows = {
        fact.partner_id: {
            "id": fact.partner_id, "successor_number": fact.successor_number, "effective_on": fact.effective_on
        }
        for fact in (each.fact for each in facts)
    }  # fmt: skip
    await bulk.insert(work, AbsorbedPartner, rows.values(), _NEWER)


async def absorbed(work: Work, partner_ids: Collection[UUID]) -> Mapping[UUID, AbsorbedPartner]:
    """Those of some partners that merged into others, as far as the caller may know of them."""
    query = select(AbsorbedPartner).where(col(AbsorbedPartner.id).in_(partner_ids))
    return {each.id: each for each in await work.session.scalars(query)}
