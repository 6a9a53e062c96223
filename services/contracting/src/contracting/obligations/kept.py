"""Facts about subjects, each kept once and by what it says; and whose turn it was with them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, String

from contracting.metadata import INSTANT, Table
from contracting.obligations.told import TOLD, SubjectType
from contracts import Holder, Recorded, contract_of
from contracts.quality_events import QualityEventsBallHeld
from runtime import bulk
from runtime.work import Work

WITH_TURNS: Final = frozenset({"deviation", "oos_investigation", "change", "audit", "finding"})
"""The kinds of record, as their service calls them, of which whose turn it is stands beside an obligation."""


class SubjectFact(Table, table=True):
    """What one fact says of a subject."""

    __tablename__ = "subject_fact"

    id: UUID = Field(primary_key=True)
    """The event's."""
    type: str
    subject_type: SubjectType = Field(sa_type=String)
    subject_id: UUID = Field(index=True)
    partner_id: UUID = Field(index=True)
    site_id: UUID = Field(index=True)
    sequence: int
    recorded_at: datetime = Field(sa_type=INSTANT)
    said: dict[str, Any] = Field(sa_type=JSONB)


class HeldBall(Table, table=True):
    """Whose turn it was with a subject, from when on."""

    __tablename__ = "held_ball"

    id: UUID = Field(primary_key=True)
    """The event's."""
    subject_id: UUID = Field(index=True)
    side: Holder = Field(sa_type=String)
    partner_id: UUID | None = None
    since: datetime = Field(sa_type=INSTANT)
    sequence: int
    why: str


async def keep(work: Work, facts: Sequence[Recorded[Any]]) -> dict[UUID, UUID]:
    """Keep facts; one that is known says what this release keeps of it. By subject the last fact that tells of it."""
    rows = [_row(each) for each in facts]
    await bulk.insert(work, SubjectFact, rows, "ON CONFLICT (id) DO UPDATE SET said = excluded.said")
    return {row["subject_id"]: row["id"] for row in rows}


async def keep_turns(work: Work, facts: Sequence[Recorded[QualityEventsBallHeld]]) -> None:
    """Keep whose turn it is with records that clauses speak of."""
    rows = [
        {
            "id": each.id,
            "subject_id": each.fact.subject_id,
            "side": each.fact.side,
            "partner_id": each.fact.awaited_partner_id,
            "since": each.fact.occurred_at,
            "sequence": each.sequence,
            "why": each.fact.why,
        }
        for each in facts
        if each.fact.subject_type in WITH_TURNS and isinstance(each.fact.occurred_at, datetime)
    ]
    await bulk.insert(work, HeldBall, rows, "ON CONFLICT (id) DO NOTHING")


def _row(recorded: Recorded[Any]) -> dict[str, Any]:
    subject_type, key, says = TOLD[type(recorded.fact)]
    said = says(recorded.fact)
    return {
        "id": recorded.id,
        "type": contract_of(type(recorded.fact)).type,
        "subject_type": subject_type,
        "subject_id": getattr(recorded.fact, key),
        "partner_id": said["of"]["partner_id"],
        "site_id": said["of"]["site_id"],
        "sequence": recorded.sequence,
        "recorded_at": recorded.time,
        "said": said,
    }
