"""HTTP words for agreements."""

from typing import Annotated

from fastapi import Query as Asked

from contracting.agreements import commands, queries
from contracting.agreements.in_force import AskedInForce, in_force
from contracting.agreements.model import Agreement
from contracting.agreements.schemas import AgreementDetail, AgreementRead, GiveNotice, InForce, RecordNotice
from runtime.access import READERS, allowed
from runtime.routes import Query
from serving.actions import Actions

agreements = Actions("agreements", Agreement, AgreementRead, queries.show)


@agreements.router.get("/in-force")
@allowed(*READERS)
async def read_in_force(asked: Annotated[AskedInForce, Asked()], work: Query) -> InForce:
    """Which agreements cover a site and a product on a day of the site's, or plainly that none does."""
    return await in_force(work, asked)


agreements.post("notice", Agreement.give_notice, GiveNotice, commands.give_notice)
agreements.post("received-notice", Agreement.record_notice, RecordNotice, commands.record_notice)
agreements.get(AgreementDetail, queries.detail)
agreements.list(queries.FILTERS)
