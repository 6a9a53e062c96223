"""What becomes of a site's numbers when it is sold, or its owner merges into another partner."""

from datetime import date
from typing import Final

from sqlmodel import select

from gxp.clocks import ONE_DAY
from partner_registry.identifiers.model import Identifier
from partner_registry.identifiers.schemas import IdentifierState
from partner_registry.identifiers.schemes import Scheme
from partner_registry.sites.model import Site
from runtime.work import Work

OF_THE_PREMISES: Final = frozenset({Scheme.fei, Scheme.ema_location})
"""Who gives these numbers gives them to a place. All others are a company's, also where it has one for each place."""
SOLD: Final = "the site was sold"


async def pass_on(work: Work, site: Site, on: date, why: str = SOLD) -> None:
    """The site is another partner's since a local day of it: its former owner is known by its numbers no more, and its
    new one by those of the premises."""
    of = Identifier
    there = select(of).where(of.site_id == site.id, of.state == IdentifierState.valid).with_for_update()
    for found in (await work.session.scalars(there.execution_options(populate_existing=True))).all():
        if found.partner_id == site.partner_id:
            continue  # recorded with the buyer since
        found.leave(on - ONE_DAY, why)
        await work.flush()  # no two have one number at a time
        if found.scheme in OF_THE_PREMISES:
            work.add(of(
                scheme=found.scheme, value=found.value, site_id=site.id, partner_id=site.partner_id,
                parties=[site.partner_id], valid_from=on, recorded_by=work.principal.subject,
            ))  # fmt: skip
