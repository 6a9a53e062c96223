"""HTTP words for the catalogue of clauses."""

from fastapi import APIRouter

from contracting.clauses.catalogue import Catalogue, defaults, version
from runtime.access import READERS, allowed
from runtime.routes import Query, QueryRoute

router = APIRouter(prefix="/clause-catalogue", tags=["clause-catalogue"], route_class=QueryRoute)


@router.get("")
@allowed(*READERS)
async def read_catalogue(work: Query) -> Catalogue:
    """The clauses that a new agreement is drafted with, their default amounts, and whether facts judge each today."""
    return Catalogue(version=version(), clauses=defaults())
