"""Bodies of requests and answers about batches."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field

from contracts import Day, DayOrMonth, Moment, Quantity, Side
from contracts.partner_feeds import ProcessValue
from directory.names import Names
from quality_events.batches.fields import BatchFields
from quality_events.batches.model import Batch
from quality_events.batches.reported import RecordStanding
from quality_events.batches.stages import BatchStage, Stage
from quality_events.batches.went_in import Amount, Input, InputLotRead, MaterialUseRead
from quality_events.batches.works import is_known, not_known
from quality_events.holds.terms import OpenHold
from runtime.bodies import Because, Body, Code, Country, Digest, Line, Plain, Reason
from serving.shown import Answer, Ref, Shown

Percent = Annotated[Decimal, Field(ge=0, le=1000, max_digits=30, allow_inf_nan=False), Plain]


def _names_a_work(step: str) -> str:
    if not is_known(step):
        raise ValueError(not_known(step))
    return step


Step = Annotated[Line, AfterValidator(_names_a_work), Field(examples=["compression"])]
"""A step of the making, by words that name one work."""


class StartBatch(Body):
    """The making of a batch begins; ``started_at`` may be an instant, a day or a month."""

    site_id: UUID
    material: Code = Field(examples=["AMLO-5"])
    number: Code = Field(examples=["B-2026-014"])
    started_at: Moment
    planned_quantity: Amount | None = None
    inputs: list[Input] = Field(default=[], max_length=500)
    due_on: Day | None = None


class CompleteBatch(Body):
    """A batch is made."""

    completed_at: Moment
    actual_quantity: Amount | None = None
    yield_percent: Percent | None = Field(None, examples=["97.4"])


class DescribeBatch(Body):
    """What else is known of a batch; what is left out stays as it was."""

    work_order: Code | None = Field(None, examples=["WO-2026-0117"])
    aliases: list[Code] | None = Field(None, max_length=50, examples=[["240117-A"]])
    manufacture_date: Moment | None = Field(None, examples=["2026-05-04"])
    expiry_date: DayOrMonth | None = Field(None, examples=["2028-04"])
    applied_changes: list[Code] | None = Field(None, max_length=200, examples=[["CC-2026-0031"]])


class IntendBatch(Body):
    """For which markets a batch is meant, none being unknown, and whether it qualifies the process."""

    markets: list[Country] = Field(max_length=200, examples=[["AT", "DE"]])
    ppq: bool = False


class RecordStage(Body):
    """A step of the making, anew as a whole. Without a site it was done where the batch is made."""

    step: Step
    site_id: UUID | None = None
    equipment: list[Code] = Field(default=[], max_length=100, examples=[["PRESS-07"]])
    planned_quantity: Amount | None = None
    actual_quantity: Amount | None = None
    started_at: Moment
    ended_at: Moment | None = None
    """Left out while it runs."""

    def stage(self, site_id: UUID) -> Stage:
        """What is stated, in the words of the model."""
        return Stage(
            step=self.step,
            site_id=site_id,
            equipment=tuple(self.equipment),
            planned=self.planned_quantity.quantity() if self.planned_quantity else None,
            actual=self.actual_quantity.quantity() if self.actual_quantity else None,
            started_at=self.started_at,
            ended_at=self.ended_at,
        )


class TakeRecord(Body):
    """A version of the batch record, by its digest; the record itself stays with its maker."""

    record_version: Line = Field(examples=["1.0"])
    digest: Digest
    complete: bool = Field(examples=[True])
    """Whether nothing is missing any more: one that is not complete is not reviewed."""
    authors: list[Line] = Field(default=[], max_length=500, examples=[["ana", "bor"]])
    """Who made an entry in it, by their subjects. Who stated something here by hand is one of them anyway."""


class ReviewRecord(Because):
    """What was read, by its digest: where another version stands now, nobody reviews that unread."""

    digest: Digest


class SetAsideRecord(Reason):
    """Which version that a system gave is none of the batch's record, and why."""

    reported_record_id: UUID


