"""Bodies of requests and answers about batches."""

from decimal import Decimal
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field

from contracts import Day, Moment, Quantity
from contracts.partner_feeds import MaterialLot, ProcessValue
from directory.names import Names
from quality_events.batches.model import Batch, BatchFields
from quality_events.batches.terms import BatchState
from quality_events.holds.terms import OpenHold
from runtime.bodies import Body, Code, Line, Plain
from serving.shown import Ref, Shown

Percent = Annotated[Decimal, Field(ge=0, le=1000, allow_inf_nan=False), Plain]


class Input(Body):
    """A lot that goes into the batch."""

    material: Code = Field(examples=["MCC-101"])
    number: Code = Field(examples=["24-0117"])


class Amount(Body):
    """An amount in a UCUM unit."""

    value: Annotated[Decimal, Field(ge=0, allow_inf_nan=False, examples=["250000"]), Plain]
    unit: Line = Field(examples=["{tablet}"])

    def quantity(self) -> Quantity:
        """The amount as facts name it."""
        return Quantity(value=self.value, unit=self.unit)


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


class BatchRead(BatchFields, Shown):
    """A batch as lists show it."""

    site: Ref | None
    partner: Ref | None
    product: Ref | None
    started_at: Moment | None
    completed_at: Moment | None
    planned_quantity: Quantity | None
    actual_quantity: Quantity | None

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


class OtherStatement(BaseModel):
    """What another source says of the batch's start or completion. It does not stand."""

    of: Literal["start", "completion"]
    source: str
    revision: int
    at: Moment | None
    quantity: Quantity | None
    yield_percent: Decimal | None


class BatchDetail(BatchRead):
    """A batch with what went into it and what its process recorded."""

    inputs: list[MaterialLot]
    stage_yields: list[ProcessValue]
    process: list[ProcessStepRead]
    other_statements: list[OtherStatement]
    """Of the maker, what it said later in another record; of others, what the maker itself said otherwise."""
    open_holds: list[OpenHold]
    """What stops it, oldest first; those that were lifted are in the list of holds."""


class InputRead(BaseModel):
    """A lot that went in; ``batch_id`` where it was itself a batch that is known here."""

    lot_id: UUID
    material: str
    number: str
    batch_id: UUID | None


class BatchReference(BaseModel):
    """Another batch."""

    id: UUID
    material: str
    number: str
    state: BatchState


class Genealogy(BaseModel):
    """One step back, to what went in, and one step forward, to where the batch went."""

    id: UUID
    material: str
    number: str
    inputs: list[InputRead]
    used_in: list[BatchReference]
