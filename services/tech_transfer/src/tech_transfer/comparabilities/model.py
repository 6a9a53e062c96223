"""A comparison of lots of the receiving site with historical lots of the sending one, for one attribute."""

from collections.abc import Collection
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from sqlalchemy import Numeric
from sqlmodel import Field
from uuid_utils.compat import uuid7

from contracts import Role
from runtime.lifecycle import transition
from tech_transfer.comparabilities.schemas import OF_BOTH, ComparabilityFields
from tech_transfer.comparabilities.schemas import ComparabilityState as State
from tech_transfer.metadata import Table
from tech_transfer.transfers.part import PartOfTransfer


class Comparability(ComparabilityFields, PartOfTransfer, Table, table=True):
    """The last one of an attribute counts. The receiving unit sees it, and no number that rests on the sending one's
    lots: of three lots the difference and the limit alone tell all values."""

    __tablename__ = "comparability"

    # Not by what a partner does not read: the order would tell it.
    sorted_by: ClassVar[Collection[str]] = {"id", "created_at", *ComparabilityFields.model_fields} - {*OF_BOTH}

    @transition(
        source={State.not_equivalent, State.not_assessed},
        target=State.accepted,
        by={Role.quality},
        independent_of={"compared_by"},
    )
    def accept(self, reason: str) -> None:
        """Quality says why the difference, or that it cannot be assessed, is acceptable."""
        self.acceptance = reason


class HistoricalValue(Table, table=True):
    """What was found of a historical lot of the sending site: the sponsor's alone."""

    __tablename__ = "historical_value"

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    comparability_id: UUID = Field(foreign_key="comparability.id")
    lot: str
    value: Decimal = Field(sa_type=Numeric)
