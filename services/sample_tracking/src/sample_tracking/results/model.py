"""A laboratory's result, and how it becomes an approved one."""

from collections.abc import Collection, Mapping
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import DateTime, ForeignKey, Numeric, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel, String

from contracts import Lot, Role, Side
from contracts.partner_feeds import ResultRole, TestStage
from contracts.sample_tracking import (
    EvaluatedResult,
    Evaluation,
    ResultApproved,
    ResultsReported,
    SampleTrackingBallHeld,
)
from runtime.lifecycle import transition
from runtime.problems import RuleViolated
from runtime.turns import Waiting
from runtime.work import Versioned
from sample_tracking.metadata import Table
from sample_tracking.results.evaluation import WhyUndecided


class ResultState(StrEnum):
    """How far a result is on its way through the laboratory."""

    submitted = "submitted"
    reviewed = "reviewed"
    approved = "approved"


_SUCCESSOR = ForeignKey("result.id", deferrable=True, initially="DEFERRED")


class ResultFields(SQLModel):
    """What readers see of a result as it is stored."""

    lot_id: UUID
    lot_number: str
    material: str
    product_id: UUID | None = None
    site_id: UUID
    partner_id: UUID
    """Whose site made the lot."""
    laboratory_site_id: UUID
    laboratory_partner_id: UUID
    test: str
    stage: TestStage = Field(sa_type=String)
    role: ResultRole = Field(sa_type=String)
    value: Decimal | None = Field(default=None, sa_type=Numeric)
    """Exactly as reported; where ``below_quantitation``, the limit of quantitation."""
    text: str | None = None
    below_quantitation: bool = False
    unit: str
    occurred_at: str
    """ISO 8601, as precise as it was given: an instant, a day or a month."""
    evaluation: Evaluation = Field(sa_type=String)
    reason: WhyUndecided | None = Field(default=None, sa_type=String)
    rounded_value: Decimal | None = Field(default=None, sa_type=Numeric)
    """In the unit of ``applied_limit`` and with its decimals."""
    specification_id: UUID | None = None
    state: ResultState = Field(default=ResultState.submitted, sa_type=String)
    feed_id: UUID | None = None
    source_id: str | None = None
    source_revision: int | None = None
    superseded_by: UUID | None = Field(default=None, sa_column_args=[_SUCCESSOR])
    submitted_by: str
    reviewed_by: str | None = None
    reviewed_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    approved_by: str | None = None
    approved_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))


class Result(ResultFields, Waiting, Versioned, Table, table=True):
    """One determination as it was reported. It is never overwritten: an amendment is a record beside it.

    Known by its source's feed, record id and revision where a partner's system reported it.
    """

    sorted_by: ClassVar[Collection[str]] = {"id", "lot_number"}
    sides: ClassVar[Mapping[Side, str]] = {Side.maker: "partner_id", Side.laboratory: "laboratory_partner_id"}
    ball = SampleTrackingBallHeld
    turns: ClassVar[Mapping[StrEnum, Collection[Side]]] = {
        ResultState.submitted: {Side.laboratory},
        ResultState.reviewed: {Side.laboratory, Side.sponsor},
    }
    applied_limit: dict[str, Any] | None = Field(default=None, sa_type=JSONB)
    message_id: UUID | None = None
    parties: list[UUID] = Field(sa_type=ARRAY(Uuid))

    @property
    def lot(self) -> Lot:
        """The lot in the published words."""
        return Lot(
            id=self.lot_id,
            number=self.lot_number,
            material=self.material,
            product_id=self.product_id,
            site_id=self.site_id,
            partner_id=self.partner_id,
        )

    def turn(self) -> Collection[Side]:
        """Nobody's, once another revision stands in its place."""
        return () if self.superseded_by else super().turn()

    @property
    def counts(self) -> bool:
        """Whether no other revision stands in its place."""
        return self.superseded_by is None

    @transition(
        source={ResultState.submitted},
        target=ResultState.reviewed,
        by={Side.laboratory(Role.partner_lab), Role.lab},
        independent_of={"submitted_by"},
        when="counts",
    )
    def review(self, by: str, now: datetime) -> None:
        """A second person checked the result against its raw data (21 CFR 211.194(a)(8))."""
        self._must_count()
        self.reviewed_by, self.reviewed_at = by, now

    @transition(
        source={ResultState.reviewed},
        target=ResultState.approved,
        by={Side.laboratory(Role.partner_quality), Role.quality},
        independent_of={"submitted_by", "reviewed_by"},
        when="counts",
    )
    def approve(self, by: str, now: datetime) -> ResultApproved:
        """The quality unit stands by the result."""
        self._must_count()
        self.approved_by, self.approved_at = by, now
        return ResultApproved.of(self, now)

    @transition(source=set(ResultState), target=None, by=())
    def link(self, product_id: UUID) -> ResultsReported:
        """The lot turned out to be of a product that was not known when it was tested. The verdict stays as it was."""
        self.product_id = product_id
        result = EvaluatedResult(result_id=self.id, **self._stored(EvaluatedResult))
        return ResultsReported(lot=self.lot, results=(result,), **self._stored(ResultsReported))

    def _stored(self, part: type[BaseModel]) -> dict[str, Any]:
        return {name: getattr(self, name) for name in part.model_fields if name in ResultFields.model_fields}

    def _must_count(self) -> None:
        if self.superseded_by is not None:
            raise RuleViolated(f"the result was amended: result {self.superseded_by} stands in its place")
