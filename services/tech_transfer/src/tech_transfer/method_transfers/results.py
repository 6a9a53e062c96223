"""A result of one of the laboratories: its own partner's and the sponsor's to see, and nobody else's."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Self
from uuid import UUID

from pydantic import Field, model_validator
from sqlalchemy import Numeric, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field as Column
from sqlmodel import SQLModel, String

from contracts import HappenedAt, Side
from contracts.partner_feeds import NEED_A_VALUE, Qualifier
from runtime.bodies import Body, Code, Line, Plain
from runtime.work import Versioned
from serving.shown import Ref, Shown
from tech_transfer.metadata import INSTANT, Table
from tech_transfer.method_transfers.judging import Found, TransferSide


class Refusal(StrEnum):
    """Why a result that a feed told does not count."""

    tested_before_freezing = "tested_before_freezing"
    """Or on the day of it, where no more is known than the day."""
    not_original = "not_original"
    """It amends a result, and is told as a repeat, a retest or a resample."""
    of_stability = "of_stability"
    """It amends a result, and is told as of a stability study."""
    other_method = "other_method"
    """It amends a result, and is told as tested by another method, or by none that it names."""
    other_version = "other_version"
    """It was tested by another version of the method, or names none."""
    other_unit = "other_unit"
    """Its unit cannot be compared with that of the criterion."""
    too_late = "too_late"
    """It came when the results were evaluated already."""
    amends_refused = "amends_refused"
    """It amends one that was refused for its time: whatever moment is told now, that was known before."""
    amends_unknown = "amends_unknown"
    """It amends one that came before the criteria were frozen, or is not known here: the run is invalidated and
    repeated, or what it amends comes yet."""


class StatedResult(Body):
    """What was found of one lot in one replicate of a run."""

    lot: Code = Field(examples=["L-0042"])
    attribute: Code = Field(examples=["assay"])
    run: Annotated[int, Field(ge=1, le=10_000, examples=[1]), Plain]
    replicate: Annotated[int, Field(ge=1, le=1000, examples=[1]), Plain]
    analyst: Line = Field(examples=["Ana Novak"])
    value: Annotated[Decimal | None, Field(max_digits=30, examples=["99.8"]), Plain] = None
    """In the unit of the criterion; not rounded."""
    qualifier: Qualifier | None = None
    text: Line | None = None
    """Where a verdict is compared: what was found, in words."""
    tested_at: HappenedAt
    """When it was tested."""
    method_version: Line = Field(examples=["2.1"])

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if (self.value is None and self.qualifier is None) == (self.text is None):
            raise ValueError("state value or text")
        if self.qualifier in NEED_A_VALUE and self.value is None:
            raise ValueError(f"value: {self.qualifier} needs the number that it is about")
        return self


class ReportOwnTransferResults(Body):
    """What the sponsor's own laboratory found."""

    results: list[StatedResult] = Field(min_length=1, max_length=500)


class ReportTransferResults(ReportOwnTransferResults):
    """What a laboratory found."""

    side: TransferSide = Field(examples=["receiving"])
    """Which of the two laboratories it is."""


class TransferResultFields(SQLModel):
    """What readers see of a result."""

    method_transfer_id: UUID = Column(foreign_key="method_transfer.id")
    side: TransferSide = Column(sa_type=String)
    """Which of the two laboratories found it."""
    laboratory_site_id: UUID | None = None
    laboratory_partner_id: UUID | None = None
    """None: of the sponsor's own laboratory."""
    lot: str
    attribute: str
    run: int | None = None
    """Of a feed, which knows no runs, none."""
    replicate: int | None = None
    analyst: str | None = None
    value: Decimal | None = Column(default=None, sa_type=Numeric)
    qualifier: Qualifier | None = Column(default=None, sa_type=String)
    text: str | None = None
    """What was found in words, where a verdict is compared; else null."""
    tested_at: str
    """As precise as it was told."""
    source_result_id: UUID | None = None
    """Of one that sample_tracking told: the result's id there."""
    refused: Refusal | None = Column(default=None, sa_type=String)
    """Why a result that a feed told does not count; null where it was taken."""
    supersedes: UUID | None = None
    """The result of a feed that it amends, by that one's `source_result_id`; which may come after it, or be none that
    is shown here."""
    superseded_by: UUID | None = None
    """The result that amends it. One that is of another lot or test, and so none of this transfer, is not shown."""
    withdrawn: bool = False
    """Its laboratory took it back."""
    invalidated_at: datetime | None = Column(default=None, sa_type=INSTANT)
    """When it was taken out; null while it was not."""
    invalid_because: str | None = None
    invalid_evidence: str | None = None
    reported_by: str


class MethodTransferResult(TransferResultFields, Versioned, Table, table=True):
    """What a laboratory found. It stays; what does not count says why."""

    __tablename__ = "method_transfer_result"

    sides: ClassVar[Mapping[Side, str]] = {Side.laboratory: "laboratory_partner_id"}
    parties: list[UUID] = Column(sa_type=ARRAY(Uuid))

    @property
    def counts(self) -> bool:
        """Whether it is judged."""
        taken_out = self.refused or self.superseded_by or self.invalidated_at
        return not (taken_out or self.withdrawn)

    @property
    def found(self) -> Found:
        """What the rules know of it."""
        names = ("attribute", "lot", "run", "replicate", "value", "text")
        qualifier = Qualifier(self.qualifier) if self.qualifier else None
        given = {name: getattr(self, name) for name in names}
        return Found(side=TransferSide(self.side), qualifier=qualifier, **given)

    @property
    def as_evaluated(self) -> Mapping[str, Any]:
        """What an evaluation is over."""
        names = ("side", "lot", "attribute", "run", "replicate", "value", "qualifier", "text", "tested_at")
        own = {name: getattr(self, name) for name in names}
        return {"id": str(self.id)} | {name: None if value is None else str(value) for name, value in own.items()}


class TransferResultRead(TransferResultFields, Shown):
    """A result as its readers see it."""

    laboratory: Ref | None
    counts: bool
    """Whether the transfer is judged by it: neither refused, amended, taken out nor taken back."""
