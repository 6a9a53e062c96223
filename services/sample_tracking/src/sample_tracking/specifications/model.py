"""A specification: what a product must meet, and since when."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Self
from uuid import UUID

from sqlalchemy import DateTime, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel, String

from contracts import Role, Side
from contracts.sample_tracking import Limit, SampleTrackingBallHeld, SpecificationApproved
from runtime.lifecycle import transition
from runtime.turns import Waiting
from runtime.work import Versioned
from sample_tracking.metadata import Table


class SpecificationState(StrEnum):
    """Where a version of a specification stands."""

    draft = "draft"
    approved = "approved"
    superseded = "superseded"


class SpecificationFields(SQLModel):
    """What readers see of a specification as it is stored."""

    product_id: UUID
    product_code: str
    market: str | None = None
    """ISO 3166-1 alpha-2, or None for every market."""
    revision: int
    state: SpecificationState = Field(default=SpecificationState.draft, sa_type=String)
    drafted_by: str
    approved_by: str | None = None
    approved_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    superseded_by: UUID | None = None


class Specification(SpecificationFields, Waiting, Versioned, Table, table=True):
    """One revision of a product's limits for one market or for all. Of each product and market one is in force."""

    ball = SampleTrackingBallHeld
    turns: ClassVar[Mapping[StrEnum, Collection[Side]]] = {SpecificationState.draft: {Side.sponsor}}

    limits: list[dict[str, Any]] = Field(sa_type=JSONB)
    parties: list[UUID] = Field(sa_type=ARRAY(Uuid))

    @classmethod
    def draft(cls, *, limits: Iterable[Limit], by: str, **given: Any) -> Self:
        """A new revision. It is the sponsor's own: no partner is a party to it."""
        return cls(limits=[limit.model_dump(mode="json") for limit in limits], drafted_by=by, parties=[], **given)

    @transition(
        source={SpecificationState.draft},
        target=SpecificationState.approved,
        by={Role.quality},
        independent_of={"drafted_by"},
    )
    def approve(self, by: str, now: datetime) -> SpecificationApproved:
        """Bring a draft into force. What was in force for the product and market is superseded in the same moment.

        Results reported from now on are held against it; those reported before keep their evaluation.
        """
        self.approved_by, self.approved_at = by, now
        return SpecificationApproved.of(self, now)

    @transition(source={SpecificationState.approved}, target=SpecificationState.superseded, by=())
    def supersede(self, successor: UUID) -> None:
        """A newer revision came into force in the same moment."""
        self.superseded_by = successor
