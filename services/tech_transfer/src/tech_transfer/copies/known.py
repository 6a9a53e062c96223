"""Facts of other services that gates rest on, each kept once and as it was told.

What holds on a day is worked out from all of them when it is asked: so it is the same in whatever order they came, and
however often.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from contracts import Fact, Recorded
from contracts.partner_registry import ProductRegistered
from contracts.qualifications import QualificationPlanned, SiteQualificationChanged
from runtime import bulk
from runtime.work import Work
from tech_transfer.metadata import INSTANT, Table

_OF_TRANSFER: Final = "SELECT known_of_transfer($1)"


class KnownFact(Table, table=True):
    """What one fact says of what it is about: a site, a product."""

    __tablename__ = "known_fact"

    id: UUID = Field(primary_key=True)
    """The event's."""
    kind: str
    about: str
    sequence: int
    """Of two facts with one key the higher one was told later."""
    recorded_at: datetime = Field(sa_type=INSTANT)
    said: dict[str, Any] = Field(sa_type=JSONB)


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of a transfer's receiving site and product, for whoever asks."""

    time_zone: str | None = None
    """Of the receiving site; None where it is not known."""
    facts: Sequence[KnownFact] = ()

    def of(self, *kinds: type[Fact]) -> list[KnownFact]:
        """The facts of some kinds."""
        names = {each.__name__ for each in kinds}
        return [each for each in self.facts if each.kind in names]


_Kept = tuple[Callable[[Any], UUID], Callable[[Any], dict[str, Any]]]
KEPT: Final[Mapping[type[Fact], _Kept]] = {
    SiteQualificationChanged: (lambda fact: fact.site_id, lambda fact: fact.model_dump(mode="json")),
    QualificationPlanned: (lambda fact: fact.site_id, lambda fact: fact.model_dump(mode="json")),
    ProductRegistered: (lambda fact: fact.product_id, lambda fact: {"dosage_form": fact.dosage_form}),
}
"""By which each is found, and what of it is kept. What is found by a transfer's site or product its gates read."""


def abouts(facts: Iterable[Recorded[Any]]) -> list[str]:
    """What facts are about."""
    return sorted({str(KEPT[type(each.fact)][0](each.fact)) for each in facts})


async def keep(work: Work, facts: Sequence[Recorded[Any]]) -> None:
    """Keep facts; one that is known says what this release keeps of it."""
    await bulk.insert(work, KnownFact, map(_row, facts), "ON CONFLICT (id) DO UPDATE SET said = excluded.said")


async def told_of(work: Work, transfer_id: UUID) -> Told:
    """What is known of a transfer's receiving site and product."""
    found: Any = await work.connection.fetchval(_OF_TRANSFER, transfer_id)
    said = json.loads(found) if isinstance(found, str) else found
    return Told(said["time_zone"], [KnownFact.model_validate(each) for each in said["facts"]]) if said else Told()


def _row(recorded: Recorded[Any]) -> dict[str, Any]:
    about, said = KEPT[type(recorded.fact)]
    return {
        "id": recorded.id,
        "kind": type(recorded.fact).__name__,
        "about": str(about(recorded.fact)),
        "sequence": recorded.sequence,
        "recorded_at": recorded.time,
        "said": said(recorded.fact),
    }
