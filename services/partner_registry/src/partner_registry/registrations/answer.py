"""The question that is asked before work is given: may this site do this to this product for this market that day?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from sqlmodel import col, select

from contracts import Day
from contracts.partner_registry import PartnerStatus
from contracts.qualifications import Purpose
from gxp.regimes import registered_as
from partner_registry.certificates.model import CONFIRMED, Certificate
from partner_registry.days import local_day
from partner_registry.entities.model import LegalEntity
from partner_registry.entries import known_at
from partner_registry.known import KnownAt, as_known, found_as_known, unkept
from partner_registry.partners.model import Partner, PartnerState
from partner_registry.partners.others import Other, closed_elsewhere, others_of
from partner_registry.partners.status import Change, status_on, statuses_of
from partner_registry.products.model import Product
from partner_registry.qualifications import queries
from partner_registry.qualifications.approved import AskedWork, judge
from partner_registry.qualifications.model import Qualification
from partner_registry.qualifications.recognised import foreign
from partner_registry.registrations import conditions
from partner_registry.registrations.conditions import ConditionVerdict, RegistrationCondition
from partner_registry.registrations.model import RegisteredSite
from partner_registry.sites.model import Activity, Site
from partner_registry.transfers.model import owner_on
from partner_registry.transfers.queries import by_succession, former_owners, kept_since, knows, sites_as_known
from runtime.access import READERS, allowed
from runtime.bodies import Country
from runtime.problems import NotFound
from runtime.routes import Query as Reading
from runtime.routes import QueryRoute
from runtime.work import Work
from serving.shown import Answer, Ref

router = APIRouter(prefix="/registrations", tags=["registrations"], route_class=QueryRoute)


class RegistrationAnswer(Answer):
    """Whether the site may do it, and every condition of that."""

    product_id: UUID
    market: str
    activity: Activity
    site: Ref
    on: date
    """The site's local day of which it is said."""
    allowed: bool
    """Each condition that is judged here is met: one that is unknown blocks as well."""
    unjudged: list[str]
    """The conditions of which no fact tells at all: ``allowed`` says nothing of them, and somebody sees to them."""
    conditions: list[RegistrationCondition]


