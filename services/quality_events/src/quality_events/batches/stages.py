"""The stages of a batch's making: which step was done where, on what, and how much came of it (21 CFR 211.188)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol, Self, TypeVar
from uuid import UUID

from sqlalchemy import Numeric, String
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel
from uuid_utils.compat import uuid7

from contracts import Moment, Quantity
from quality_events import moments
from quality_events.batches.works import plain
from quality_events.metadata import Table
from quality_events.quantities import apart, together
from runtime.problems import RuleViolated


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What a person states of a stage."""

    step: str
    site_id: UUID
    equipment: tuple[str, ...] = ()
    planned: Quantity | None = None
    actual: Quantity | None = None
    started_at: Moment
    ended_at: Moment | None = None


class StageColumns(SQLModel):
    """What the stages of a batch keep, whoever does them: how much was to come of each, and how much did."""

    planned_quantity: Decimal | None = Field(default=None, sa_type=Numeric)
    planned_unit: str | None = None
    actual_quantity: Decimal | None = Field(default=None, sa_type=Numeric)
    actual_unit: str | None = None

    @property
    def planned(self) -> Quantity | None:
        """How much was to come of it."""
        return together(self.planned_quantity, self.planned_unit)

    @property
    def actual(self) -> Quantity | None:
        """How much came of it."""
        return together(self.actual_quantity, self.actual_unit)


class BatchStage(StageColumns, Table, table=True):
    """One stage of a batch, as it was stated last."""

    __tablename__ = "batch_stage"

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    batch_id: UUID = Field(foreign_key="batch.id")
    step: str
    site_id: UUID
    equipment: list[str] = Field(sa_type=ARRAY(String))
    started_at: str
    """As given: an instant, a day or a month."""
    ended_at: str | None = None
    """Likewise; none while it runs."""
    recorded_by: list[str] = Field(sa_type=ARRAY(String))
    """Who ever stated something of it."""

    @classmethod
    def state(cls, batch_id: UUID, stage: Stage, known: Self | None, by: str) -> Self:
        """A new stage, or a known one as it is stated now. Raises RuleViolated where it ends before it starts."""
        ended = stage.ended_at
        if ended:
            refuse_early_end(stage.step, stage.started_at, ended)
        made = known or cls(
            batch_id=batch_id, step=stage.step, site_id=stage.site_id, equipment=[], started_at="", recorded_by=[]
        )
        made.site_id, made.equipment = stage.site_id, list(stage.equipment)
        made.started_at, made.ended_at = moments.written(stage.started_at), moments.written(ended) if ended else None
        made.planned_quantity, made.planned_unit = apart(stage.planned)
        made.actual_quantity, made.actual_unit = apart(stage.actual)
        made.recorded_by = sorted({*made.recorded_by, by})
        return made

    def begun_before(self, instant: datetime, zone: str | None) -> bool:
        """Whether it began before an instant, which a day or a month does whose first day, at the site, lies before."""
        return moments.lies_before(self.started_at, instant, zone)

    def is_ended_by(self, stage: Stage) -> bool:
        """Whether it runs, and all that is said of it beside its end and what came of it stays as it is."""
        return self.ended_at is None and self._began_as(stage)

    def says(self, stage: Stage) -> bool:
        """Whether all of it was stated before."""
        ended = moments.written(stage.ended_at) if stage.ended_at else None
        return self._began_as(stage) and (self.ended_at, self.actual) == (ended, stage.actual)

    def _began_as(self, stage: Stage) -> bool:
        said = (stage.site_id, list(stage.equipment), moments.written(stage.started_at), stage.planned)
        return (self.site_id, self.equipment, self.started_at, self.planned) == said


class _OfAStep(Protocol):
    @property
    def step(self) -> str:
        """As it is written."""
        ...


S = TypeVar("S", bound=_OfAStep)


def of_step(step: str, stages: Iterable[S]) -> list[S]:
    """The stages of a step, however that is written."""
    return [each for each in stages if plain(each.step) == plain(step)]


def called(step: str, stages: Sequence[BatchStage]) -> BatchStage | None:
    """The stage of a step, however that is written; of several that were there before, the one that is so written."""
    same = of_step(step, stages)
    return next((each for each in same if each.step == step), same[0] if same else None)


def refuse_early_end(step: str, started_at: Moment, ended_at: Moment) -> None:
    """Raise RuleViolated where a step ends before it starts."""
    if moments.is_before(ended_at, started_at):
        begun = moments.written(started_at)
        raise RuleViolated(f"{step} started {begun}: ended_at is no earlier than that", fields=["ended_at"])
