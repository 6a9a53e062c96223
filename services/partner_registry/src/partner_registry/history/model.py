"""A partner's history: every fact of this service about it, once, as it was told."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlmodel import Field

from contracts import Fact, Recorded, contracts
from contracts.moments import first_day
from partner_registry.metadata import INSTANT, Table
from runtime.subscriptions import Subscriptions
from runtime.work import Identified, Work

GROUP: Final = "history"


class HistoryEntry(Identified, Table, table=True):
    """A fact; its id is the fact's."""

    __tablename__ = "history_entry"
    sorted_by = ("id", "recorded_at")

    partner_id: UUID
    also_partner_id: UUID | None
    """The seller, of a site that was sold: the fact is in both histories."""
    site_id: UUID | None
    kind: str
    """Its type without prefix and version, such as CertificateExpired."""
    occurred_on: date
    """The first day of what is said of when it happened; in UTC, of an instant."""
    recorded_at: datetime = Field(sa_type=INSTANT)
    """When it was told."""
    shared: bool
    """Its partner knows of it."""
    data: dict[str, Any] = Field(sa_type=JSONB)


def _row(recorded: Recorded[Fact]) -> dict[str, Any]:
    fact: Any = recorded.fact
    return {
        "id": recorded.id, "partner_id": fact.partner_id, "also_partner_id": getattr(fact, "from_partner_id", None),
        "site_id": getattr(fact, "site_id", None),
        "kind": recorded.type.split(".")[-2], "occurred_on": first_day(fact.occurred_at),
        "recorded_at": recorded.time, "shared": fact.partner_id in recorded.parties,
        "data": fact.model_dump(mode="json"),
    }  # fmt: skip


async def note(work: Work, facts: Sequence[Recorded[Fact]]) -> None:
    """Each fact once, however often it is told."""
    if rows := [_row(recorded) for recorded in facts if getattr(recorded.fact, "partner_id", None)]:
        await work.session.execute(insert(HistoryEntry).values(rows).on_conflict_do_nothing())


def keep_history(subscriptions: Subscriptions) -> None:
    """Let the service hear all that it tells of partners, also of what it told before it kept a history."""
    for contract in contracts():
        if contract.producer == "partner-registry" and "partner_id" in contract.model.model_fields:
            subscriptions.on_batch(contract.model, GROUP)(note)
