"""Bodies of requests and answers about deviations."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, Field, ValidationInfo, field_validator, model_validator

from contracts import Classification, DueAt, HappenedAt, Moment
from contracts.quality_events import Recurrence
from directory.names import Names
from quality_events.clocks import Notification
from quality_events.deviations.clock import DeviationFields
from quality_events.deviations.linked import LinkedEventRead
from quality_events.deviations.lots import DeviationLot, concerned
from quality_events.deviations.model import Deviation
from quality_events.deviations.terms import LateAmendment, recurrence
from runtime.bodies import Body, Code, Line, Plain, Reason, Text, Words
from serving.shown import Ref, Shown


class AffectedLot(Body):
    """A lot at the deviation's site."""

    material: Code = Field(examples=["AMLO-5"])
    number: Code = Field(examples=["B-2026-014"])


class RaiseDeviation(Body):
    """A departure that a person reports. Batches are named by id, or by material and number."""

    title: Line = Field(examples=["Press stopped during compression"])
    description: Text = ""
    category: Line = Field(examples=["equipment"])
    shared_equipment: list[Code] = Field(default=[], max_length=100, examples=[["PRESS-07"]])
    site_id: UUID
    batch_ids: list[UUID] = Field(default=[], max_length=200)
    lots: list[AffectedLot] = Field(
        default=[], max_length=200, examples=[[{"material": "AMLO-5", "number": "B-2026-014"}]]
    )
    occurred_at: Moment | None = Field(default=None, validate_default=True, examples=["2026-02-02T06:40:00Z"])
    """Of equipment that is shared it is asked for: it counts for what was made on it since then."""
    discovered_at: HappenedAt | None = None
    partner_aware_at: HappenedAt
    sponsor_aware_at: HappenedAt | None = None
    """Only from the sponsor's people, and now where it is left out."""
    proposed_classification: Classification | None = None
    planned: bool = False
    """Whether it was decided before it was done. Then it is no deviation, and is refused."""

    @field_validator("occurred_at")
    @classmethod
    def _is_known_of_equipment(cls, occurred_at: Moment | None, info: ValidationInfo) -> Moment | None:
        return _of_equipment(occurred_at, info)

    @field_validator("planned")
    @classmethod
    def _is_no_change(cls, planned: bool) -> bool:
        if planned:
            raise ValueError("what is planned is a change, not a deviation: propose it with POST /v1/changes")
        return planned


def _of_equipment(given: Moment | None, info: ValidationInfo) -> Moment | None:
    """When something happened to equipment that is shared is stated: noticing it late concerns what was made before."""
    if given is None and info.data.get("shared_equipment"):
        raise ValueError("of equipment that other lots are made on state since when: else it counts for none before")
    return given


class Classify(Body):
    """How serious the deviation is."""

    classification: Classification
    reason: Words | None = Field(None, examples=["no critical step was touched"])


class Reclassify(Reason):
    """Why it is more, or less, serious than was thought."""

    classification: Classification


class NameEquipment(Reason):
    """What other lots are made on, by the ids that stages give it, and why; none takes it back."""

    shared_equipment: list[Code] = Field(max_length=100, examples=[["PRESS-07"]])
    since: Moment | None = Field(default=None, validate_default=True, examples=["2026-03-02"])
    """Since when it may have been so, at the latest: it counts for what was made on it since then. Not known, the day
    on which it was known to be right last."""

    @field_validator("since")
    @classmethod
    def _is_known_of_equipment(cls, since: Moment | None, info: ValidationInfo) -> Moment | None:
        return _of_equipment(since, info)


class Investigate(Body):
    """Who investigates; left out, whoever asks."""

    owner: Line | None = Field(None, examples=["Ana Novak"])


class BatchImpact(Body):
    """What the deviation means for one batch, named by its id or by that of its lot."""

    batch_id: UUID | None = None
    lot_id: UUID | None = None
    impact: Words

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if (self.batch_id is None) == (self.lot_id is None):
            raise ValueError("name the batch by either batch_id or lot_id")
        return self


