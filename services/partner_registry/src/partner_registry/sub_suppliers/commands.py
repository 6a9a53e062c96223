"""Use cases of sub-suppliers, and what becomes of their use with the site."""

from datetime import date

from sqlmodel import select

from partner_registry.partners.naming import normalised
from partner_registry.sites.held import held
from partner_registry.sites.model import Site
from partner_registry.sub_suppliers import queries
from partner_registry.sub_suppliers.model import SubSupplierUse
from partner_registry.sub_suppliers.schemas import UseState, UseSubSupplier
from runtime.numbers import next_number
from runtime.problems import RuleViolated
from runtime.work import Work


async def begin(work: Work, body: UseSubSupplier) -> SubSupplierUse:
    """Say that a site uses it. Raises NotFound for an unknown site, RuleViolated for a use that is known."""
    site = await held(work, body.site_id)
    of, name = SubSupplierUse, normalised(body.supplier)
    same = [getattr(of, each) == getattr(body, each) for each in ("site_id", "supplier_country", "purpose")]
    same += [of.normalised_supplier == name, of.product_code == body.product_code, of.state == UseState.in_use]
    if known := await work.session.scalar(select(of).where(*same)):
        raise RuleViolated(f"{known.number} says that {site.name} uses {known.supplier} for {body.purpose} already")
    use, used = SubSupplierUse.begin(
        **body.model_dump(),
        number=await next_number(work, "SUB", "sub_supplier_number"),
        partner_id=site.partner_id,
        zone=site.time_zone,
        now=work.now,
    )
    work.subject = work.add(use)
    work.publish(used, of=use)
    return use


async def cease(work: Work, site: Site, reason: str, on: date) -> None:
    """The site is closed or sold since a day: who bought it tells what it uses anew."""
    for use in (await work.session.scalars(queries.in_use_at(site.id).with_for_update())).all():
        work.publish(use.cease(on, reason, work.now), of=use)
