"""Reads of certificates."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, or_
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from contracts import Day
from contracts.partner_registry import CertificateState
from partner_registry.certificates.model import CONFIRMED, HELD, WARNED_DAYS, Certificate
from partner_registry.certificates.schemas import CertificateRead
from partner_registry.days import local_day
from partner_registry.names import names_of, sites_of
from partner_registry.sites.model import Activity
from runtime.work import Work
from serving.listing import Filter, days, equal


def _on(_: Work, day: date) -> Any:
    of = Certificate
    ended = or_(*(func.coalesce(each, False) for each in (
        col(of.ends_on) < day, col(of.withdrawn_on) <= day, col(of.site_sold_on) <= day
    )))  # fmt: skip
    return col(of.state).in_(CONFIRMED) & (col(of.valid_from) <= day) & ~ended


def _of_an_activity(_: Work, activities: Collection[Activity]) -> Any:
    issued: Any = Certificate.activities
    return issued.overlap([*activities])


FILTERS = (
    equal(Certificate, *("number", "state", "kind", "site_id", "partner_id", "certificate_number", "authority"))
    | {
        "on": Filter(Day, _on, "it counts on this local day of its site, by what is known now", many=False),
        "activity": Filter(Activity, _of_an_activity, "it was issued for one of these"),
    }
    | days(Certificate.ends_on, "ends")
)


async def show(work: Work, certificates: Sequence[Certificate]) -> list[CertificateRead]:
    """The certificates with names, and what each covers on its site's day."""
    sites = await sites_of(work, certificates)
    names = await names_of(work, certificates, sites)
    shown = []
    for one in certificates:
        scope = one.scope_on(local_day(work.now, sites[one.site_id].time_zone))
        today = {"counts": scope is not None, "scope": scope and scope.model_dump()}
        shown.append(CertificateRead.model_validate(dict(one) | names[one.id] | today))
    return shown


def ended(work: Work) -> Select[Any]:
    """The valid ones whose last day is over."""
    of = Certificate
    over = (of.state == CertificateState.valid, col(of.ends_at) <= work.now, col(of.site_sold_on).is_(None))
    return select(of).where(*over).order_by(col(of.id))


def here_at(site_id: UUID) -> Select[Any]:
    """Those of a site that are still its owner's, or were until now, in the order in which they are locked."""
    of = Certificate
    return select(of).where(of.site_id == site_id, col(of.site_sold_on).is_(None)).order_by(col(of.id))


def to_warn_of(work: Work) -> Select[Any]:
    """The valid ones that end soon, that was not reported, and no other follows without a gap."""
    of = Certificate
    reached = [
        and_(col(of.ends_at) <= work.now + timedelta(days), func.coalesce(col(of.warned_days) > days, True))
        for days in WARNED_DAYS
    ]
    soon = (of.state == CertificateState.valid, col(of.site_sold_on).is_(None), col(of.ends_at) > work.now)
    return select(of).where(*soon, or_(*reached), ~_follows(of).exists()).order_by(col(of.id))


async def is_followed(work: Work, certificate: Certificate) -> bool:
    """Whether another of its kind covers as much, and counts on the day after its last one."""
    of = Certificate
    followed = _follows(of, HELD).exists()
    return await work.session.scalar(select(of.id).where(of.id == certificate.id, followed)) is not None


def _follows(of: Any, states: Collection[CertificateState] = (CertificateState.valid,)) -> Select[Any]:
    """The certificates of the same kind that cover as much, and count on the day after the last one of ``of``."""
    # One that was restricted may cover less than it was issued for, and does not silence a warning.
    later: Any = aliased(Certificate)
    forms = or_(later.dosage_forms == [], and_(of.dosage_forms != [], later.dosage_forms.contains(of.dosage_forms)))
    return select(later.id).where(
        later.site_id == of.site_id,
        later.kind == of.kind,
        later.state.in_(states),
        later.site_sold_on.is_(None),
        later.restrictions == [],
        later.valid_from <= of.ends_on + 1,
        func.coalesce(later.ends_on > of.ends_on, True),
        later.activities.contains(of.activities),
        forms,
    )
