"""Reads of who may certify."""

from datetime import date, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from sqlalchemy import Select, and_, func, or_
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from contracts import Day
from contracts.certifying import QpRegime
from gxp.clocks import ONE_DAY
from partner_registry.days import local_day
from partner_registry.known import KnownAt, as_known, found_as_known, unkept
from partner_registry.qp_capacities.model import UNCOUNTED, WARNED_DAYS, QpCapacity, may_certify, why_not
from partner_registry.qp_capacities.schemas import QpAnswer, QpCapacityUsed
from partner_registry.sites.model import Site
from runtime.access import READERS, SPONSORS, allowed
from runtime.routes import Query as Reading
from runtime.routes import QueryRoute
from runtime.work import Work
from serving.listing import days, equal
from serving.shown import Ref

FILTERS = equal(
    QpCapacity,
    *("number", "state", "subject", "regime", "authorisation", "legal_entity", "side"),
    partner_id=UUID,
    legal_entity_id=UUID,
) | days(QpCapacity.valid_to, "ends")
router = APIRouter(prefix="/qp-capacities", tags=["qp-capacities"], route_class=QueryRoute)


@router.get("/answer", name="answer")
@allowed(*(READERS & SPONSORS))
async def answer(
    work: Reading,
    subject: Annotated[str, Query(min_length=1, max_length=200)],
    regime: QpRegime,
    site_id: UUID,
    on: Annotated[Day | None, Query(description="A local day of the site; today where none is given.")] = None,
    as_of: Annotated[KnownAt | None, Query(description="By what was known then.")] = None,
) -> QpAnswer:
    """Whether this person may certify for the site that day. Roles say nothing of it."""
    now = await work.get(Site, site_id)
    day = on or local_day(work.now, now.time_zone)
    then = await as_known(work, [now], as_of)
    own = select(QpCapacity).where(QpCapacity.subject == subject).order_by(col(QpCapacity.id))
    found = await found_as_known(work, own, as_of)
    site, used = then[0] if then else now, may_certify(found, regime, now.id, day) if then else []
    lacks = why_not(found, regime, site.id, day) if then else [unkept(site.number, site.created_at)]
    return QpAnswer(
        subject=subject,
        regime=regime,
        site=Ref(id=site.id, number=site.number, name=site.name),
        on=day,
        kept=bool(then),
        allowed=bool(used),
        capacities=[_used(each) for each in used],
        why_not=[] if used else lacks,
    )


def _used(found: QpCapacity) -> QpCapacityUsed:
    capacity = Ref(id=found.id, number=found.number, name=found.printed_name)
    own = {name: getattr(found, name) for name in QpCapacityUsed.model_fields if name != "capacity"}
    return QpCapacityUsed(capacity=capacity, **own)


def to_warn_of(work: Work) -> Select[Any]:
    """Those that end soon, that was not reported, and after which nobody is named on the authorisation."""
    of = QpCapacity
    reached = [
        and_(col(of.ends_at) <= work.now + timedelta(days), func.coalesce(col(of.warned_days) > days, True))
        for days in WARNED_DAYS
    ]
    other: Any = aliased(QpCapacity)
    followed = select(other.id).where(*_named_on(other, of, col(of.valid_to) + 1))
    counts = col(of.state).not_in(UNCOUNTED)
    ending = [counts, col(of.ends_at) > work.now, or_(*reached), ~followed.exists()]
    return select(of).where(*ending).order_by(col(of.id))


async def is_covered(work: Work, found: QpCapacity, last: date) -> bool:
    """Whether somebody is named on the authorisation on the day after a last one."""
    of: Any = QpCapacity
    return await work.session.scalar(select(of.id).where(*_named_on(of, found, last + ONE_DAY)).limit(1)) is not None


def _named_on(other: Any, of: Any, day: Any) -> list[Any]:
    begun = [other.id != of.id, other.regime == of.regime, other.authorisation == of.authorisation]
    begun += [other.state.not_in(UNCOUNTED), other.valid_from <= day]
    return [*begun, func.coalesce(other.valid_to >= day, True)]
