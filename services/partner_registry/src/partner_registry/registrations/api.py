"""HTTP words for registrations: the sponsor's, and the rows of its own sites that a partner sees."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from contracts import Day
from partner_registry.known import KnownAt
from partner_registry.registrations import commands, queries
from partner_registry.registrations.model import REGULATORY, RegisteredSite, Registration
from partner_registry.registrations.schemas import (
    ApproveRegistration,
    ClassifyRegistration,
    RegisteredSiteRead,
    RegistrationOnDay,
    RegistrationRead,
    SubmitRegistration,
    VaryRegistration,
    WithdrawRegistration,
)
from runtime.access import allowed
from runtime.routes import Query as Reading
from serving.actions import Actions

registrations = Actions("registrations", Registration, RegistrationRead, queries.show, readers=queries.OURS)
registrations.create(commands.submit, SubmitRegistration, *REGULATORY)
registrations.post("approval", Registration.approve, ApproveRegistration, commands.approve)
registrations.post("variation", Registration.vary, VaryRegistration, commands.vary)
registrations.post("withdrawal", Registration.withdraw, WithdrawRegistration, commands.withdraw)
registrations.post("application-type", Registration.classify, ClassifyRegistration)
registrations.get()
registrations.list(queries.FILTERS)

registered_sites = Actions("registered-sites", RegisteredSite, RegisteredSiteRead, queries.show_sites)
registered_sites.get()
registered_sites.list(queries.SITE_FILTERS, "What is registered for each site and activity, newest first.")


@registrations.router.get("/{registration_id}/content", name="content")
@allowed(*queries.OURS)
async def content(
    work: Reading,
    registration_id: UUID,
    on: Annotated[Day | None, Query(description="An effective day; today, in UTC, where none is given.")] = None,
    as_of: Annotated[KnownAt | None, Query(description="By what had been recorded then.")] = None,
) -> RegistrationOnDay:
    """What was registered on a day, as it was known at an instant."""
    found = await work.get(Registration, registration_id)
    return queries.on_day(found, on or work.now.date(), as_of or work.now)
