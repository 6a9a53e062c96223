"""Reads of two registrations of one company."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select
from sqlmodel import col, or_, select

from partner_registry.names import partners_of
from partner_registry.unions.model import PartnerUnion
from partner_registry.unions.schemas import PartnerUnionRead, UnionState
from runtime.work import Work
from serving.listing import equal

FILTERS = equal(PartnerUnion, "number", "state", "partner_id", "elder_id")


async def show(work: Work, unions: Sequence[PartnerUnion]) -> list[PartnerUnionRead]:
    """The unions with both names."""
    names = await partners_of(work, unions) | await partners_of(work, unions, "elder_id")
    return [
        PartnerUnionRead.model_validate(dict(each) | {"partner": names[each.partner_id], "elder": names[each.elder_id]})
        for each in unions
    ]


def in_state_with(partners: Collection[UUID], *states: UnionState) -> Select[Any]:
    """The numbers of unions in some states in which any of some partners is."""
    of = PartnerUnion
    whose = or_(col(of.partner_id).in_(partners), col(of.elder_id).in_(partners))
    return select(of.number).where(whose, col(of.state).in_(states)).order_by(col(of.number))
