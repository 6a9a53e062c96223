"""Which sites may do a work on a day, and why the others may not."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from sqlmodel import col, select

from contracts import Day
from contracts.partner_registry import PartnerStatus
from contracts.qualifications import Purpose, QualificationState
from partner_registry.certificates.model import Certificate
from partner_registry.certificates.schemas import Scope
from partner_registry.days import local_day
from partner_registry.known import KnownAt, as_known, found_as_known, unkept
from partner_registry.partners.model import Partner, PartnerState
from partner_registry.partners.others import Other, closed_elsewhere, others_of
from partner_registry.partners.status import Change, status_on, statuses_of
from partner_registry.products.model import Product
from partner_registry.qualifications import queries
from partner_registry.qualifications.model import Qualification
from partner_registry.qualifications.periods import IN_FORCE
from partner_registry.qualifications.recognised import Foreign, foreign
from partner_registry.qualifications.schemas import Waived
from partner_registry.sites.model import Activity, Site
from partner_registry.transfers.model import FormerSite, owner_on
from partner_registry.transfers.queries import former_owners, kept_since, knows, sites_as_known
from runtime.access import READERS, allowed
from runtime.problems import Problem
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

    @property
    def waived(self) -> Waived | None:
        """What stands for the audit of the best one."""
        return Waived.model_validate(self.best.waiver) if self.best and self.best.waiver else None


class SiteAnswer(Answer):
    """Whether a site may do the work on the day, and by which qualification, or why not."""

    site: Ref
    partner: Ref
    allowed: bool
    qualification: Ref | None
    state: QualificationState | None
    """Of the qualification on that day; null before it began, or where there is none."""
    valid_to: date | None
    recognition: str | None
    """The inspection that stands for a certificate, and the row by which; null where none is needed, or none does."""
    dosage_forms: list[str]
    """Where no form was asked for, those to which certificates and qualification limit the work; empty is no limit."""
    not_allowed: list[str]
    """What is not allowed while conditions are open."""
    waived: Waived | None
    """What stands for the audit of the qualification; null where it was audited."""
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
    as_of: Annotated[
        KnownAt | None, Query(description="By what was known then; a site of which nothing was may not do it.")
    ] = None,
) -> ApprovedSites:
    """Which sites may do this work, and of the others why not.

    A product is made in its own dosage form. Raises NotFound for an unknown product, and a 422 for another form.
    """
    form = await _form_of(work, product_id, dosage_form) if product_id else dosage_form
    asked = AskedWork(activity=activity, dosage_form=form, product_id=product_id, purpose=purpose)
    there = select(Site) if as_of else select(Site).where(col(Site.activities).contains([activity]))
    now = [*await work.session.scalars(there)]
    now = [each for each in now if knows(work, each, on or local_day(work.now, each.time_zone))]
    owners = {each.id: each for each in await work.session.scalars(select(Partner))}  # once, for all that asks for one
    then = await sites_as_known(work, now, as_of)
    sites = [each for each in then if activity in each.activities]
    companies = await as_known(work, [*owners.values()], as_of)
    partners, ids = {each.id: each for each in companies}, [each.id for each in sites]
    former = await former_owners(work, sites)
    own = select(Qualification).where(Qualification.activity == activity, col(Qualification.site_id).in_(ids))
    found = await found_as_known(work, own.order_by(col(Qualification.created_at)), as_of)
    held = await queries.held_at(work, activity, ids, as_of)
    past, abroad = await statuses_of(work, [*partners], as_of), await foreign(work, ids, as_of)
    others = await others_of(work, [*partners], as_of)
    answers = [
        _answer(
            asked, site, (partner := partners[_owner(work, site, former[site.id], on)]), _of(found, site),
            _of(held, site), abroad.of(site.id), past.get(partner.id, ()),
            others.get(partner.id, ()), work, on, as_of,
        )
        for site in sites
    ]  # fmt: skip
    begun = {each.id for each in then}
    before = [each for each in now if each.id not in begun and activity in each.activities]
    since = await kept_since(work, before)
    answers += [_unkept(each, owners[each.partner_id], since[each.id]) for each in before]
    return ApprovedSites(asked=asked, items=sorted(answers, key=lambda each: (not each.allowed, each.site.name)))


async def _form_of(work: Work, product_id: UUID, form: str | None) -> str | None:
    """The form of a product. The list of products is the sponsor's: a partner names the form itself."""
    if work.principal.partner_id:
        return form
    product = await work.get(Product, product_id)
    if form and form.casefold() != product.dosage_form.casefold():
        why = f"{product.code} is of the form {product.dosage_form}, and not {form}"
        errors = [{"field": "query.dosage_form", "reason": why, "value": form}]
        raise Problem(422, "invalid-request", why, errors=errors)
    return product.dosage_form


