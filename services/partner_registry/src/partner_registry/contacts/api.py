"""HTTP words for contacts, and their one use case beyond a record."""

from collections.abc import Sequence

from sqlmodel import select

from partner_registry.contacts.model import NAMERS, PartnerContact
from partner_registry.contacts.schemas import ContactFunction, ContactRead, ContactState, NameContact
from partner_registry.names import partners_of
from partner_registry.partners.model import Partner
from runtime.problems import RuleViolated
from runtime.work import Work
from serving.actions import Actions
from serving.listing import equal


async def name(work: Work, body: NameContact) -> PartnerContact:
    """Say whom to ask. Raises NotFound for an unknown partner, RuleViolated for a second project manager of a side."""
    of = PartnerContact
    (await work.get(Partner, body.partner_id)).check_goes_on()  # locked: of two who name at once one is refused
    same = (of.partner_id == body.partner_id, of.side == body.side, of.function == body.function)
    there = select(of).where(*same, of.state == ContactState.current).limit(1)
    if body.function == ContactFunction.project_manager and await work.session.scalar(there):
        raise RuleViolated(f"the {body.side} has a project manager: end that contact before another one is named")
    contact = PartnerContact(**body.model_dump(), parties=[body.partner_id], recorded_by=work.principal.subject)
    work.subject = work.add(contact)
    return contact


async def show(work: Work, contacts: Sequence[PartnerContact]) -> list[ContactRead]:
    """The contacts with their partners' names."""
    partners = await partners_of(work, contacts)
    return [ContactRead.model_validate(dict(each) | {"partner": partners[each.partner_id]}) for each in contacts]


contacts = Actions("contacts", PartnerContact, ContactRead, show, noun="contact")
contacts.create(name, NameContact, *NAMERS)
contacts.post("end", PartnerContact.end)
contacts.get()
contacts.list(equal(PartnerContact, "state", "partner_id", "side", "function"))
