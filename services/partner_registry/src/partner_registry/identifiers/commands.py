"""Use cases of identifiers: beyond one lie all others, for no two have the same number."""

from typing import Any
from uuid import UUID

from sqlmodel import select

from partner_registry.days import not_before_it_comes
from partner_registry.duplicates import known
from partner_registry.entities.model import LegalEntity
from partner_registry.identifiers.model import Identifier
from partner_registry.identifiers.schemas import EndIdentifier, IdentifierState, RecordIdentifier
from partner_registry.identifiers.schemes import SEVERAL, Scheme
from partner_registry.partners.model import Partner
from partner_registry.sites.model import Site
from runtime.bodies import Reason
from runtime.problems import NotFound, RuleViolated
from runtime.work import Work


async def record(work: Work, body: RecordIdentifier) -> Identifier:
    """Write a number down. Raises NotFound for an unknown partner, entity or site.

    Raises RuleViolated where somebody has the number, which it names, or where this one has another of the scheme.
    """
    not_before_it_comes(body.valid_from, work.now, "valid_from")
    await known.one_at_a_time(work)
    for model, id in ((Partner, body.partner_id), (LegalEntity, body.legal_entity_id), (Site, body.site_id)):
        await _of_the_partner(work, model, id, body.partner_id)
    (await work.session.get_one(Partner, body.partner_id)).check_goes_on()
    identifier = await keep(work, body)
    await _show(work, identifier)
    return identifier


async def keep(work: Work, body: RecordIdentifier) -> Identifier:
    """The identifier, which nobody else has; whose it is, is there."""
    await refuse_known(work, body.scheme, body.value)
    of = body.partner_id
    identifier = Identifier(**body.model_dump(), parties=[of], recorded_by=work.principal.subject)
    await _refuse_overlap(work, identifier)
    own = select(Identifier).where(
        Identifier.partner_id == of, Identifier.scheme == body.scheme, Identifier.state == IdentifierState.valid
    )
    for other in await work.session.scalars(own):
        if other.subject == identifier.subject and body.scheme not in SEVERAL:
            raise RuleViolated(f"it has {body.scheme} {other.value}: end that, or withdraw what was recorded in error")
    return work.add(identifier)


async def refuse_known(work: Work, scheme: Scheme, value: str) -> None:
    """Raises RuleViolated that names the partner that has this number."""
    of: Any = Identifier
    live = (of.scheme == scheme, of.value == value, of.state == IdentifierState.valid)
    query = select(Partner).join(of, of.partner_id == Partner.id).where(*live)
    if partner := await work.session.scalar(query):
        raise RuleViolated(f"{partner.legal_name} ({partner.number}) has {scheme} {value}")


async def _refuse_overlap(work: Work, new: Identifier) -> None:
    """Raises RuleViolated where another one still had the number on the day from which this one is said to have it."""
    of: Any = Identifier
    if new.valid_from is None:
        return
    until = (of.state == IdentifierState.ended, of.valid_to >= new.valid_from)
    query = select(of).where(of.scheme == new.scheme, of.value == new.value, *until).order_by(of.valid_to.desc())
    for held in await work.session.scalars(query):
        if held.subject != new.subject:
            had = await work.session.get_one(Partner, held.partner_id)
            raise RuleViolated(
                f"{had.legal_name} ({had.number}) had {new.scheme} {new.value} until {held.valid_to}: "
                "valid_from is after that, or withdraw what was recorded there in error"
            )


async def end(work: Work, identifier_id: UUID, body: EndIdentifier) -> Identifier:
    """It has the number no more after a day."""
    identifier = await work.get(Identifier, identifier_id)
    identifier.end(body.valid_to, body.reason, work.now)
    await _show(work, identifier)
    return identifier


async def withdraw(work: Work, identifier_id: UUID, body: Reason) -> Identifier:
    """It never had it."""
    identifier = await work.get(Identifier, identifier_id)
    identifier.withdraw(body.reason)
    await _show(work, identifier)
    return identifier


async def _show(work: Work, identifier: Identifier) -> None:
    """Let the partner's own record show the DUNS that is valid by now, where this one is of that kind."""
    if identifier.scheme != Scheme.duns or identifier.subject != (identifier.partner_id, None, None):
        return
    await work.session.flush()
    of: Any = Identifier
    own = (of.partner_id == identifier.partner_id, of.legal_entity_id.is_(None), of.site_id.is_(None))
    valid = select(of.value).where(*own, of.scheme == Scheme.duns, of.state == IdentifierState.valid)
    (await work.session.get_one(Partner, identifier.partner_id)).duns = await work.session.scalar(valid)


async def _of_the_partner(work: Work, model: Any, id: UUID | None, partner_id: UUID) -> None:
    if id is None:
        return
    found = await work.session.get(model, id)
    if found is None:
        raise NotFound({Partner: "partner", LegalEntity: "legal entity", Site: "site"}[model], id)
    if model is not Partner and found.partner_id != partner_id:
        raise RuleViolated(f"{found.number} is another partner's: name the partner whose it is")