@router.get("/answer", name="answer")
@allowed(*READERS)
async def answer(
    work: Reading,
    product_id: UUID,
    market: Country,
    activity: Activity,
    site_id: UUID,
    on: Annotated[Day | None, Query(description="A local day of the site; today where none is given.")] = None,
    as_of: Annotated[KnownAt | None, Query(description="By what was known then.")] = None,
) -> RegistrationAnswer:
    """Whether a site may do this for a market, and each condition."""
    now = await work.get(Site, site_id)
    day = on or local_day(work.now, now.time_zone)
    if not knows(work, now, day):
        raise NotFound("site", site_id)
    then = await sites_as_known(work, [now], as_of)
    asked = Asked(product_id, market, activity, day, as_of)
    found = (
        await _judged(work, asked, then[0])
        if then
        else conditions.unkept(unkept(now.number, (await kept_since(work, [now]))[now.id]))
    )
    site = then[0] if then else now
    return RegistrationAnswer(
        product_id=product_id,
        market=market,
        activity=activity,
        site=Ref(id=site.id, number=site.number, name=site.name),
        on=day,
        allowed=conditions.allows(found),
        unjudged=[each.condition for each in found if each.verdict == ConditionVerdict.unjudged],
        conditions=found,
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a site, of which local day of it, and by what was known when."""

    product_id: UUID
    market: str
    activity: Activity
    day: date
    as_of: datetime | None


async def _judged(work: Work, asked: Asked, site: Site) -> list[RegistrationCondition]:
    """Each condition. ``site`` is as it was known then."""
    as_of, day, activity = asked.as_of, asked.day, asked.activity
    known, zone = as_of or work.now, site.time_zone
    today = local_day(known, zone)
    rows = await _rows(work, asked, site)
    form = await _dosage_form(work, asked.product_id, rows)
    told = [(each.registration_number, known_at(each.known, known)) for each in rows]
    done = judged = None
    if form is not None:
        done = AskedWork(activity=activity, dosage_form=form, product_id=asked.product_id, purpose=Purpose.commercial)
        judged = judge(done, await _qualifications(work, asked, site), day, known)
    held = await queries.held_at(work, activity, [site.id], as_of)
    former = (await former_owners(work, [site]))[site.id]
    owner = await work.session.get_one(Partner, owner_on(site.partner_id, former, day))
    (partner,) = await as_known(work, [owner], as_of)
    past = (await statuses_of(work, [partner.id], as_of)).get(partner.id, ())
    owners = await by_succession(work, partner, former, as_of)
    licences = await _authorisations(work, site, owners, asked, known)
    others = (await others_of(work, [partner.id], as_of)).get(partner.id, ())
    abroad = await foreign(work, [site.id], as_of)
    return [
        conditions.registered([(number, each[-1]["steps"]) for number, each in told if each], day),
        conditions.qualified(done, judged, day),
        conditions.certified(held, abroad, asked.market, activity, form, day, known),
        conditions.authorised(licences, activity, form, day),
        conditions.active(
            partner.number, *_status_on(partner.state, past, day, today, zone), _closed(others, day, today, zone)
        ),
        conditions.open_site(site, day, known, work.principal.partner_id),
        conditions.agreed(),
    ]


async def _qualifications(work: Work, asked: Asked, site: Site) -> list[Qualification]:
    own = select(Qualification).where(Qualification.activity == asked.activity, Qualification.site_id == site.id)
    return await found_as_known(work, own, asked.as_of)


async def _rows(work: Work, asked: Asked, site: Site) -> Sequence[RegisteredSite]:
    """Those of the market, and of the Union's procedure where that holds for it."""
    of, names = RegisteredSite, registered_as(asked.market)
    same = (of.product_id == asked.product_id, of.activity == asked.activity, of.site_id == site.id)
    rows = await work.session.scalars(select(of).where(*same, col(of.market).in_(names)).order_by(col(of.id)))
    return sorted(rows, key=lambda each: names.index(each.market))


async def _authorisations(
    work: Work, site: Site, owners: Sequence[UUID], asked: Asked, known: datetime
) -> list[Certificate]:
    """The confirmed ones that the site's owner holds for it, or who had succeeded that one by law.

    But for those of a legal entity that is no more, or of which who asks cannot know whether it is.
    """
    of = Certificate
    own = select(of).where(of.site_id == site.id, col(of.kind).in_(conditions.AUTHORISING[asked.activity]))
    then = await found_as_known(work, own, asked.as_of)
    held = [each for each in then if each.partner_id in owners and each.state in CONFIRMED]
    named = select(LegalEntity).where(col(LegalEntity.id).in_({each.legal_entity_id for each in held} - {None}))
    there = {each.id for each in await work.session.scalars(named) if each.exists_on(asked.day, known)}
    return [each for each in held if each.legal_entity_id in {None, *there}]


def _status_on(
    present: PartnerState, past: Sequence[Change], day: date, today: date, zone: str
) -> tuple[PartnerState | PartnerStatus | None, date | None]:
    """What a partner is on a day, and since which; from today on, or what was today then, what it was known to be."""
    state = present if day >= today else status_on(past, day, zone)
    changes = [each for each in past if local_day(each.at, zone) <= day]
    last = max(changes, key=lambda each: each.at, default=None)
    return state, local_day(last.at, zone) if last and last.after == state else None


def _closed(others: Sequence[Other], day: date, today: date, zone: str) -> conditions.Elsewhere | None:
    """The first other registration to which no work is given on the day."""
    for other, _ in closed_elsewhere(others, day, today, zone):
        return other.number, *_status_on(other.state, other.past, day, today, zone)
    return None


async def _dosage_form(work: Work, product_id: UUID, rows: Sequence[RegisteredSite]) -> str | None:
    """That of the product. A partner knows it only of what is registered at its site: products are the sponsor's."""
    if work.principal.partner_id is None:
        return (await work.get(Product, product_id)).dosage_form
    return rows[0].dosage_form if rows else None
