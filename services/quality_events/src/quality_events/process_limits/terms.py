"""What a process limit is called, and what of a limit and of a batch its judgement takes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from contracts import Quantity
from quality_events.batches.stages import BatchStage


class LimitsState(StrEnum):
    """Whether a version of process limits counts on its days."""

    proposed = "proposed"
    """By one person alone nothing is judged (21 CFR 211.186(a))."""
    confirmed = "confirmed"
    """It counts from its day on, until that of a later version."""
    rejected = "rejected"
    withdrawn = "withdrawn"
    """It counts for what began before its end."""


class StepPoint(StrEnum):
    """Which end of a step."""

    start = "start"
    end = "end"


@dataclass(frozen=True, slots=True)
class Point:
    """The start or the end of a step."""

    step: str
    point: StepPoint


@dataclass(frozen=True, slots=True)
class YieldRange:
    """What a step, or without one the batch, has to give, in per cent of what was planned (21 CFR 211.103)."""

    step: str | None
    at_least: Decimal
    at_most: Decimal

    @property
    def name(self) -> str:
        """What people call it, and by which an explanation names it."""
        return f"yield of {self.step or 'the batch'}"


@dataclass(frozen=True, slots=True)
class LongestTime:
    """How long it may take from one point to another (21 CFR 211.111)."""

    since: Point | None
    """None is the start of the batch."""
    until: Point | None
    """None is its completion."""
    hours: Decimal

    @property
    def name(self) -> str:
        """What people call it, and by which an explanation names it."""
        since = _called(self.since) if self.since else "the start of the batch"
        return f"time from {since} to {_called(self.until) if self.until else 'its completion'}"


def _called(point: Point) -> str:
    return f"the {point.point} of {point.step}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitsVersion:
    """One version of the limits of a product at its maker, or at one of its sites."""

    id: UUID
    number: str
    revision: int
    site_id: UUID | None = None
    valid_from: date
    valid_to: date | None = None
    """The last day; before the first one where it was withdrawn from its first day on."""
    confirmed_at: datetime
    yields: Sequence[YieldRange] = ()
    times: Sequence[LongestTime] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """A stage at another partner's site, of which the batch's maker learns how it stands to its limits alone."""

    step: str
    site_id: UUID
    started_at: str | None = None
    ended_at: str | None = None
    content: str = ""
    """The digest of its quantities."""
    inside: Mapping[UUID, bool | None] = field(default_factory=dict)
    """Whether its yield lies inside of its limit, by version; None where nobody can say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Making:
    """What is known of a batch's making, as far as limits are judged by it."""

    zone: str
    site_id: UUID
    started_at: str | None = None
    completed_at: str | None = None
    planned: Quantity | None = None
    actual: Quantity | None = None
    yield_percent: Decimal | None = None
    stages: Sequence[BatchStage] = ()
    elsewhere: Sequence[Elsewhere] = ()
    zones: Mapping[UUID, str] = field(default_factory=dict)
    """Of the stages' sites."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitExplained:
    """That a deviation explains what was found of a limit."""

    id: UUID | None
    """Of this and the next who is no party to it learns nothing."""
    number: str | None
    deviation: str | None
    limit_name: str
    found: str
    settled: bool
    """The deviation is closed, and names the batch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limited:
    """All that is known of a batch and the limits of its process."""

    making: Making
    versions: Sequence[LimitsVersion] = ()
    explained: Sequence[LimitExplained] = ()


@dataclass(frozen=True, slots=True)
class Judged:
    """How a batch stands to one limit."""

    name: str
    said: str
    """In words, with what was found and what is asked for: of anything else an explanation is none."""
    holds: bool | None
    """None where nobody can say."""
    content: str | None = None
    """Of what is judged by a stage elsewhere, whose values no words tell, the digest of them; None of anything else."""

    @property
    def apart(self) -> bool:
        """Whether a stage at another partner's site has a part in it."""
        return self.content is not None

    @property
    def found(self) -> str:
        """What an explanation is of."""
        return f"{self.said} (of values with the digest {self.content})" if self.apart else self.said
