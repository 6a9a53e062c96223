"""What is said about a batch: its states, and the statements of its start and completion."""

from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum, StrEnum
from typing import Any

from contracts import Moment, Quantity
from contracts.partner_feeds import ProcessValue
from quality_events import moments


class BatchState(StrEnum):
    """How far the making of a batch, and the review of its record, is."""

    announced = "announced"
    """A fact spoke of the batch before its start was reported."""
    in_process = "in_process"
    manufactured = "manufactured"
    under_review = "under_review"
    """The maker handed in the batch record."""
    dispositioned = "dispositioned"
    """Each market for which it is meant is decided."""
    terminated = "terminated"
    """Its making was given up."""


class Authority(IntEnum):
    """In whose name something is said of a batch. What the maker says of its own batch goes before what others say."""

    granted = 0
    """By another partner's system, which was granted to report on the maker's batches."""
    sponsor = 1
    maker = 2


@dataclass(frozen=True, slots=True)
class Source:
    """Who says it, and in which revision: an amendment has the same name and a higher revision."""

    name: str
    revision: int = 1
    authority: Authority = Authority.maker


@dataclass(frozen=True, slots=True)
class Start:
    """What is said about a batch's start."""

    source: Source
    started_at: Moment
    planned: Quantity | None = None
    other_inputs: bool = False
    """Whether it names other lots that go in than its source named before."""

    def written(self) -> dict[str, Any]:
        """The statement as it is kept beside the one that stands."""
        return beside("start", self.source, moments.written(self.started_at), self.planned)


@dataclass(frozen=True, slots=True)
class Completion:
    """What is said about a batch's completion. ``told`` dates the statement where no completion date is given."""

    source: Source
    reported_on: Moment
    completed_at: Moment | None = None
    actual: Quantity | None = None
    yield_percent: Decimal | None = None
    """Actual over theoretical, in per cent, as the partner states it."""
    stage_yields: tuple[ProcessValue, ...] = ()

    def written(self) -> dict[str, Any]:
        """The statement as it is kept beside the one that stands."""
        at = moments.written(self.completed_at) if self.completed_at else None
        return beside("completion", self.source, at, self.actual, self.yield_percent)


def beside(
    of: str, source: Source, at: str | None, quantity: Quantity | None, yield_percent: Decimal | None = None
) -> dict[str, Any]:
    """A statement as it is kept beside the one that stands."""
    return {
        "of": of,
        "source": source.name,
        "revision": source.revision,
        "at": at,
        "quantity": quantity.model_dump(mode="json") if quantity else None,
        "yield_percent": None if yield_percent is None else str(yield_percent),
        "authority": int(source.authority),
    }
