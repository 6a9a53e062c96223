"""That a gap, or an item of the package, gave warning of a deviation; and what was told of deviations and batches."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, String

from contracts import Classification
from tech_transfer.metadata import INSTANT, Table
from tech_transfer.transfers.part import PartOfTransfer


class ForetoldDeviation(PartOfTransfer, Table, table=True):
    """A deviation at the receiving site was foretold. The sending partner, perhaps a rival, is no party to it."""

    __tablename__ = "foretold_deviation"

    gap_id: UUID | None = Field(default=None, foreign_key="gap.id")
    item_id: UUID | None = Field(default=None, foreign_key="package_item.id")
    deviation_id: UUID
    deviation_number: str
    remark: str
    linked_by: str


class KnownDeviation(Table, table=True):
    """A deviation as quality_events told of it, in whatever order: of each part the latest fact counts that says it."""

    __tablename__ = "known_deviation"

    id: UUID = Field(primary_key=True)
    number: str
    site_id: UUID
    partner_id: UUID
    product_id: UUID | None = None
    aware_at: datetime = Field(sa_type=INSTANT)
    told_by: int
    """The sequence of the latest fact."""
    title: str | None = None
    category: str | None = None
    said_by: int = 0
    """The sequence of the latest fact that says title and category; the next ones likewise."""
    lot_ids: list[UUID] = Field(default_factory=list, sa_type=ARRAY(Uuid))
    lots_by: int = 0
    classification: Classification | None = Field(default=None, sa_type=String)
    classified_by: int = 0
    cancelled: bool = False


class KnownBatch(Table, table=True):
    """A batch as quality_events told that it began or was made."""

    __tablename__ = "known_batch"

    id: UUID = Field(primary_key=True)
    lot_id: UUID
    lot_number: str
    product_id: UUID | None = None
    site_id: UUID
    partner_id: UUID
    started_on: date | None = None
    """The day, in UTC, on which it began; None while its start was not told."""
    started_by: int = 0
    """The sequence of the fact that said so; the next one likewise."""
    made_on: date | None = None
    made_by: int = 0
