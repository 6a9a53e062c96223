"""What no second partner may have: a company's name in its country."""

from typing import Any, Final
from uuid import UUID

from sqlmodel import select

from partner_registry.entities.model import LegalEntity
from partner_registry.entities.schemas import EntityState
from partner_registry.partners.model import Partner
from partner_registry.partners.naming import normalised
from partner_registry.partners.succession import predecessors
from runtime.problems import RuleViolated
from runtime.work import Work

_ALONE: Final = "SELECT pg_advisory_xact_lock(hashtextextended('partner-registry.companies', 0))"


async def one_at_a_time(work: Work) -> None:
    """Wait for whoever else says which companies there are: of two who say the same at once one is refused."""
    await work.connection.execute(_ALONE)


async def refuse_name(
    work: Work, legal_name: str, country: str, but: UUID | None = None, partner_id: UUID | None = None
) -> None:
    """Raises RuleViolated that names who is called so in the country; ``but`` is the entity that is to be called so.

    What a partner was called that merged into another is that one's to take: ``partner_id`` is whose name it is to be.
    """
    of: Any = LegalEntity
    called = (of.normalised_name == normalised(legal_name), of.country == country, of.id != but)
    alive = (of.state == EntityState.registered) | of.principal
    whose = select(of, Partner).join(Partner, of.partner_id == Partner.id, isouter=True).where(*called, alive)
    for entity, partner in (await work.session.execute(whose)).all():
        if partner and partner.successor_id:
            if partner_id is None or partner.id not in await predecessors(work, [partner_id]):
                partner.check_goes_on()
            continue
        company = f"{partner.legal_name} ({partner.number})" if partner else "the sponsor"
        raise RuleViolated(
            f"{company} has this name in {country}, as {entity.number}: if it is another "
            f"company, write the name as its register has it"
        )
