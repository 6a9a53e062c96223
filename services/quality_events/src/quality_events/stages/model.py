"""A stage of a batch at another partner's site, with its lifecycle (EU GMP 7; Annex 16, 1.7 and appendix I)."""

from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final, Self
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from contracts import Grant, Quantity, Role, Side
from contracts.quality_events import QualityEventsBallHeld
from quality_events import moments
from quality_events.batches.model import Batch
from quality_events.batches.stages import StageColumns, refuse_early_end
from quality_events.metadata import Table
from quality_events.quantities import apart
from quality_events.stages.schemas import PartnerStageFields
from quality_events.stages.terms import Begun, Ended, went_on
from quality_events.stages.terms import PartnerStageState as State
from runtime.lifecycle import transition
from runtime.problems import RuleViolated
from runtime.turns import Waiting
from runtime.work import Versioned

PLANNERS: Final = frozenset({Role.quality, Role.msat})
RECORDERS: Final[frozenset[Role | Grant]] = PLANNERS | {
    *(Side.owner(Role.partner_quality), Side.owner(Role.partner_operations))
}
OWN_RECORDERS: Final = RECORDERS - PLANNERS
CONFIRMERS: Final[frozenset[Role | Grant]] = frozenset({Side.owner(Role.partner_quality), Side.owner(Role.partner_qp)})
STATED: Final = frozenset({"recorded_by"})
BEGUN: Final = frozenset({State.planned, State.started, State.ended, State.confirmed, State.reviewed})


