"""What is told of registrations, kept as it was told: what holds on a day is worked out from all of it."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import UTC, date
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, col, select

from contracts import Recorded
from contracts.registrations import RegistrationChanged
from runtime import bulk
from runtime.work import Work
from sample_tracking.metadata import Table
from sample_tracking.specifications.model import Specification
from sample_tracking.specifications.registered import Standing, is_asked, registered_since, standing


class KnownRegistration(Table, table=True):
    """One fact about a product's registration for a market. The sponsor's alone."""

    __tablename__ = "known_registration"

    id: UUID = Field(primary_key=True)
    """The event's."""
    product_id: UUID
    key: str
    """The registration's."""
    sequence: int
    said: dict[str, Any] = Field(sa_type=JSONB)


async def keep(work: Work, facts: Sequence[Recorded[RegistrationChanged]]) -> None:
    """Keep what is told of registrations; what is known stays as it is."""
    rows = [
        {
            "id": each.id,
            "product_id": each.fact.product_id,
            "key": each.key,
            "sequence": each.sequence,
            "said": each.fact.model_dump(mode="json"),
        }
        for each in facts
    ]
    await bulk.insert(work, KnownRegistration, rows, "ON CONFLICT (id) DO NOTHING")


async def standing_of(work: Work, one: Specification) -> Standing | None:
    """How a revision stands with its market's registration today; None where none is asked."""
    return (await standings_of(work, [one]))[one.id]


async def standings_of(work: Work, specifications: Sequence[Specification]) -> dict[UUID, Standing | None]:
    """The same of many."""
    asked = {each.id: each for each in specifications if is_asked(each.market, each.purpose)}
    told, today = await _told(work, {each.product_id for each in asked.values()}), _today(work)
    return {
        each.id: standing(told[each.product_id], each.market, each.registered_version, today)
        if each.market and each.id in asked
        else None
        for each in specifications
    }


async def since(work: Work, one: Specification) -> date | None:
    """From which day on nothing of its market's registration speaks against a revision; None: always, or none is asked.

    Asked of each that begins: whether it had to wait says only in which order the two were told.
    """
    if one.market is None or not is_asked(one.market, one.purpose):
        return None
    told = (await _told(work, [one.product_id]))[one.product_id]
    return registered_since(told, one.market, one.registered_version, _today(work))


def _today(work: Work) -> date:
    return work.now.astimezone(UTC).date()


async def _told(work: Work, product_ids: Collection[UUID]) -> defaultdict[UUID, list[KnownRegistration]]:
    found = defaultdict[UUID, list[KnownRegistration]](list)
    if product_ids:
        rows = select(KnownRegistration).where(col(KnownRegistration.product_id).in_(product_ids))
        for each in await work.session.scalars(rows):
            found[each.product_id].append(each)
    return found
