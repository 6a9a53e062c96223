"""A note: something two organisations write down together."""

from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Self
from uuid import UUID

from sqlalchemy import BigInteger, Column, Identity, String, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from contracts import Grant, Role, Side
from contracts.partner_registry import PartnerStatus, PartnerStatusChanged, ProductRegistered
from notes.metadata import Table
from runtime.lifecycle import transition
from runtime.turns import Waiting
from runtime.work import Versioned

WRITERS: frozenset[Role | Grant] = frozenset({Role.quality, Side.owner(Role.partner_quality)})


class State(StrEnum):
    """Where a note stands."""

    draft = "draft"
    issued = "issued"
    withdrawn = "withdrawn"


class Note(Table, Waiting, Versioned, table=True):
    """The one aggregate."""

    sides: ClassVar[Mapping[Side, str]] = {Side.owner: "partner_id"}
    turns: ClassVar[Mapping[StrEnum, Collection[Side]]] = {State.draft: {Side.owner}}
    text: str
    rank: int = 0
    pinned: bool = False
    issued_by: str | None = None
    state: State = Field(default=State.draft, sa_type=String)
    partner_id: UUID | None = None
    """Who wrote it, where that was a partner."""
    parties: list[UUID] = Field(sa_type=ARRAY(Uuid))

    @classmethod
    def write(cls, text: str, parties: list[UUID], now: datetime, rank: int = 0) -> tuple[Self, ProductRegistered]:
        """A new note begins as a draft. It borrows a fact of partner_registry: the registry of facts is everybody's."""
        note = cls(text=text, parties=parties, rank=rank, partner_id=parties[0] if parties else None)
        written = ProductRegistered(product_id=note.id, code=str(rank), name=text, dosage_form="note", occurred_at=now)
        return note, written

    @transition(source={State.draft}, target=State.issued, by=WRITERS)
    def issue(self, reason: str, now: datetime) -> PartnerStatusChanged:
        """Both sides may rely on it."""
        return self._changed(PartnerStatus.active, reason, now)

    @transition(source={State.draft, State.issued}, target=None, by=WRITERS)
    def amend(self, text: str, now: datetime) -> PartnerStatusChanged:
        """Other words, the same state."""
        self.text = text
        return self._changed(PartnerStatus.prospect, text[:20], now)

    @transition(source={State.issued}, target=State.withdrawn, by={Role.quality}, independent_of={"issued_by"})
    def withdraw(self, reason: str, now: datetime) -> PartnerStatusChanged:
        """Nobody may rely on it any more."""
        return self._changed(PartnerStatus.exited, reason, now)

    def _changed(self, after: PartnerStatus, reason: str, now: datetime) -> PartnerStatusChanged:
        return PartnerStatusChanged(
            partner_id=self.id, before=PartnerStatus.prospect, after=after, reason=reason, occurred_at=now
        )


class Memo(Table, Versioned, table=True):
    """The sponsor's alone."""

    text: str


class Remark(Table, Versioned, table=True):
    """A child of a note: whoever sees the note sees it."""

    note_id: UUID = Field(foreign_key="note.id")
    text: str


class Heard(Table, table=True):
    """What the consumer heard, in the order of hearing."""

    position: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    key: str
    number: int
    event_id: str
