"""A submission to a market's authority and its lifecycle (21 CFR 314.70; Regulation (EC) 1234/2008; ICH Q12)."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar, Final, Self
from uuid import UUID

from sqlmodel import Field, String

from contracts import Role, Side
from contracts.changes import ChangeCategory
from contracts.transfer_closure import SubmissionApproved, SubmissionFiled, SubmissionRefused
from runtime.lifecycle import transition
from runtime.problems import RuleViolated
from runtime.work import Identified
from tech_transfer.metadata import INSTANT, Table
from tech_transfer.submissions.schemas import SubmissionFields, SubmissionStep
from tech_transfer.submissions.schemas import SubmissionState as State
from tech_transfer.transfers.model import Transfer
from tech_transfer.transfers.part import WaitingPart, columns_of

REGULATORY: Final = frozenset({Role.regulatory})
OPEN: Final = frozenset({State.planned, State.filed, State.questions})
_FARTHEST_EAST: Final = timedelta(hours=14)


class Submission(SubmissionFields, WaitingPart, Table, table=True):
    """What is submitted in one market. The receiving partner sees how far it is, and the sending one no row of it.

    While it is filed an authority owes the next step: that is nobody whom this platform reminds.
    """

    __tablename__ = "submission"

    turns: ClassVar[Mapping[StrEnum, Collection[Side]]] = {
        State.planned: {Side.sponsor},
        State.questions: {Side.sponsor},
    }

    @classmethod
    def plan(cls, transfer: Transfer, now: datetime, *, number: str, market: str, **given: Any) -> Self:
        """Raises RuleViolated for a market that is none of the transfer's, and of a transfer that has ended."""
        transfer.refuse_ended()
        if market not in transfer.markets:
            why = f"market: {transfer.number} is for {', '.join(transfer.markets)}, and not for {market}"
            raise RuleViolated(why, fields=["market"])
        state = State.not_needed if given["kind"] == ChangeCategory.none else State.planned
        own = columns_of(transfer) | {"parties": [transfer.receiving_partner_id]}
        return cls(number=number, market=market, state=state, stands_since=now, **own, **given)

    @transition(source={State.planned}, target=State.filed, by=REGULATORY)
    def file(self, happened_on: date, now: datetime) -> SubmissionFiled:
        """It is with the authority."""
        self._step(happened_on, now)
        self.filed_on = happened_on
        return self.tell(SubmissionFiled, now, happened_on=happened_on)

    @transition(source={State.filed}, target=State.questions, by=REGULATORY)
    def ask(self, happened_on: date, now: datetime) -> None:
        """The authority asks something."""
        self._step(happened_on, now)

    @transition(source={State.questions}, target=State.filed, by=REGULATORY)
    def answer(self, happened_on: date, now: datetime) -> None:
        """The authority has its answer."""
        self._step(happened_on, now)

    @transition(source={State.filed, State.questions}, target=State.approved, by=REGULATORY)
    def approve(self, happened_on: date, now: datetime) -> SubmissionApproved:
        """The authority agrees."""
        self._step(happened_on, now)
        self.decided_on = happened_on
        return self.tell(SubmissionApproved, now, happened_on=happened_on)

    @transition(source={State.filed, State.questions, State.approved}, target=State.refused, by=REGULATORY)
    def refuse(self, happened_on: date, now: datetime) -> SubmissionRefused:
        """The authority does not agree, or takes its approval back."""
        self._step(happened_on, now)
        self.decided_on = happened_on
        return self.tell(SubmissionRefused, now, happened_on=happened_on)

    @transition(source=OPEN | {State.not_needed}, target=State.withdrawn, by=REGULATORY)
    def withdraw(self, now: datetime) -> None:
        """It does not count any more: it was planned by mistake, called back, or something is needed after all."""
        self.stands_since = now

    def _step(self, happened_on: date, now: datetime) -> None:
        """Raises RuleViolated for a day that has not come anywhere, or is before the last step's."""
        if happened_on > (now + _FARTHEST_EAST).date():
            why = f"happened_on: {happened_on} lies ahead: state it when it has happened"
            raise RuleViolated(why, fields=["happened_on"])
        if self.last_on and happened_on < self.last_on:
            why = f"happened_on: {happened_on} is before {self.last_on}, the day of the step before"
            raise RuleViolated(f"{why}: give that day or a later one", fields=["happened_on"])
        self.last_on, self.stands_since = happened_on, now


class SubmissionEntry(Identified, Table, table=True):
    """What passed between regulatory and an authority. The sponsor's alone: no partner reads a row."""

    __tablename__ = "submission_entry"

    submission_id: UUID = Field(foreign_key="submission.id")
    step: SubmissionStep = Field(sa_type=String)
    happened_on: date | None = None
    reference: str | None = None
    text: str | None = None
    written_by: str
    written_at: datetime = Field(sa_type=INSTANT)
