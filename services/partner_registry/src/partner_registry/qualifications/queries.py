"""Reads of qualifications."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, and_, func, or_, true
from sqlmodel import col, select

from contracts.qualifications import QualificationState as State
from partner_registry.certificates.model import CONFIRMED, Certificate
from partner_registry.days import local_day
from partner_registry.inspections.model import Inspection
from partner_registry.known import found_as_known
from partner_registry.names import names_of, sites_of, zone
from partner_registry.partners.model import Partner
from partner_registry.partners.succession import of_partner
from partner_registry.products.model import Product
from partner_registry.qualifications.carrying import kinds_for
from partner_registry.qualifications.gaps import days as days_between
from partner_registry.qualifications.model import Qualification
from partner_registry.qualifications.periods import IN_FORCE, LIVING, OPEN, WARNED_DAYS
from partner_registry.qualifications.recognised import foreign
from partner_registry.qualifications.remarks import read_with, remarks_on
from partner_registry.qualifications.schemas import QualificationRead
from partner_registry.risk.floors import OUTCOMES
from partner_registry.sites.model import Activity
from runtime.work import Work
from serving.listing import Filter, days, equal, whether
from serving.shown import Ref

_PRODUCTS: Any = Qualification.product_ids
_ALONE: Final = "SELECT pg_advisory_xact_lock(hashtextextended('partner-registry.scope:' || $1, 0))"
_OF_ANY: Final = _PRODUCTS == []
"""One that names no product is of any."""
FILTERS = (
    equal(Qualification, *("number", "state", "site_id", "activity", "dosage_form", "purpose"))
    | of_partner(Qualification)
    | {
        "in_force": whether(lambda _: col(Qualification.state).in_(IN_FORCE), "work may be given by it"),
        "product_id": Filter(UUID, lambda _, ids: _PRODUCTS.overlap([*ids]), "a product that it names"),
    }
    | days(Qualification.valid_to, "ends")
)


async def show(work: Work, qualifications: Sequence[Qualification]) -> list[QualificationRead]:
    """The qualifications with names; those of products are the sponsor's to know, and so is what it noted."""
    names = await names_of(work, qualifications, await sites_of(work, qualifications))
    known = await _products(work, {id for one in qualifications for id in one.product_ids})
    remarks = await remarks_on(work, qualifications)
    return [
        QualificationRead.model_validate(
            dict(one)
            | names[one.id]
            | read_with(one, remarks.get(one.id))
            | {"products": [known.get(id, Ref(id=id)) for id in one.product_ids]}
        )
        for one in qualifications
    ]


async def _products(work: Work, ids: Iterable[UUID]) -> dict[UUID, Ref]:
    if work.principal.partner_id is not None:
        return {}
    found = await work.session.scalars(select(Product).where(col(Product.id).in_({*ids})))
    return {each.id: Ref(id=each.id, number=each.code, name=each.name) for each in found}


async def certificates(work: Work, found: Qualification, *, hold: bool = False) -> list[str]:
    """The numbers of the certificates that cover the scope today at the site, or of a recognised inspection.

    With ``hold`` they stay so until the end of the transaction: who takes one back waits for that, and finds then what
    it carried. Who takes one back holds that one and what is in force, so that neither waits for the other.
    """
    day = local_day(work.now, await zone(work, found))
    there = held_for(found.activity).where(col(Certificate.site_id) == found.site_id).order_by(col(Certificate.id))
    there = there.execution_options(populate_existing=True)
    held = [*await work.session.scalars(there.with_for_update(read=True) if hold else there)]
    if numbers := covering(held, found.activity, found.dosage_form, day):
        return numbers
    there_from_abroad = await foreign(work, [found.site_id])
    used = there_from_abroad.recognised(held, found.activity, found.dosage_form, day, work.now)
    return [str(used)] if used else []


def held_for(activity: Activity) -> Select[Any]:
    """The certificates of kinds that carry an activity; one that was withdrawn did so on the days before.

    One that went with a sold site is there once: as its buyer's, which has all that was said of it since.
    """
    once = (col(Certificate.state).in_(CONFIRMED), col(Certificate.carried_on_by).is_(None))
    return select(Certificate).where(*once, col(Certificate.kind).in_(kinds_for(activity)))


async def held_at(
    work: Work, activity: Activity, site_ids: Iterable[UUID], as_of: datetime | None
) -> list[Certificate]:
    """Those of sites, as they were known at an instant: see ``held_for``."""
    of = Certificate
    there = select(of).where(col(of.kind).in_(kinds_for(activity)), col(of.site_id).in_([*site_ids]))
    return [each for each in await found_as_known(work, there, as_of) if each.counts_once]


def covering(held: Iterable[Certificate], activity: Activity, dosage_form: str | None, day: date) -> list[str]:
    """The numbers of a site's that cover a scope on a local day of it. Where two overlap, the narrower counts."""
    held = [*held]
    if any(each.takes_back(activity, dosage_form, day) for each in held):
        return []
    scopes = [(each.number, each.scope_on(day)) for each in held]
    return sorted(number for number, scope in scopes if scope and scope.covers(activity, dosage_form))


