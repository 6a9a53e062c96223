"""A set of results, and how it is reviewed and approved as one."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final, Literal
from uuid import UUID

from sqlalchemy import DateTime, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel, String

from contracts import Grant, Role, Side
from contracts.partner_feeds import TestStage
from runtime.lifecycle import transition
from runtime.turns import Waiting
from runtime.work import Versioned
from sample_tracking.metadata import Table
from sample_tracking.results.fields import ResultState


class SetState(StrEnum):
    """How far a set is: as far as the least of its results that count."""

    submitted = "submitted"
    reviewed = "reviewed"
    approved = "approved"
    void = "void"
    """Nothing in it counts: all of it was amended elsewhere or withdrawn."""


APPROVERS: Final[frozenset[Role | Grant]] = frozenset({Side.laboratory(Role.partner_quality), Role.quality})


class ResultSetFields(SQLModel):
    """What readers see of a set as it is stored."""

    lot_id: UUID
    lot_number: str
    material: str
    site_id: UUID
    partner_id: UUID
    """Whose site made the lot."""
    laboratory_site_id: UUID
    laboratory_partner_id: UUID
    stage: TestStage = Field(sa_type=String)
    occurred_at: str
    """At which moment its results were determined, as precise as it was given."""
    state: SetState = Field(default=SetState.submitted, sa_type=String)
    submitted_by: list[str] = Field(sa_type=ARRAY(String))
    """All who submitted a result of it."""
    reviewed_by: list[str] = Field(default_factory=list, sa_type=ARRAY(String))
    """All who reviewed results of it."""
    reviewed_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    approved_by: str | None = None
    approved_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    returned_by: str | None = None
    return_reason: str | None = None


class ResultSet(ResultSetFields, Waiting, Versioned, Table, table=True):
    """What a laboratory found in one lot at one stage and moment. A step is taken by those of its results that wait.

    So a result that joins a set which is approved, such as an amendment, opens the set again for itself alone.
    """

    __tablename__ = "result_set"

    sorted_by: ClassVar[Collection[str]] = {"id", "lot_number"}
    sides: ClassVar[Mapping[Side, str]] = {Side.maker: "partner_id", Side.laboratory: "laboratory_partner_id"}
    turns: ClassVar[Mapping[StrEnum, Collection[Side]]] = {
        SetState.submitted: {Side.laboratory},
        SetState.reviewed: {Side.laboratory, Side.sponsor},
    }
    set_key: str = Field(unique=True)
    """What its results have in common: see ``key_of``."""
    parties: list[UUID] = Field(sa_type=ARRAY(Uuid))

    @transition(
        source={SetState.submitted},
        target=SetState.reviewed,
        by={Side.laboratory(Role.partner_lab), Role.lab},
        independent_of={"submitted_by"},
    )
    def review(self, raw_data_seen: Literal[True], by: str, now: datetime) -> None:
        """A second person checked the results against their raw data (21 CFR 211.194(a)(8))."""
        if by not in self.reviewed_by:
            self.reviewed_by = [*self.reviewed_by, by]
        self.reviewed_at = now

    @transition(
        source={SetState.reviewed},
        target=SetState.approved,
        by=APPROVERS,
        independent_of={"submitted_by", "reviewed_by"},
    )
    def approve(self, by: str, now: datetime) -> None:
        """The quality unit, a third person, stands by the results."""
        self.approved_by, self.approved_at = by, now

    @transition(source={SetState.reviewed}, target=SetState.submitted, by=APPROVERS)
    def send_back(self, reason: str, by: str) -> None:
        """The quality unit returns it to the laboratory's bench."""
        self.returned_by, self.return_reason = by, reason

    @property
    def asked_for(self) -> bool:
        """No: it follows from a step of a result, whoever takes that."""
        return False

    @transition(
        source={SetState.submitted, SetState.reviewed}, target=SetState.submitted, by=APPROVERS, when="asked_for"
    )
    def reopen(self, reason: str, by: str) -> None:
        """A single result of it was returned."""
        self.returned_by, self.return_reason = by, reason

    @transition(
        source=set(SetState),
        target=SetState.submitted,
        by={Side.laboratory(Role.partner_lab), Role.lab},
        when="asked_for",
    )
    def join(self, by: str) -> None:
        """A result that counts was added to it; ``sets.recording`` does the same for many at once."""
        self.submitted_by = [*self.submitted_by, by]


def key_of(lot_id: UUID, stage: str, laboratory_site_id: UUID, moment: str, laboratory_partner_id: UUID) -> str:
    """By what the results of a set are known to be of one: what was reported together, of one owner of the laboratory.

    Where that is sold, neither owner reviews or approves what is the other's.
    """
    return f"{lot_id} {stage} {laboratory_site_id} {moment} {laboratory_partner_id}"


def state_of(results: Iterable[ResultState]) -> SetState:
    """The state of a set whose results that count are in these states: that of the least advanced."""
    found = set(results)
    least = next((state for state in ResultState if state in found), None)
    return SetState(least) if least else SetState.void
