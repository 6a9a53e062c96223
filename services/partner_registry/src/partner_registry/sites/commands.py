"""Use cases of sites."""

from partner_registry.partners.model import Partner
from partner_registry.sites.model import Site
from partner_registry.sites.schemas import RegisterSite
from runtime.numbers import next_number
from runtime.work import Work


async def register(work: Work, body: RegisterSite) -> Site:
    """Register a site of a partner. Raises NotFound for an unknown partner."""
    await work.get(Partner, body.partner_id)
    site, registered = Site.register(
        number=await next_number(work, "S", "site_number"), now=work.now, **body.model_dump()
    )
    work.subject = work.add(site)
    work.publish(registered, of=site)
    return site
