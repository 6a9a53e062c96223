"""A partner's segment and its lifecycle. The sponsor's alone."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar, Final, Self
from zoneinfo import ZoneInfo

from contracts import Role, Side
from contracts.oversight import Segment, SegmentChanged, SegmentCriterion
from contracts.partner_registry import PartnerRegistryBallHeld
from gxp.clocks import Unit, due_at
from partner_registry.metadata import Table
from partner_registry.segments.schemas import SegmentationFields
from partner_registry.segments.schemas import SegmentationState as State
from partner_registry.segments.scoring import Commerce, Segmented, Told, segmented
from runtime.lifecycle import transition
from runtime.problems import RuleViolated
from runtime.turns import Waiting
from runtime.work import Versioned

DECIDERS: Final = frozenset({Role.sourcing, Role.quality})
REVIEW_MONTHS: Final = 12
UTC: Final = ZoneInfo("UTC")


class Segmentation(SegmentationFields, Waiting, Versioned, Table, table=True):
    """How much a partner matters in the sponsor's eyes."""

    ball = PartnerRegistryBallHeld
    turns: ClassVar[Mapping[StrEnum, Collection[Side]]] = {State.proposed: {Side.sponsor}}

    @property
    def parties(self) -> tuple[()]:
        """No partner hears of it."""
        return ()

    @classmethod
    def propose(cls, *, criteria: list[Any], weights: dict[SegmentCriterion, Decimal], **given: Any) -> Self:
        """Say what it comes to."""
        return cls(criteria=criteria, weights={key: str(each) for key, each in weights.items()}, **given)

    @transition(source={State.proposed}, target=State.confirmed, by=DECIDERS, independent_of={"proposed_by"})
    def confirm(self, before: Segment | None, told: Told, by: str, now: datetime) -> SegmentChanged:
        """Somebody else agrees; the segment counts from now on. ``before`` is the one that counted."""
        self.take(self.comes_to(before, told, now))
        self.confirmed_by, self.confirmed_at = by, now
        self.review_due_at = due_at(now, REVIEW_MONTHS, Unit.months, zone=UTC)
        return self._changed(now, before)

    @transition(source={State.proposed}, target=State.rejected, by=DECIDERS)
    def reject(self) -> None:
        """It does not come to that."""

    @transition(source={State.confirmed}, target=State.superseded, by=())
    def supersede(self) -> None:
        """A later one of the partner was confirmed."""

    @transition(source={State.confirmed}, target=None, by=())
    def grow_stale(self, now: datetime) -> SegmentChanged:
        """A year has passed; told once."""
        if self.stale or self.review_due_at is None or self.review_due_at > now:
            raise RuleViolated(f"{self.number} is not to be reviewed, or that was told")
        self.stale = True
        return self._changed(self.review_due_at, self.segment)

    @transition(source={State.confirmed}, target=None, by=())
    def reopen(self, now: datetime) -> SegmentChanged | None:
        """Something changed by which it was said how much the partner matters; told once."""
        if self.stale:
            return None
        self.stale = True
        return self._changed(now, self.segment)

    @transition(source={State.confirmed}, target=None, by=())
    def follow(self, told: Told, now: datetime) -> SegmentChanged | None:
        """The partner has begun, or ceased, to be developing; what facts tell decides that, and no person."""
        before, found = self.segment, self.comes_to(self.segment, told, now)
        if (found.segment, found.why) == (self.segment, self.why):
            return None
        self.take(replace(found, stale=self.stale))
        return self._changed(now, before)

    def comes_to(self, before: Segment | None, told: Told, now: datetime) -> Segmented:
        """What it is by what was said, where another segment counted before."""
        points = {SegmentCriterion(each["criterion"]): each["points"] for each in self.criteria}
        weights = {SegmentCriterion(key): Decimal(each) for key, each in self.weights.items()}
        return segmented(weights, points, self._commerce(told, now), before=before, regardless=self.regardless_of_edges)

    def take(self, found: Segmented) -> None:
        """Keep what came out."""
        self.segment, self.score, self.by_score, self.why = found.segment, found.score, found.by_score, found.why
        self.stale, self.missing, self.unknown = found.stale, [*found.missing], [*found.unknown]

    def _commerce(self, told: Told, now: datetime) -> Commerce:
        said = (self.commercially_qualified, self.commercially_supplied, self.first_commercial_on)
        return told.commerce(*said, today=now.date())

    def _changed(self, at: datetime, before: Segment | None) -> SegmentChanged:
        return SegmentChanged.of(self, at, before=before, after=self.segment)
