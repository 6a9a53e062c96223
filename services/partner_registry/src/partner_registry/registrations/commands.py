"""Use cases of registrations."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlmodel import col, select

from contracts.registrations import RegistrationChanged, RegistrationState
from partner_registry.entities.named import in_place_of, name_for
from partner_registry.products.model import Product
from partner_registry.registrations.model import RegisteredSite, Registration
from partner_registry.registrations.schemas import (
    ApproveRegistration,
    ApproveSite,
    RegisteredContent,
    SubmitRegistration,
    VaryRegistration,
    WithdrawRegistration,
)
from partner_registry.sites.held import held, hold
from partner_registry.sites.model import Site
from runtime.numbers import next_number
from runtime.problems import NotFound, RuleViolated
from runtime.work import Work

_CONTENT = frozenset(RegisteredContent.model_fields)


async def submit(work: Work, body: SubmitRegistration) -> Registration:
    """Submit a product. Raises NotFound for an unknown one, or holder, RuleViolated where the market has it already."""
    of = Registration
    if await work.session.get(Product, body.product_id) is None:
        raise NotFound("product", body.product_id)
    live = of.state != RegistrationState.withdrawn
    given = body.model_dump()
    if body.legal_entity_id:
        given["holder"] = await name_for(work, body.legal_entity_id, body.submitted_on)
        given["legal_entity_id"] = await in_place_of(work, body.legal_entity_id)
    if known := await work.session.scalar(
        select(of).where(of.product_id == body.product_id, of.market == body.market, live)
    ):
        raise RuleViolated(f"{known.number} is {known.state} for {body.market} already: vary that, or withdraw it")
    registration, submitted = Registration.submit(
        **given, number=await next_number(work, "REG", "registration_number"), by=work.principal.subject, now=work.now
    )
    work.add(registration)
    work.publish(submitted, of=registration)
    return registration


async def approve(work: Work, registration_id: UUID, body: ApproveRegistration) -> Registration:
    """Approve it, and tell each site's partner what is registered for it."""
    found = await _held(work, registration_id, body.sites)
    given = (body.authorisation_number, body.effective_on, _content(body))
    return await _told(work, found, found.approve(*given, by=work.principal.subject, now=work.now), body.sites)


async def vary(work: Work, registration_id: UUID, body: VaryRegistration) -> Registration:
    """Vary it, and tell the partners of those sites for which something changes."""
    found = await _held(work, registration_id, body.sites)
    given = (body.variation, body.effective_on, _content(body), body.reason)
    return await _told(work, found, found.vary(*given, by=work.principal.subject, now=work.now), body.sites)


async def withdraw(work: Work, registration_id: UUID, body: WithdrawRegistration) -> Registration:
    """Withdraw it, and tell the partners of all sites in it."""
    found = await _held(work, registration_id)
    return await _told(work, found, found.withdraw(body.effective_on, body.reason, work.principal.subject, work.now))


async def _held(work: Work, registration_id: UUID, named: Collection[ApproveSite] = ()) -> Registration:
    """The registration, while no site that it names, or is to, is sold: who takes one over holds that first."""
    there = select(RegisteredSite.site_id).where(RegisteredSite.registration_id == registration_id)
    await hold(work, {*await work.session.scalars(there), *(each.site_id for each in named)})
    return await work.get(Registration, registration_id)


def _content(body: RegisteredContent) -> RegisteredContent:
    return RegisteredContent.model_validate(body.model_dump(include=set(_CONTENT)))


async def _told(
    work: Work, found: Registration, changed: RegistrationChanged, named: list[ApproveSite] | None = None
) -> Registration:
    """Raises NotFound for an unknown site, RuleViolated for one that has not the activity."""
    work.publish(changed, of=found)
    product = await work.session.get_one(Product, found.product_id)
    own = select(RegisteredSite).where(RegisteredSite.registration_id == found.id)
    rows = [*await work.session.scalars(own)]
    present = {(each.site_id, each.activity) for each in rows if each.holds_until is None}
    for each in named or []:
        site = await held(work, each.site_id)
        if each.activity not in site.activities:
            raise RuleViolated(f"{site.name} has not {each.activity}: {', '.join(site.activities)}")
        if (site.id, each.activity) not in present:
            rows.append(work.add(RegisteredSite.of(found, product, site, each.activity)))
    for row in rows:
        if told := row.follow(found, changed.effective_on, work.now):
            work.publish(told, of=row)
    return found


async def pass_on(work: Work, site: Site, on: date) -> None:
    """The site is sold since a day: what is registered of it is its buyer's to see from then on, in rows of its own."""
    held = select(RegisteredSite).where(RegisteredSite.site_id == site.id, col(RegisteredSite.holds_until).is_(None))
    rows = (
        await work.session.scalars(held.where(RegisteredSite.partner_id != site.partner_id).with_for_update())
    ).all()
    for row in rows:
        found = await work.session.get_one(Registration, row.registration_id)
        product = await work.session.get_one(Product, found.product_id)
        row.holds_until = on
        bought = RegisteredSite.of(found, product, site, row.activity)
        for each in (row, bought):
            if told := each.follow(found, on, work.now):
                work.publish(told, of=each if each is row else work.add(bought))
