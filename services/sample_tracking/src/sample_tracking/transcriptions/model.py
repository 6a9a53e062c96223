"""A certificate on paper, typed by one person and, without seeing that, by a second one (EU GMP Annex 11, 6)."""

from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Final
from uuid import UUID

from sqlalchemy import DateTime, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel, String

from contracts import Grant, Lot, Role, Side
from contracts.partner_feeds import TestStage
from runtime.lifecycle import transition
from runtime.problems import RuleViolated
from runtime.turns import Waiting
from runtime.work import Versioned
from sample_tracking.metadata import Table
from sample_tracking.transcriptions.differences import differences


class TranscriptionState(StrEnum):
    """How far a paper is typed."""

    keyed = "keyed"
    """By one person; what was typed nobody sees."""
    differing = "differing"
    """By both, and not alike."""
    verified = "verified"
    """By both alike: its results are recorded."""
    withdrawn = "withdrawn"


TYPISTS: Final[frozenset[Role | Grant]] = frozenset({Side.laboratory(Role.partner_lab), Role.lab})
_OPEN: Final = frozenset({TranscriptionState.keyed, TranscriptionState.differing})


class TranscriptionFields(SQLModel):
    """What readers see of a transcription as it is stored."""

    lot_id: UUID
    lot_number: str
    material: str
    site_id: UUID
    partner_id: UUID
    """Whose site made the lot."""
    laboratory_site_id: UUID
    laboratory_partner_id: UUID
    stage: TestStage = Field(sa_type=String)
    certificate_digest: str
    """SHA-256 of the paper as it was scanned, in hexadecimal: what both type from."""
    corrects: UUID | None = None
    """The result, approved, pending or typed by two, that was typed wrong, and in whose place the one of this
    transcription comes to stand."""
    reason: str | None = None
    """Why that is corrected."""
    state: TranscriptionState = Field(default=TranscriptionState.keyed, sa_type=String)
    keyed_by: str
    """Who typed it first."""
    verified_by: str | None = None
    """Who typed it second, without seeing that."""
    verified_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    """When both were found alike."""
    withdrawal_reason: str | None = None


class Transcription(TranscriptionFields, Waiting, Versioned, Table, table=True):
    """What two people typed from one paper. Its results are recorded once both are the same."""

    sides: ClassVar[Mapping[Side, str]] = {Side.maker: "partner_id", Side.laboratory: "laboratory_partner_id"}
    sorted_by: ClassVar[Collection[str]] = {"id", "lot_number"}
    turns: ClassVar[Mapping[StrEnum, Collection[Side]]] = {each: {Side.laboratory} for each in _OPEN}
    sealed: ClassVar[Collection[str]] = {"typed_first", "typed_second"}
    """What no history shows to anybody, the sponsor's people among them, who type too, until it is verified."""
    sealed_until: ClassVar[str] = TranscriptionState.verified
    typed_first: dict[str, Any] = Field(sa_type=JSONB)
    typed_second: dict[str, Any] | None = Field(default=None, sa_type=JSONB(none_as_null=True))
    parties: list[UUID] = Field(sa_type=ARRAY(Uuid))

    @property
    def lot(self) -> Lot:
        """The lot in the published words."""
        same = {name: getattr(self, name) for name in ("material", "site_id", "partner_id")}
        return Lot(id=self.lot_id, number=self.lot_number, **same)

    @property
    def differences(self) -> list[dict[str, Any]]:
        """Where both differ; nothing before both were typed."""
        return differences(self.typed_first, self.typed_second) if self.typed_second else []

    @transition(
        source={TranscriptionState.keyed},
        target={TranscriptionState.verified, TranscriptionState.differing},
        by=TYPISTS,
        independent_of={"keyed_by"},
    )
    def verify(self, typed: dict[str, Any], by: str, now: datetime) -> None:
        """A second person typed it, and did not see what the first had typed."""
        self.verified_by, self.typed_second = by, typed
        self._compare(now)

    @transition(
        source={TranscriptionState.differing},
        target={TranscriptionState.verified, TranscriptionState.differing},
        by=TYPISTS,
    )
    def retype(self, typed: dict[str, Any], by: str, now: datetime) -> None:
        """One of both looked at the paper again.

        Raises RuleViolated for anybody else, as a third is no judge of it, and for what that one typed before.
        """
        if by not in (self.keyed_by, self.verified_by):
            raise RuleViolated(
                f"it is typed again by one of the two who typed it: {self.keyed_by} or {self.verified_by}"
            )
        name = "typed_first" if by == self.keyed_by else "typed_second"
        if getattr(self, name) == typed:
            raise RuleViolated("that is what you typed before: if the paper says so, the other one types it again")
        setattr(self, name, typed)
        self._compare(now)

    @transition(source=_OPEN, target=TranscriptionState.withdrawn, by=TYPISTS)
    def withdraw(self, reason: str) -> None:
        """It was begun by mistake. What was typed stays, and is shown to nobody: the paper may be typed anew."""
        self.withdrawal_reason = reason

    def _compare(self, now: datetime) -> None:
        self.state = TranscriptionState.differing if self.differences else TranscriptionState.verified
        self.verified_at = None if self.differences else now