class RecordRead(Answer):
    """The batch record as it was received last, and its reviews."""

    version: str
    digest: str
    complete: bool
    received_at: datetime
    received_by: str
    authors: list[str]
    reviewed_side: Side | None
    """Which side reviewed it last: the maker, and then the sponsor."""
    maker_reviewed_by: str | None
    maker_reviewed_at: datetime | None
    sponsor_reviewed_by: str | None
    sponsor_reviewed_at: datetime | None

    @classmethod
    def of(cls, batch: Batch) -> Self | None:
        """What a batch says of its record; None before there is one."""
        if batch.record_version is None:
            return None
        return cls.model_validate({name: getattr(batch, _COLUMN.get(name, name)) for name in cls.model_fields})


_COLUMN = {
    name: f"record_{name}" for name in ("version", "digest", "complete", "received_at", "received_by", "authors")
}


class BatchRead(BatchFields, Shown):
    """A batch as lists show it."""

    site: Ref | None
    partner: Ref | None
    product: Ref | None
    started_at: Moment | None
    completed_at: Moment | None
    planned_quantity: Quantity | None
    actual_quantity: Quantity | None
    manufacture_date: Moment | None
    expiry_date: DayOrMonth | None
    record: RecordRead | None

    @classmethod
    def of(cls, batch: Batch, names: Names, **more: Any) -> Self:
        """The readable form of a record, with the names that the reader may know."""
        return cls.model_validate(
            dict(batch)
            | {
                # The material of a product's lot is the product's code.
                **names.of(batch, batch.material),
                "planned_quantity": batch.planned,
                "actual_quantity": batch.actual,
                "record": RecordRead.of(batch),
            }
            | more
        )


class ProcessStepRead(BaseModel):
    """What one source reported of a process step."""

    step: str
    source: str
    revision: int
    occurred_at: Moment
    values: list[ProcessValue]


class StageRead(BaseModel):
    """A stage as it was stated last."""

    step: str
    site_id: UUID
    equipment: list[str]
    planned_quantity: Quantity | None
    actual_quantity: Quantity | None
    started_at: Moment
    ended_at: Moment | None
    recorded_by: list[str]

    @classmethod
    def of(cls, stage: BatchStage) -> Self:
        """The readable form of a stored stage."""
        return cls.model_validate(
            stage.model_dump() | {"planned_quantity": stage.planned, "actual_quantity": stage.actual}
        )


class OtherStatement(BaseModel):
    """What another source says of the batch's start or completion. It does not stand."""

    of: Literal["start", "completion"]
    source: str
    revision: int
    at: Moment | None
    quantity: Quantity | None
    yield_percent: Decimal | None


class ReportedRecordRead(BaseModel):
    """A version of the batch record as a system gave it."""

    id: UUID
    record_version: str
    digest: str
    complete: bool
    status: str | None
    """The maker's own word."""
    source: str
    revision: int
    changed_at: Moment
    received_at: datetime
    standing: RecordStanding
    """What became of it: one that *waits* or is *late* blocks the release until a record is handed in after it, or the
    maker's quality sets it aside."""
    set_aside_by: str | None
    set_aside_at: datetime | None
    set_aside_reason: str | None


class BatchDetail(BatchRead):
    """A batch with what went into it and what its process recorded."""

    inputs: list[InputLotRead]
    stage_yields: list[ProcessValue]
    process: list[ProcessStepRead]
    stages: list[StageRead]
    other_statements: list[OtherStatement]
    """Of the maker, what it said later in another record; of others, what the maker itself said otherwise."""
    reported_records: list[ReportedRecordRead]
    """In the order in which they came."""
    reported_uses: list[MaterialUseRead]
    """What makers' systems say went in and came out, in every revision: none of it is an input by itself."""
    open_holds: list[OpenHold]
    """What stops it, oldest first; those that were lifted are in the list of holds."""