class RecordResults(Body):
    """What the investigation found. What is left out stays as it was stated before."""

    root_cause_category: Line | None = Field(None, examples=["tooling"])
    root_cause: Words | None = Field(None, examples=["The punches were used beyond their service life"])
    impact: Words | None = Field(None, examples=["None: all tablets of the stop were rejected"])
    impacts: list[BatchImpact] = Field(default=[], max_length=500)
    capa_reference: Line | None = None
    capa_justification: Words | None = None
    open_capa: bool = Field(False, examples=[True])
    """The root cause is to be taken away: its CAPA opens, once, and is named as ``capa_reference``."""

    @model_validator(mode="after")
    def _names_one_capa(self) -> Self:
        if self.open_capa and self.capa_reference:
            raise ValueError("give either capa_reference or open_capa")
        return self


class Extension(Reason):
    """A later due date, and why."""

    due_at: DueAt


class AnswerLateAmendment(Reason):
    """Why what the partner amended after the end changes nothing, or which deviation deals with it."""

    revision: Annotated[int, Plain] = Field(ge=1, examples=[2])
    """The newest of `late_amendments` that you read: the answer is to all up to it."""


class DeviationClock(BaseModel):
    """The clocks at the time of the answer."""

    due_at: datetime | None
    """The end of the last local day. None for history, whose clocks nobody could have kept."""
    first_due_at: datetime | None
    """Before an extension."""
    time_zone: str | None
    """The site's time zone, by which days are counted; None where it is not known yet: by UTC until then."""
    later_awareness: datetime | None
    """A later start, which the partner's amendment states and quality has not accepted."""
    overdue: bool
    notification: Notification


class DeviationLotRead(BaseModel):
    """A lot that the deviation concerns."""

    lot_id: UUID
    material: str
    number: str
    batch_id: UUID | None
    impact: str | None
    apart: bool
    """Whether another owner of the site made it, which reads nothing of this: only that something stands against the
    lot. Raise a deviation of that owner's where it has to investigate, too."""

    @classmethod
    def told(cls, lot: DeviationLot, parties: Collection[UUID]) -> dict[str, Any]:
        """A lot as the parties of its deviation read it."""
        return lot.model_dump() | {"apart": lot.partner_id not in parties}


class FormerLotRead(DeviationLotRead):
    """A lot that the deviation concerned until the partner left it out of its record."""

    left_out_by_revision: int


class DeviationRead(DeviationFields, Shown):
    """A deviation as its readers see it."""

    site: Ref | None
    partner: Ref | None
    product: Ref | None
    lots: list[DeviationLotRead]
    former_lots: list[FormerLotRead]
    occurred_at: Moment
    equipment_since: Moment | None  # type: ignore[assignment]  # stored as it was given, and shown as what it is
    clock: DeviationClock
    late_amendments: list[LateAmendment]
    """What the partner amended after the end; it changed nothing."""
    recurrence_of: list[str]
    """Earlier ones of the same site, category and root cause category within 12 months."""
    linked_events: list[LinkedEventRead]
    """Other events of the partner that have to do with it, as far as you see them; of two deviations on both."""
    recurrence: Recurrence | None
    """What so many of them ask for; null of the first."""
    unknown_equipment: list[str]
    """Of `shared_equipment` what no stage of a batch at the site names, as far as you see them. Check how it is
    written: it stands against no batch until one names it."""

    @classmethod
    def of(
        cls,
        deviation: Deviation,
        lots: Sequence[DeviationLot],
        names: Names,
        *,
        recurrence_of: Sequence[str],
        linked: Sequence[LinkedEventRead],
        unknown_equipment: Sequence[str],
        now: datetime,
    ) -> Self:
        """The readable form of a record, with its clocks at ``now``."""
        affected = concerned(lots)
        more: dict[str, Any] = {
            # The material of a product's lot is the product's code.
            **names.of(deviation, affected[0].material if affected else None),
            "lots": [DeviationLotRead.told(lot, deviation.parties) for lot in affected],
            "former_lots": [
                FormerLotRead.told(lot, deviation.parties) for lot in lots if lot.left_out_by_revision is not None
            ],
            "recurrence_of": list(recurrence_of),
            "linked_events": list(linked),
            "unknown_equipment": list(unknown_equipment),
            "recurrence": recurrence(len(recurrence_of)),
            "clock": {
                "due_at": None if deviation.historic else deviation.due_at,
                "first_due_at": None if deviation.historic else deviation.first_due_at,
                "time_zone": deviation.due_zone,
                "later_awareness": deviation.later_awareness,
                "overdue": deviation.is_overdue(now),
                "notification": deviation.notification(now),
            },
        }
        return cls.model_validate(dict(deviation) | more)