def _owner(work: Work, site: Site, former: Sequence[FormerSite], on: date | None) -> UUID:
    return owner_on(site.partner_id, former, on or local_day(work.now, site.time_zone))


def _of(records: Iterable[Any], site: Site) -> list[Any]:
    return [each for each in records if each.site_id == site.id]


def _answer(
    asked: AskedWork,
    site: Site,
    partner: Partner,
    found: Sequence[Qualification],
    held: Sequence[Certificate],
    abroad: Foreign,
    past: Sequence[Change],
    others: Sequence[Other],
    work: Work,
    on: date | None,
    as_of: datetime | None,
) -> SiteAnswer:
    known = as_of or work.now
    today, day = local_day(known, site.time_zone), on or local_day(work.now, site.time_zone)
    judged = judge(asked, found, day, known)
    best, why_not = judged.best, judged.why_not
    covering = queries.covering(held, asked.activity, asked.dosage_form, day)
    used = None if covering else abroad.recognised(held, asked.activity, asked.dosage_form, day, known)
    if not covering and used is None:
        why_not.append("no confirmed certificate covers the work on that day")
    if closed := site.closed_since(day, known, work.principal.partner_id):
        why_not.append(f"the site is closed since {closed}")
    if day >= today:
        why_not += [f"the partner is {partner.state}"] if partner.state != PartnerState.active else []
    elif (was := status_on(past, day, site.time_zone)) != PartnerStatus.active:
        why_not.append(
            f"the partner was {was} on that day" if was else "nothing was told of the partner until that day"
        )
    closed_others = closed_elsewhere(others, day, today, site.time_zone)
    why_not += [f"the partner is {was} as {other.number}, which is the same company" for other, was in closed_others]
    scopes = [used.covered.scope] if used else [each.scope_on(day) for each in held if each.number in covering]
    return SiteAnswer(
        site=Ref(id=site.id, number=site.number, name=site.name),
        partner=Ref(id=partner.id, number=partner.number, name=partner.legal_name),
        allowed=not why_not,
        qualification=Ref(id=best.id, number=best.number) if best else None,
        state=judged.state,
        valid_to=best.valid_to if best else None,
        recognition=str(used) if used else None,
        dosage_forms=_limits(best, scopes) if asked.dosage_form is None else [],
        not_allowed=[each["not_allowed"] for each in best.conditions if not each["fulfilled_at"]] if best else [],
        waived=judged.waived,
        why_not=why_not,
    )


def _unkept(site: Site, partner: Partner, since: datetime) -> SiteAnswer:
    """The answer where nothing was known of a site: nobody can say whether it might do the work."""
    return SiteAnswer(
        site=Ref(id=site.id, number=site.number, name=site.name),
        partner=Ref(id=partner.id, number=partner.number, name=partner.legal_name),
        allowed=False,
        qualification=None,
        state=None,
        valid_to=None,
        recognition=None,
        dosage_forms=[],
        not_allowed=[],
        waived=None,
        why_not=[unkept(site.number, since)],
    )


def _limits(best: Qualification | None, found: Iterable[Scope | None]) -> list[str]:
    """The dosage forms that are left of what was not asked for by its form."""
    if best and best.dosage_form:
        return [best.dosage_form]
    scopes = [each for each in found if each]
    if any(not scope.dosage_forms for scope in scopes):
        return []
    return sorted({form for scope in scopes for form in scope.dosage_forms})


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
