"""Other events that a deviation has to do with: links that quality of either side makes, and what may be linked."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Self
from uuid import UUID

from sqlalchemy import Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, String

from contracts import Side
from quality_events.metadata import INSTANT, Table
from runtime.bodies import Body, Reason
from runtime.problems import RuleViolated
from runtime.work import Versioned
from serving.shown import Answer


class LinkedKind(StrEnum):
    """Which kind of record is linked; excursions have none here yet."""

    deviation = "deviation"
    oos_investigation = "oos_investigation"
    complaint = "complaint"
    change = "change"


class LinkEvent(Body):
    """The record that a deviation has to do with."""

    kind: LinkedKind
    event_id: UUID
    """Its id: a record of the deviation's partner that you see."""


class WithdrawLink(LinkEvent, Reason):
    """The record that it was linked to, and why it has nothing to do with it."""


class LinkedEventRead(Answer):
    """A record that a deviation has to do with."""

    kind: LinkedKind
    id: UUID
    number: str
    linked_by: str
    """The subject of the login that linked it."""
    linked_at: datetime
    """When it was linked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A record that may be linked, as far as that is judged."""

    kind: LinkedKind
    id: UUID
    number: str
    partners: Collection[UUID]
    """Whose it is; of an investigation the maker and the laboratory."""
    parties: Collection[UUID]
    """Who sees it beside the sponsor."""


class LinkState(StrEnum):
    """Whether a link stands."""

    linked = "linked"
    withdrawn = "withdrawn"


class LinkedEvent(Versioned, Table, table=True):
    """One link. The deviation's partner reads it where it sees both ends; other parties of the deviation do not."""

    __tablename__ = "linked_event"

    sides: ClassVar[Mapping[Side, str]] = {Side.owner: "partner_id"}
    deviation_id: UUID = Field(foreign_key="deviation.id")
    kind: LinkedKind = Field(sa_type=String)
    event_id: UUID
    state: LinkState = Field(default=LinkState.linked, sa_type=String)
    linked_by: str
    linked_side: Side = Field(sa_type=String)
    """Sponsor or partner."""
    withdrawn_by: str | None = None
    withdrawn_at: datetime | None = Field(default=None, sa_type=INSTANT)
    withdrawal_reason: str | None = None
    partner_id: UUID
    """The deviation's."""
    parties: list[UUID] = Field(sa_type=ARRAY(Uuid))

    @classmethod
    def between(cls, deviation_id: UUID, partner_id: UUID, event: Event, by: str, side: Side) -> Self:
        """The link of a deviation of a partner. Raises RuleViolated for itself, and for what is another partner's."""
        if event.id == deviation_id:
            raise RuleViolated(f"{event.number} is this deviation itself: link another record", fields=["event_id"])
        if partner_id not in event.partners:
            detail = f"{event.number} is no record of the deviation's partner: link one of the same partner"
            raise RuleViolated(detail, fields=["event_id"])
        return cls(
            deviation_id=deviation_id,
            kind=event.kind,
            event_id=event.id,
            linked_by=by,
            linked_side=side,
            partner_id=partner_id,
            parties=[partner_id] if partner_id in event.parties else [],
        )

    def withdraw(self, reason: str, by: str, side: Side, now: datetime) -> None:
        """It stands no more, and is kept. Raises RuleViolated where the sponsor made it, and a partner asks."""
        if side is not Side.sponsor and self.linked_side == Side.sponsor:
            raise RuleViolated("the sponsor linked it: its quality unit withdraws it", fields=["event_id"])
        self.state, self.withdrawal_reason = LinkState.withdrawn, reason
        self.withdrawn_by, self.withdrawn_at = by, now
