"""An investigation of a result that is out of trend: phase 1 at the laboratory, where it may end.

It follows the first phase of an OOS (FDA OOS guidance, 2022) and is none: it is in no rate of them. Facts open it and
take it back; once people concluded, what is told later is kept beside that.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Self
from uuid import UUID

from sqlalchemy import Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from contracts import Side
from contracts.quality_events import QualityEventsBallHeld
from contracts.trend_investigations import OotConcluded, OotConclusion, OotFact, OotOpened, OotWithdrawn
from quality_events import clocks
from quality_events.metadata import INSTANT, Table
from quality_events.oos_investigations.model import LABORATORY, QUALITY_UNITS
from quality_events.oot_investigations.schemas import OotFields
from quality_events.oot_investigations.terms import AS_OOS, IN_TREND, OPEN, Told
from quality_events.oot_investigations.terms import OotState as State
from runtime.deadlines import Deadline
from runtime.lifecycle import transition
from runtime.turns import Waiting
from runtime.work import Versioned


class OotInvestigation(OotFields, Deadline, Waiting, Versioned, Table, table=True):
    """The investigation of one result. One is kept of each that was ever told, also where there is nothing to do."""

    sides: ClassVar[Mapping[Side, str]] = {Side.maker: "partner_id", Side.laboratory: "laboratory_partner_id"}
    signed_as: ClassVar[Mapping[str, str]] = {
        "lot": "lot_number",
        "material": "material",
        "test": "test",
        "value": "value",
        "unit": "unit",
        "expected from": "lower",
        "expected to": "upper",
        "made at": "site",
        "by": "partner",
        "tested by": "laboratory",
        "proposed": "conclusion",
        "laboratory's cause": "cause",
        "evidence": "evidence",
    }
    # That the lot is a batch is no finding, nor that results which come later change the trend.
    signed_later: ClassVar[Collection[str]] = ("batch_id", "product_id", "holds", "sequence", "first_aware_at")
    __tablename__ = "oot_investigation"
    due: ClassVar[Mapping[StrEnum, str]] = dict.fromkeys(OPEN, "due_at")
    ball = QualityEventsBallHeld
    turns: ClassVar[Mapping[StrEnum, Collection[Side]]] = {
        State.phase_1: {Side.laboratory},
        State.awaiting_approval: {Side.maker, Side.sponsor},
        State.phase_2: {Side.maker},
    }

    sequence: int
    """That of the fact by which it stands."""
    due_at: datetime = Field(sa_type=INSTANT)
    first_aware_at: datetime | None = Field(default=None, sa_type=INSTANT)
    """When it was told first; None where it never was, and where nobody kept that."""
    due_zone: str | None = None
    """By whose local days it was counted; None: by UTC, for the site was not known yet."""
    parties: list[UUID] = Field(sa_type=ARRAY(Uuid))

    @classmethod
    def open(cls, number: str, told: Told, batch_id: UUID | None) -> tuple[Self, Sequence[OotFact]]:
        """A result is told for the first time here. Where there is nothing to investigate it begins as withdrawn."""
        state = State.withdrawn if told.nothing else State.phase_1
        product_id = told.detected.lot.product_id
        one = cls(number=number, state=state, batch_id=batch_id, product_id=product_id, **told.columns())
        one.keep_first(told)
        return one, [] if told.nothing else [one.told(told.told_at)]

    def take(self, told: Told) -> Sequence[OotFact]:
        """Follow what is told of the result. What was told before that by which it stands says nothing.

        What the laboratory has begins anew: it is another trend, and another finding. Phase 2 goes on with its clock
        until a person ends it, or it is an OOS.
        """
        self.keep_first(told)
        if told.sequence <= self.sequence:
            return []
        in_phase_2 = self.state == State.phase_2
        if self.state == State.concluded or (in_phase_2 and told.nothing == IN_TREND):
            self.sequence, self.holds = told.sequence, told.detected.holds
            return []
        before, clock = self.state, (self.aware_at, self.due_at, self.due_zone)
        if told.nothing is not None and self.state != State.withdrawn:
            self.take_back()
        elif told.nothing is None and not in_phase_2:
            self.begin_anew()
        for name, value in told.columns().items():
            setattr(self, name, value)
        if self.state == State.phase_2:
            self.aware_at, self.due_at, self.due_zone = clock
        return [] if before == self.state == State.withdrawn else [self.told(told.told_at)]

    def keep_first(self, told: Told) -> None:
        """It is measured from when it was told first, in whichever order facts come, however often it begins anew."""
        if told.is_a_trend:
            self.first_aware_at = min(filter(None, (self.first_aware_at, told.told_at)))

    @property
    def first_due_at(self) -> datetime | None:
        """By when it was to be concluded at first; None where it never was out of trend."""
        first = self.first_aware_at
        return clocks.due_at(first, clocks.OOT_DUE_DAYS, self.due_zone) if first else None

    def give_way(self, now: datetime) -> Sequence[OotFact]:
        """The result is out of specification, which goes before its trend."""
        if self.state == State.concluded:
            return []
        before, self.withdrawn_because = self.state, AS_OOS
        if before == State.withdrawn:
            return []
        self.take_back()
        return [self.told(now)]

    @transition(source=OPEN | {State.withdrawn}, target=State.phase_1, by=())
    def begin_anew(self) -> None:
        """The result is out of trend by other bounds than before, or once more."""
        self._undo()

    @transition(source=OPEN, target=State.withdrawn, by=())
    def take_back(self) -> None:
        """There is nothing to investigate by what is known now."""
        self._undo()

    @transition(source={State.phase_1}, target=State.awaiting_approval, by=LABORATORY)
    def propose_conclusion(
        self, conclusion: OotConclusion, cause: str | None, evidence: str, by: str, now: datetime
    ) -> None:
        """The laboratory says what it found: a cause, or that it looked for one and found none."""
        self.conclusion, self.cause, self.evidence, self.return_reason = conclusion, cause, evidence, None
        self.proposed_by, self.proposed_at = by, now

    @transition(
        source={State.awaiting_approval},
        target=State.concluded,
        by=QUALITY_UNITS,
        independent_of={"proposed_by"},
        signed="the laboratory's finding ends the investigation",
    )
    def approve_conclusion(self, now: datetime) -> OotConcluded:
        """A quality unit agrees that the laboratory's finding is enough: it ends in phase 1."""
        self.concluded_at = now
        return OotConcluded.of(self, now)

    @transition(
        source={State.awaiting_approval}, target=State.phase_1, by=QUALITY_UNITS, independent_of={"proposed_by"}
    )
    def return_conclusion(self, reason: str) -> None:
        """What the laboratory found does not convince; it goes on."""
        self._drop_finding()
        self.return_reason = reason

    @transition(source={State.phase_1}, target=State.phase_2, by=QUALITY_UNITS)
    def open_phase_2(self, reason: str, by: str, now: datetime) -> None:
        """It is not the laboratory's alone to explain: the manufacturer's quality unit looks at the process."""
        self.phase_2_reason, self.phase_2_by, self.phase_2_at = reason, by, now

    @transition(
        source={State.phase_2},
        target=State.concluded,
        by=QUALITY_UNITS,
        independent_of={"phase_2_by"},
        signed="the investigation is concluded",
    )
    def conclude(
        self, conclusion: OotConclusion, cause: str | None, evidence: str, deviation_id: UUID | None, now: datetime
    ) -> OotConcluded:
        """A quality unit says what it found, and names the deviation that was raised of it, where one was."""
        self.conclusion, self.cause, self.evidence, self.deviation_id = conclusion, cause, evidence, deviation_id
        self.concluded_at = now
        return OotConcluded.of(self, now)

    @transition(source=set(State), target=None, by=())
    def link(self, batch_id: UUID | None, product_id: UUID | None, now: datetime) -> OotFact:
        """The lot turned out to be a batch, or of a product. Nothing else of it changes."""
        self.batch_id, self.product_id = batch_id, product_id
        return self.told(now)

    @transition(source=OPEN, target=None, by=())
    def count_days_in(self, zone: str, now: datetime) -> OotFact:
        """The site's time zone became known: what is due was counted by UTC."""
        self.due_zone, self.due_at = zone, clocks.due_at(self.aware_at, clocks.OOT_DUE_DAYS, zone)
        return self.told(now)

    def told(self, now: datetime) -> OotFact:
        """Where it stands, as a fact."""
        if self.state == State.concluded:
            return OotConcluded.of(self, now)
        if self.withdrawn_because is not None:
            return OotWithdrawn.of(self, now, reason=self.withdrawn_because)
        return OotOpened.of(self, now)

    def _undo(self) -> None:
        self._drop_finding()
        self.return_reason = self.phase_2_at = self.phase_2_reason = self.phase_2_by = None

    def _drop_finding(self) -> None:
        self.conclusion = self.cause = self.evidence = self.proposed_by = self.proposed_at = None
