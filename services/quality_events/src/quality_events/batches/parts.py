"""What hangs on a batch: the lots that went into it, and the data of its process.

An amendment writes its rows with a higher revision; what it leaves out keeps the lower one and is no longer current.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Numeric, exists
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import aliased
from sqlmodel import Field, col, select
from uuid_utils.compat import uuid7

from contracts import Quantity
from quality_events.batches.model import Batch
from quality_events.metadata import INSTANT, Table
from quality_events.quantities import together


class BatchInput(Table, table=True):
    """A lot that went into a batch, as one source reported it: one edge of the genealogy."""

    __tablename__ = "batch_input"

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    batch_id: UUID = Field(foreign_key="batch.id")
    source: str
    revision: int
    lot_id: UUID
    material: str
    number: str
    quantity: Decimal | None = Field(default=None, sa_type=Numeric)
    """How much of it, where a person says so."""
    unit: str | None = None
    told_at: datetime | None = Field(default=None, sa_type=INSTANT)
    """When it came here first; none of what was here before that was kept."""

    @property
    def amount(self) -> Quantity | None:
        """How much of it; None where nobody says."""
        return together(self.quantity, self.unit)


class ProcessStep(Table, table=True):
    """The summary values of one process step, as one source reported them.

    One row a report, not one a value: a press reports 27 values at once, and each row costs an audit row.
    """

    __tablename__ = "process_step"

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    batch_id: UUID = Field(foreign_key="batch.id")
    source: str
    revision: int
    step: str
    occurred_at: str
    """As given: an instant, a day or a month."""
    undated: bool = False
    """The source gives no date: it is the month in which the batch began, as soon as that is known."""
    values: list[dict[str, Any]] = Field(sa_type=JSONB)
    """Name, value (a number) or text, and the UCUM unit where the source states one."""


def dated(step: ProcessStep, batch: Batch) -> dict[str, Any]:
    """A step's fields, dated with its batch where its source gives no date of its own."""
    began = {"occurred_at": batch.started_at[:7]} if step.undated and batch.started_at else {}
    return step.model_dump() | began


def is_current(part: type[BatchInput] | type[ProcessStep]) -> ColumnElement[bool]:
    """Whether a part belongs to the latest revision of what its source said about the batch."""
    newer = aliased(part)
    return ~exists(
        select(newer.id).where(
            newer.batch_id == part.batch_id, newer.source == part.source, col(newer.revision) > part.revision
        )
    )


def is_an_input() -> ColumnElement[bool]:
    """Whether a lot is a current input: a start that names no inputs any more writes no row that would say so."""
    batch = aliased(Batch)
    left_out = exists(
        select(batch.id).where(
            batch.id == BatchInput.batch_id,
            batch.start_source == BatchInput.source,
            col(batch.start_revision) > BatchInput.revision,
        )
    )
    return is_current(BatchInput) & ~left_out
