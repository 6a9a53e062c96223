"""Which company another record names, and what that was called on the day."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from partner_registry.entities.course import on_day, periods
from partner_registry.entities.model import LegalEntity
from runtime.problems import NotFound, RuleViolated
from runtime.work import Work
from serving.shown import Ref


async def name_for(work: Work, id: UUID, day: date, whose: Collection[UUID | None] | None = None) -> str:
    """What an entity was called on a day, for a record that keeps these words; ``whose`` it may be, None the sponsor's.

    Raises NotFound for an unknown one, RuleViolated for another partner's and for one that had no name on the day.
    """
    # Held: it does not end, nor does its partner merge into another one, before what names it is kept.
    entity = await work.session.get(LegalEntity, id, with_for_update={"read": True}, populate_existing=True)
    if entity is None:
        raise NotFound("legal entity", id)
    if whose is not None and entity.partner_id not in whose:
        own = "the sponsor's" if {*whose} == {None} else "the partner's whose person it is, or the sponsor's"
        raise RuleViolated(f"legal_entity_id: {entity.number} is another partner's: name one of {own}")
    if not entity.exists_on(day, work.now):
        raise RuleViolated(f"legal_entity_id: {entity.number} ended on {entity.valid_to}, and is no more on {day}")
    held = on_day(entity.entries, day)
    if held is None:
        first = periods(entity.entries)[0]["valid_from"]
        why = f"legal_entity_id: what {entity.number} was called on {day} is not known, before {first}"
        raise RuleViolated(f"{why}: tell its earlier name, or name it in words alone")
    return str(held["legal_name"])


async def entities_of(work: Work, records: Sequence[Any]) -> dict[UUID | None, Ref]:
    """The entities that records name, by their ids, as they are called now; those that the reader may see."""
    named = {each.legal_entity_id for each in records} - {None}
    if not named:
        return {}
    found = await work.session.scalars(select(LegalEntity).where(col(LegalEntity.id).in_(named)))
    return {each.id: Ref(id=each.id, number=each.number, name=each.legal_name) for each in found}
