"""HTTP words for partners."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from contracts import Day
from partner_registry.known import KnownAt
from partner_registry.matters.schemas import DecideWorks, SuspendPartner
from partner_registry.partners import commands, queries
from partner_registry.partners.model import REGISTRARS, Partner
from partner_registry.partners.schemas import (
    ChangeOwner,
    DescribePartner,
    PartnerRead,
    PartnerSuccessorOnDay,
    RegisterPartner,
)
from runtime.access import EVERYBODY, allowed
from runtime.bodies import Reason
from runtime.routes import Query as Reading
from serving.actions import Actions
from serving.listing import equal

partners = Actions("partners", Partner, PartnerRead, queries.show, readers=EVERYBODY)
partners.create(commands.register, RegisterPartner, *REGISTRARS)
partners.post("description", Partner.describe, DescribePartner, commands.describe)
partners.post("owner", Partner.change_owner, ChangeOwner)
partners.post("activation", Partner.activate, Reason, commands.activate)
partners.post("suspension", Partner.suspend, SuspendPartner, commands.suspend)
partners.post("work-decisions", Partner.decide_work, DecideWorks, commands.decide_work)
partners.get(PartnerRead, queries.show_one)
partners.list(equal(Partner, "number", "kind", "state", "country"))


@partners.router.get("/{partner_id}/successor", name="successor")
@allowed(*EVERYBODY)
async def successor(
    work: Reading,
    partner_id: UUID,
    on: Annotated[Day | None, Query(description="A day; today, in UTC, where none is given.")] = None,
    as_of: Annotated[KnownAt | None, Query(description="By what had been recorded then.")] = None,
) -> PartnerSuccessorOnDay:
    """For whom a partner's number stood on a day, as it was known at an instant."""
    found = await work.get(Partner, partner_id)
    return queries.stood_for(found, on or work.now.date(), as_of or work.now)
