"""A specification: what a product must meet, and since when."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, ClassVar, Self
from uuid import UUID

from sqlalchemy import DateTime, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel, String

from contracts import Role, Side
from contracts.sample_tracking import (
    AppliesTo,
    Limit,
    ReEvaluates,
    SampleTrackingBallHeld,
    SpecificationApproved,
    SpecificationEffective,
    SpecificationPurpose,
)
from runtime.lifecycle import transition
from runtime.problems import RuleViolated
from runtime.turns import Waiting
from runtime.work import Versioned
from sample_tracking.metadata import Table


class SpecificationState(StrEnum):
    """Where a version of a specification stands."""

    draft = "draft"
    approved = "approved"
    """Its day has not come yet."""
    effective = "effective"
    superseded = "superseded"
    withdrawn = "withdrawn"


class SpecificationFields(SQLModel):
    """What readers see of a specification as it is stored."""

    product_id: UUID
    product_code: str
    market: str | None = None
    """ISO 3166-1 alpha-2, or None for every market."""
    purpose: SpecificationPurpose = Field(default=SpecificationPurpose.release, sa_type=String)
    revision: int
    state: SpecificationState = Field(default=SpecificationState.draft, sa_type=String)
    effective_from: date | None = None
    """The day, in UTC, from which it is in force; of a draft without one, that of its approval."""
    applies_to: AppliesTo = Field(default=AppliesTo.manufactured_from, sa_type=String)
    effective_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    """When it came into force here."""
    drafted_by: str
    approved_by: str | None = None
    approved_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    superseded_by: UUID | None = None
    registered_version: str | None = None
    held_back: bool = False
    """Its day has come, and its market's registration does not name it: it waits."""


class Specification(SpecificationFields, Waiting, Versioned, Table, table=True):
    """One revision of a product's limits for a purpose, in one market or in all. Of these one is in force."""

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
    def approve(self, by: str, re_evaluates: ReEvaluates | None, now: datetime) -> SpecificationApproved:
        """Approve a draft. It comes into force when its day has come: at once, where it names none or one that has.

        ``re_evaluates`` says how much it looks back at then. Raises RuleViolated for limits that name no method.
        """
        if errors := [*_without_method(self.limits)]:
            fields = ", ".join(error["field"] for error in errors[:5])
            raise RuleViolated(f"{len(errors)} without a method: {fields}; draft a new revision", errors=errors)
        self.approved_by, self.approved_at = by, now
        self.effective_from = self.effective_from or now.astimezone(UTC).date()
        return SpecificationApproved.of(self, now, re_evaluates=re_evaluates)

    @transition(
        source={SpecificationState.draft, SpecificationState.approved},
        target=SpecificationState.withdrawn,
        by={Role.quality, Role.regulatory},
    )
    def withdraw(self) -> None:
        """Give up a revision that has not come into force."""

    @transition(source={SpecificationState.approved}, target=SpecificationState.effective, by=())
    def become_effective(self, before: Self | None, now: datetime, since: date | None = None) -> SpecificationEffective:
        """Its day has come. ``before`` is the revision that it takes the place of.

        It is in force ``since`` its market's registration names it, where that is later than its own day.
        """
        if not self.is_due(now):
            raise RuleViolated(f"revision {self.revision} is not in force before {self.effective_from}")
        if since and self.effective_from:
            self.effective_from = max(self.effective_from, since)
        self.effective_at, self.held_back = now, False
        return SpecificationEffective.of(self, now, supersedes=before and before.id)

    @transition(source={SpecificationState.approved}, target=None, by=())
    def hold_back(self) -> None:
        """Its day has come, and its market's registration does not name it."""
        self.held_back = True

    @transition(
        source={SpecificationState.draft, SpecificationState.approved, SpecificationState.effective},
        target=None,
        by={Role.regulatory},
        independent_of={"drafted_by"},
    )
    def name_registered(self, registered_version: str) -> None:
        """Say by which name registrations name it, where the draft did not, or to correct that: it may let it begin, so
        whoever drafted it does not do so alone."""
        self.registered_version = registered_version

    @transition(
        source={SpecificationState.approved, SpecificationState.effective}, target=SpecificationState.superseded, by=()
    )
    def supersede(self, successor: UUID) -> None:
        """A newer revision came into force in the same moment."""
        self.superseded_by = successor

    def turn(self) -> Collection[Side]:
        """Of one that waits for its registration the sponsor's: to register it, or to withdraw it."""
        waits = self.held_back and self.state == SpecificationState.approved
        return {Side.sponsor} if waits else super().turn()

    @property
    def tests(self) -> list[str]:
        """What it limits."""
        return sorted({limit["test"] for limit in self.limits})

    def is_due(self, now: datetime) -> bool:
        """Whether the day from which it is in force has come."""
        return self.effective_from is not None and self.effective_from <= now.astimezone(UTC).date()


def _without_method(limits: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, str]]:
    """The limits of which nobody could say who is entitled to test them.

    What is only to be reported is tested, too: the record of each test states its method (21 CFR 211.194(a)(2)).
    """
    for place, limit in enumerate(limits):
        if not limit.get("method"):
            reason = f"{limit['test']} ({limit['stage']}): name the code of the method by which it is tested"
            yield {"field": f"limits.{place}.method", "reason": reason, "value": ""}
