"""Reads of sub-suppliers."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy import Select
from sqlmodel import col, select

from partner_registry.names import names_of, sites_of
from partner_registry.sub_suppliers.model import SubSupplierUse, points_of_failure
from partner_registry.sub_suppliers.schemas import (
    ConsentOnRecord,
    PointOfFailure,
    PointsOfFailure,
    SubSupplierRead,
    SubSupplierUseBrief,
    UseState,
)
from runtime.access import READERS, SPONSORS, allowed
from runtime.routes import Query as Reading
from runtime.routes import QueryRoute
from runtime.work import Work
from serving.listing import equal
from serving.shown import Ref

FILTERS = equal(
    SubSupplierUse, *("number", "state", "site_id", "partner_id", "supplier", "product_code", "criticality")
)
router = APIRouter(prefix="/sub-suppliers", tags=["sub-suppliers"], route_class=QueryRoute)


async def show(work: Work, uses: Sequence[SubSupplierUse]) -> list[SubSupplierRead]:
    """The uses with names. No fact tells of consents: none is on record."""
    names = await names_of(work, uses, await sites_of(work, uses))
    consent = {"consent": ConsentOnRecord.not_on_record}
    return [SubSupplierRead.model_validate(dict(one) | names[one.id] | consent) for one in uses]


def in_use_at(site_id: UUID) -> Select[Any]:
    """Those of a site that have not ended."""
    of = SubSupplierUse
    return select(of).where(of.site_id == site_id, of.state == UseState.in_use).order_by(col(of.id))


@router.get("/points-of-failure", name="points-of-failure")
@allowed(*(READERS & SPONSORS))
async def points(work: Reading) -> PointsOfFailure:
    """The sub-suppliers that more than one partner uses."""
    found = await work.session.scalars(select(SubSupplierUse).where(SubSupplierUse.state == UseState.in_use))
    shared = points_of_failure(found)
    uses = [use for each in shared for use in each]
    names = await names_of(work, uses, await sites_of(work, uses))
    return PointsOfFailure(items=[_point(each, names) for each in shared])


def _point(uses: Sequence[SubSupplierUse], names: dict[UUID, dict[str, Ref]]) -> PointOfFailure:
    briefs = [
        SubSupplierUseBrief(
            use=Ref(id=each.id, number=each.number),
            purpose=each.purpose,
            criticality=each.criticality,
            **names[each.id],
        )
        for each in uses
    ]
    return PointOfFailure(supplier=uses[0].supplier, supplier_country=uses[0].supplier_country, uses=briefs)