async def uncovered(work: Work, found: Qualification) -> date | None:
    """The first local day since it was suspended on which no confirmed certificate covers its scope; None is none."""
    if found.state != State.suspended:
        return None
    first = date.fromisoformat(found.periods[-1]["on"])
    held = [*await work.session.scalars(held_for(found.activity).where(col(Certificate.site_id) == found.site_id))]
    until_today = days_between(first, local_day(work.now, await zone(work, found)))
    scope, abroad = (found.activity, found.dosage_form), await foreign(work, [found.site_id])
    bare = (day for day in until_today if not covering(held, *scope, day))
    return next((day for day in bare if not abroad.recognised(held, *scope, day, work.now)), None)


async def adverse(work: Work, found: Qualification) -> Sequence[str]:
    """The inspections by which an authority decided against the site since the qualification began."""
    if found.valid_from is None:
        return ()
    of = Inspection
    against = (of.site_id == found.site_id, col(of.outcome).in_(OUTCOMES), col(of.classified_on) >= found.valid_from)
    return (await work.session.scalars(select(of.number).where(*against).order_by(of.number))).all()


async def successor(work: Work, found: Qualification) -> str | None:
    """The number of the qualification by which the same scope is being assessed anew, of all its products."""
    same = [getattr(Qualification, name) == getattr(found, name) for name in ("site_id", "activity", "purpose")]
    form = col(Qualification.dosage_form).is_not_distinct_from(found.dosage_form)
    of_all = (_OF_ANY, _PRODUCTS.contains(found.product_ids)) if found.product_ids else (_OF_ANY,)
    anew = select(Qualification.number).where(*same, form, or_(*of_all), Qualification.state == State.in_assessment)
    return await work.session.scalar(anew.order_by(Qualification.number).limit(1))


async def is_qualified(work: Work, partner: Partner) -> bool:
    """Whether a site of a partner may do any work for us."""
    of = Qualification
    own = select(of.id).where(of.partner_id == partner.id, col(of.state).in_(IN_FORCE)).limit(1)
    return await work.session.scalar(own) is not None


def in_force_at(site_id: Any) -> Select[Any]:
    """Those of a site by which work may be given, in the order in which they are locked."""
    of = Qualification
    return select(of).where(of.site_id == site_id, col(of.state).in_(IN_FORCE)).order_by(col(of.id))


def in_assessment_at(site_id: Any) -> Select[Any]:
    """Those of a site that are assessed, in the order in which they are locked."""
    of = Qualification
    return select(of).where(of.site_id == site_id, of.state == State.in_assessment).order_by(col(of.id))


def to_be_judged_at(site_id: Any) -> Select[Any]:
    """Those of a site that may be approved or reinstated, in the order in which they are locked."""
    of, states = Qualification, (State.in_assessment, State.suspended)
    return select(of).where(of.site_id == site_id, col(of.state).in_(states)).order_by(col(of.id))


def living_at(site_id: Any) -> Select[Any]:
    """Those of a site that count, may count again, or are to; in the order in which they are locked."""
    of = Qualification
    return select(of).where(of.site_id == site_id, col(of.state).in_(LIVING)).order_by(col(of.id))


def to_warn_of(work: Work) -> Select[Any]:
    """Those in force that end soon, and that was not reported."""
    of = Qualification
    reached = [
        and_(col(of.ends_at) <= work.now + timedelta(days), func.coalesce(col(of.warned_days) > days, True))
        for days in WARNED_DAYS
    ]
    return select(of).where(col(of.state).in_(IN_FORCE), col(of.ends_at) > work.now, or_(*reached)).order_by(col(of.id))


def ended(work: Work) -> Select[Any]:
    """Those whose last day is over."""
    of, ending = Qualification, (*IN_FORCE, State.suspended)
    return select(of).where(col(of.state).in_(ending), col(of.ends_at) <= work.now).order_by(col(of.id))


def lapsed(work: Work) -> Select[Any]:
    """Those under a condition whose day is over."""
    of = Qualification
    over = col(of.condition_due_at) <= work.now
    return select(of).where(of.state == State.conditional, over).order_by(col(of.id))


async def open_for(work: Work, scope: Any, but: UUID | None = None) -> Qualification | None:
    """The one of the same scope and purpose, or of some of its products, that is planned or in assessment.

    Who opens a scope waits for whoever else does: of two one is refused. ``but`` is the one that is to be opened.
    """
    await work.connection.execute(_ALONE, f"{scope.site_id}:{scope.activity}")
    of = Qualification
    same = [getattr(of, name) == getattr(scope, name) for name in ("site_id", "activity", "purpose")]
    form = col(of.dosage_form).is_not_distinct_from(scope.dosage_form)
    some = (_OF_ANY, _PRODUCTS.overlap([*scope.product_ids])) if scope.product_ids else (true(),)
    there = select(of).where(*same, form, or_(*some), col(of.state).in_(OPEN), of.id != but).order_by(of.number)
    found: Qualification | None = await work.session.scalar(there.limit(1))
    return found


async def rival(work: Work, found: Qualification) -> str | None:
    """The number of another one by which its scope, or a product of it, is open already."""
    other = await open_for(work, found, found.id)
    return other.number if other else None
