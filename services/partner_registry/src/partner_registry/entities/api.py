"""HTTP words for legal entities."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from contracts import Day
from partner_registry.entities import commands, queries
from partner_registry.entities.model import RECORDERS, LegalEntity
from partner_registry.entities.schemas import EndEntity, EntityNameOnDay, EntityRead, RecordEntity, RenameEntity
from partner_registry.known import KnownAt
from runtime.access import READERS, allowed
from runtime.routes import Query as Reading
from serving.actions import Actions

entities = Actions("legal-entities", LegalEntity, EntityRead, queries.show)
entities.create(commands.record, RecordEntity, *RECORDERS)
entities.post("name", LegalEntity.rename, RenameEntity, commands.rename)
entities.post("end", LegalEntity.end, EndEntity)
entities.get()
entities.list(queries.FILTERS)


@entities.router.get("/{legal_entity_id}/name", name="name")
@allowed(*READERS)
async def name(
    work: Reading,
    legal_entity_id: UUID,
    on: Annotated[Day | None, Query(description="A day; today, in UTC, where none is given.")] = None,
    as_of: Annotated[KnownAt | None, Query(description="By what had been recorded then.")] = None,
) -> EntityNameOnDay:
    """What an entity was called on a day, as it was known at an instant."""
    found = await work.get(LegalEntity, legal_entity_id)
    return queries.name_on(found, on or work.now.date(), as_of or work.now)