class PartnerStage(PartnerStageFields, StageColumns, Waiting, Versioned, Table, table=True):
    """What another partner than its maker does with a batch. Its own partner alone is party to it.

    It sees nothing else of the batch, and the maker learns by the verdicts of the readiness how it stands.
    """

    __tablename__ = "partner_stage"
    __table_args__ = (ForeignKeyConstraint(["batch_id"], ["batch.id"]),)

    sides: ClassVar[Mapping[Side, str]] = {Side.owner: "partner_id"}
    ball = QualityEventsBallHeld
    turns: ClassVar[Mapping[StrEnum, Collection[Side]]] = {
        State.planned: {Side.owner},
        State.started: {Side.owner},
        State.ended: {Side.owner},
        State.confirmed: {Side.sponsor},
    }
    signed_as: ClassVar[Mapping[str, str]] = {
        "step": "step",
        "lot": "lot",
        "material": "material",
        "at": "site",
        "of": "partner",
        "began": "started_at",
        "ended": "ended_at",
        "came of it": "actual_quantity",
        "on": "equipment",
    }
    signed_apart: ClassVar[Collection[str]] = ("state", "owned_from", "owned_until", "sold_at", "site_zone")
    """Whose a site was is told of it when it is told: nobody signs that."""
    signed_later: ClassVar[Collection[str]] = ("reviewed_by", "reviewed_at", "withdrawal_reason")
    signed_former: ClassVar[Mapping[str, str]] = {"former_partner_stage": "partner_stage_id"}
    parties: list[UUID] = Field(sa_type=ARRAY(Uuid))
    site_zone: str | None = None
    """By which the days of the site's sales are counted: who sold it does not read it any more."""

    @property
    def handed_over(self) -> bool:
        """Whether its site was sold while it went on: who bought it has a part in it."""
        return went_on(self.ended_at, self.sold_at, self.site_zone) if self.started_at else False

    @classmethod
    def plan(
        cls, batch: Batch, *, number: str, step: str, site_id: UUID, partner_id: UUID, planned: Quantity | None
    ) -> Self:
        """The sponsor gives a step of a batch to another partner."""
        quantity, unit = apart(planned)
        return cls(
            number=number,
            batch_id=batch.id,
            lot_id=batch.lot_id,
            lot=batch.number,
            material=batch.material,
            step=step,
            site_id=site_id,
            partner_id=partner_id,
            planned_quantity=quantity,
            planned_unit=unit,
            parties=[partner_id],
        )

    def turn(self) -> Collection[Side]:
        """The sponsor's where its partner said that it was not done: that withdraws it, or has it begun anew."""
        return {Side.sponsor} if self.state == State.planned and self.taken_back_because else super().turn()

    @transition(source={State.planned}, target=State.started, by=RECORDERS)
    def start(self, stated: Begun, by: str) -> None:
        """It begins."""
        self._begin(stated, by)
        self.taken_back_because = None

    @transition(source={State.started, State.ended}, target=State.ended, by=RECORDERS)
    def end(self, stated: Ended, by: str) -> None:
        """It has ended, or is stated anew until its site's quality confirms it."""
        refuse_early_end(self.step, stated.started_at, stated.ended_at)
        planned = stated.planned or self.planned
        if planned and stated.actual and planned.unit != stated.actual.unit:
            why = f"{planned.value} {planned.unit} were planned, and a yield is judged in one unit"
            raise RuleViolated(f"{why}: state what came of it in {planned.unit}", fields=["actual_quantity"])
        self._begin(stated, by)
        self.planned_quantity, self.planned_unit = apart(planned)
        self.ended_at = moments.written(stated.ended_at)
        self.actual_quantity, self.actual_unit = apart(stated.actual)

    @transition(source={State.started, State.ended}, target=State.planned, by=OWN_RECORDERS)
    def take_back(self, reason: str, by: str) -> None:
        """It was not done there, as its partner says, of whose work it is a record: the sponsor withdraws it then."""
        self.started_at = self.ended_at = self.actual_quantity = self.actual_unit = None
        self.equipment, self.taken_back_because = [], reason
        self.recorded_by = sorted({*self.recorded_by, by})

    @transition(
        source={State.ended},
        target=State.confirmed,
        by=CONFIRMERS,
        independent_of=STATED,
        signed="the stage was done as agreed and its record reviewed, with the deviations named",
    )
    def confirm(
        self,
        record_version: str,
        digest: str,
        deviations: Collection[str],
        own: Collection[str],
        by: str,
        now: datetime,
    ) -> None:
        """Its site's qualified person or quality unit answers for it; ``own`` are the deviations of the lot there."""
        lacks, wrong = sorted({*own} - {*deviations}), sorted({*deviations} - {*own})
        if lacks or wrong:
            found = [f"{', '.join(lacks)} is missing"] * bool(lacks) + [f"{', '.join(wrong)} is none"] * bool(wrong)
            why = "the confirmation names each of your deviations of the lot, and no other"
            raise RuleViolated(f"{why}: {'; '.join(found)}", fields=["deviations"], missing=lacks)
        self.record_version, self.record_digest = record_version, digest
        self.confirmed_deviations, self.confirmed_by, self.confirmed_at = sorted({*deviations}), by, now

    @transition(source={State.confirmed}, target=State.reviewed, by={Role.quality}, independent_of=STATED)
    def review(self, digest: str, by: str, now: datetime) -> None:
        """The sponsor's quality unit reviews the record of the stage after its site's (21 CFR 211.192)."""
        if digest != self.record_digest:
            why = f"version {self.record_version} with the digest {self.record_digest} was confirmed: review that"
            stands = {"version": self.record_version, "digest": self.record_digest}
            raise RuleViolated(why, fields=["digest"], record=stands)
        self.reviewed_by, self.reviewed_at = by, now

    @transition(source={State.confirmed, State.reviewed}, target=State.ended, by={Role.quality})
    def give_back(self, reason: str, now: datetime) -> None:
        """Something of it is another, or has to be named: its site's quality confirms it once more."""
        self.confirmed_by = self.confirmed_at = self.record_version = self.record_digest = None
        self.reviewed_by = self.reviewed_at = None
        self.confirmed_deviations = []
        self.given_back_because, self.given_back_at = reason, now

    @transition(source={State.planned}, target=State.withdrawn, by=PLANNERS)
    def withdraw(self, reason: str) -> None:
        """It is not done there; what was begun its partner takes back first."""
        self.withdrawal_reason = reason

    @transition(source=BEGUN, target=State.withdrawn, by=())
    def leave(self, reason: str) -> None:
        """The batch was given up: nothing is asked of anybody any more."""
        self.withdrawal_reason = reason

    def _begin(self, stated: Begun, by: str) -> None:
        self.started_at, self.equipment = moments.written(stated.started_at), list(stated.equipment)
        self.recorded_by = sorted({*self.recorded_by, by})
