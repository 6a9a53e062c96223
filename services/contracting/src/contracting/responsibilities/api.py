"""HTTP words for the responsibility matrix."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from fastapi import Query as Asked
from pydantic import BaseModel, Field

from contracting.agreement_versions import surroundings
from contracting.responsibilities import commands, queries
from contracting.responsibilities.model import QUALITY, OwnClause
from contracting.responsibilities.schemas import AddOwnClause, AgreementCoverage, MatrixList, OwnClauseRead
from runtime.access import READERS, allowed
from runtime.bodies import Plain, Reason
from runtime.routes import Query, QueryRoute
from serving.actions import Actions
from serving.listing import equal

own_clauses = Actions("responsibility-clauses", OwnClause, OwnClauseRead, noun="own_clause", find=queries.own_named)
own_clauses.create(commands.add_own, AddOwnClause, *QUALITY)
own_clauses.post("retirement", OwnClause.retire, Reason)
coverage = APIRouter(prefix="/agreements", tags=["agreements"], route_class=QueryRoute)


@own_clauses.router.get("/list")
@allowed(*READERS)
async def read_list(work: Query) -> MatrixList:
    """All clauses of the responsibility matrix of a quality agreement, and what asks for each."""
    return await queries.whole_list(work)


own_clauses.get()
own_clauses.list(equal(OwnClause, "code", "mandatory", "state"))


class AskedCoverage(BaseModel):
    """Of which version."""

    version: Annotated[int, Field(ge=1, le=10_000), Plain] | None = None
    """Its number; where none is named the version in force, or else the last one."""


@coverage.get("/{agreement_id}/coverage", name="coverage")
@allowed(*READERS)
async def read_coverage(agreement_id: UUID, asked: Annotated[AskedCoverage, Asked()], work: Query) -> AgreementCoverage:
    """How far the responsibility matrix of a quality agreement is: what is covered, open, or seen differently."""
    return await queries.coverage(work, await surroundings.visible(work, agreement_id), asked.version)
