"""Which sites may do a work on a day, and why the others may not."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from sqlmodel import col, select

from contracts import Day, HappenedAt
from contracts.partner_registry import PartnerStatus
from contracts.qualifications import Purpose, QualificationState
from partner_registry.certificates.model import Certificate
from partner_registry.partners.model import Partner
from partner_registry.qualifications import queries
from partner_registry.qualifications.grounds import local_day
from partner_registry.qualifications.model import IN_FORCE, Qualification
from partner_registry.sites.model import Activity, Site
from runtime.access import READERS, allowed
from runtime.routes import Query as Reading
from runtime.routes import QueryRoute
from runtime.work import Work
from serving.shown import Answer, Ref

router = APIRouter(prefix="/sites", tags=["sites"], route_class=QueryRoute)


class AskedWork(Answer):
    """For which work a site is asked for."""

    activity: Activity
    dosage_form: str | None
    product_id: UUID | None
    purpose: Purpose

    def covered_by(self, found: Qualification) -> bool:
        """Whether a qualification is for this work; one for commercial work is for development too."""
        form = found.dosage_form is None or (self.dosage_form or "").casefold() == found.dosage_form.casefold()
        product = not found.product_ids or self.product_id in found.product_ids
        return form and product and found.purpose in (self.purpose, Purpose.commercial)


@dataclass(frozen=True, slots=True)
class Judged:
    """The qualification that is best for a work on a day, its state on it, and why it does not do."""

    best: Qualification | None
    state: QualificationState | None
    why_not: list[str]


class SiteAnswer(Answer):
    """Whether a site may do the work on the day, and by which qualification, or why not."""

    site: Ref
    partner: Ref
    allowed: bool
    qualification: Ref | None
    state: QualificationState | None
    """Of the qualification on that day; null before it began, or where there is none."""
    valid_to: date | None
    not_allowed: list[str]
    """What is not allowed while conditions are open."""
    why_not: list[str]


class ApprovedSites(Answer):
    """Sites that have the activity, those that may do the work first."""

    asked: AskedWork
    items: list[SiteAnswer]


@router.get("/approved", name="approved")
@allowed(*READERS)
async def approved(
    work: Reading,
    activity: Activity,
    purpose: Purpose = Purpose.commercial,
    dosage_form: Annotated[str | None, Query(max_length=200)] = None,
    product_id: UUID | None = None,
    on: Annotated[Day | None, Query(description="A local day of each site; today where none is given.")] = None,
    as_of: Annotated[HappenedAt | None, Query(description="By what was known then of qualifications.")] = None,
) -> ApprovedSites:
    """Which sites may do this work, and of the others why not. Certificates count as they are known now."""
    asked = AskedWork(activity=activity, dosage_form=dosage_form, product_id=product_id, purpose=purpose)
    sites = [*await work.session.scalars(select(Site).where(col(Site.activities).contains([activity])))]
    partners = {each.id: each for each in await work.session.scalars(select(Partner))}
    ids = [each.id for each in sites]
    own = select(Qualification).where(Qualification.activity == activity, col(Qualification.site_id).in_(ids))
    found = [*await work.session.scalars(own.order_by(col(Qualification.created_at)))]
    held = [*await work.session.scalars(queries.held_for(activity).where(col(Certificate.site_id).in_(ids)))]
    answers = [
        _answer(asked, site, partners[site.partner_id], _of(found, site), _of(held, site), work, on, as_of or work.now)
        for site in sites
    ]
    return ApprovedSites(asked=asked, items=sorted(answers, key=lambda each: (not each.allowed, each.site.name)))


def _of(records: Iterable[Any], site: Site) -> list[Any]:
    return [each for each in records if each.site_id == site.id]


def _answer(
    asked: AskedWork,
    site: Site,
    partner: Partner,
    found: Sequence[Qualification],
    held: Sequence[Certificate],
    work: Work,
    on: date | None,
    as_of: datetime,
) -> SiteAnswer:
    today = local_day(work.now, site.time_zone)
    day = on or today
    judged = judge(asked, found, day, as_of)
    best, why_not = judged.best, judged.why_not
    if not queries.covering(held, asked.activity, asked.dosage_form, day):
        why_not.append("no confirmed certificate covers the work on that day")
    if day >= today and partner.state != PartnerStatus.active:
        why_not.append(f"the partner is {partner.state}")
    return SiteAnswer(
        site=Ref(id=site.id, number=site.number, name=site.name),
        partner=Ref(id=partner.id, number=partner.number, name=partner.legal_name),
        allowed=not why_not,
        qualification=Ref(id=best.id, number=best.number) if best else None,
        state=judged.state,
        valid_to=best.valid_to if best else None,
        not_allowed=[each["not_allowed"] for each in best.conditions if not each["fulfilled_at"]] if best else [],
        why_not=why_not,
    )


def judge(asked: AskedWork, found: Iterable[Qualification], day: date, as_of: datetime) -> Judged:
    """Which of a site's qualifications carries the work on a day, as it was known at an instant, or why none does."""
    covering = [each for each in found if asked.covered_by(each)]
    best = max(covering, key=lambda each: _rank(each, day, as_of), default=None)
    state = best.state_on(day, as_of) if best else None
    return Judged(best, state, _without(best, state, day))


def _rank(found: Qualification, day: date, as_of: datetime) -> tuple[bool, bool, datetime]:
    state = found.state_on(day, as_of)
    return state in IN_FORCE and not _without(found, state, day), state is not None, found.created_at


def _without(found: Qualification | None, state: QualificationState | None, day: date) -> list[str]:
    """What the qualification lacks on the day, in words."""
    if found is None:
        return ["it is not qualified for this work"]
    if state not in IN_FORCE:
        reason = f": {found.reason}" if found.reason and state == found.state else ""
        return [f"{found.number} is {state or 'not begun'} on that day{reason}"]
    if found.valid_to and day > found.valid_to:
        return [f"{found.number} ends on {found.valid_to}"]
    return []
