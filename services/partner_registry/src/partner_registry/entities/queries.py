"""Reads of legal entities."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlmodel import col, select

from contracts.partner_registry import CertificateState
from partner_registry.certificates.model import Certificate
from partner_registry.entities.course import on_day, periods
from partner_registry.entities.model import LegalEntity
from partner_registry.entities.schemas import EntityName, EntityNameOnDay, EntityRead
from partner_registry.entries import known_at
from partner_registry.names import partners_of
from partner_registry.partners.naming import normalised
from runtime.work import Work
from serving.listing import equal
from serving.shown import Ref

FILTERS = equal(LegalEntity, *("number", "state", "country", "principal"), partner_id=UUID)


async def show(work: Work, entities: Sequence[LegalEntity]) -> list[EntityRead]:
    """The entities with all their names, and which certificates name them as they are called no more."""
    partners = await partners_of(work, entities)
    renamed = {each.partner_id for each in entities if each.partner_id and each.former_names}
    held = await _certificates(work, renamed)
    shown = []
    for one in entities:
        former = one.former_names
        of_partner = held[one.partner_id] if one.partner_id else []
        own = [each for each in of_partner if each.legal_entity_id in (None, one.id)]
        named = [each for each in own if normalised(each.holder) in former]
        refs = [Ref(id=each.id, number=each.number, name=each.certificate_number) for each in named]
        more = {
            "partner": one.partner_id and partners[one.partner_id],
            "names": periods(one.entries),
            "in_former_names": refs,
        }
        shown.append(EntityRead.model_validate(dict(one) | more))
    return shown


def name_on(entity: LegalEntity, day: date, as_of: datetime) -> EntityNameOnDay:
    """What it was called on a day, as it was known at an instant."""
    held = on_day(known_at(entity.entries, as_of), day) if entity.exists_on(day, as_of) else None
    return EntityNameOnDay(on=day, as_of=as_of, name=EntityName.model_validate(held) if held else None)


async def _certificates(work: Work, partners: Collection[UUID]) -> defaultdict[UUID, list[Certificate]]:
    of, found = Certificate, defaultdict[UUID, list[Certificate]](list)
    counting = col(of.state).in_((CertificateState.unchecked, CertificateState.valid))
    if partners:
        query = select(of).where(col(of.partner_id).in_(partners), counting).order_by(col(of.id))
        for each in await work.session.scalars(query):
            found[each.partner_id].append(each)
    return found
