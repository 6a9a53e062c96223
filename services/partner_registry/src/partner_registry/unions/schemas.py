"""What is said about two registrations of one company: bodies of requests, what is stored, and answers."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlmodel import Field as Column
from sqlmodel import SQLModel, String

from partner_registry.metadata import INSTANT
from runtime.bodies import Reason
from serving.shown import Ref, Shown


class UnionState(StrEnum):
    """Whether two records are read as one."""

    proposed = "proposed"
    united = "united"
    split = "split"  # type: ignore[assignment]  # nobody splits its text
    called_off = "called_off"


class ProposeUnion(Reason):
    """Which two partners are one company. The one that was registered later becomes an alias of the other."""

    partner_id: UUID
    other_id: UUID


class PartnerUnionFields(SQLModel):
    """What readers see of it as it is stored."""

    number: str
    state: UnionState = Column(default=UnionState.proposed, sa_type=String)
    partner_id: UUID = Column(foreign_key="partner.id")
    """The one that was registered later."""
    elder_id: UUID = Column(foreign_key="partner.id")
    reason: str
    proposed_by: str
    united_by: str | None = None
    united_at: datetime | None = Column(default=None, sa_type=INSTANT)
    split_reason: str | None = None
    split_by: str | None = None
    split_at: datetime | None = Column(default=None, sa_type=INSTANT)


class PartnerUnionRead(PartnerUnionFields, Shown):
    """Two registrations of one company as the sponsor sees them."""

    partner: Ref
    elder: Ref
