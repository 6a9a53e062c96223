"""How many batches of a PPQ series count: pure, and the same in any order of facts (FDA process validation 2011).

Batches are those that were named, in the order in which they were made. A run is what was named since the start, or
since a restart. A batch that failed for a cause in the process, or an unknown one, ends its run: what was made in it
counts no more, and the batches stay. One that quality excluded, and one that was given up before it began, is an
attempt that takes no step. Behind a batch that is not decided nothing counts yet, nor what may have been made there.

Where a failure turns out to be none after a restart, as its investigation is reopened and invalidates the result, the
run was never ended: what was named in it and after the restart is one run.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from contracts.transfer_batches import TransferBatchVerdict as Verdict
from tech_transfer.transfer_batches.begun import known_before, span

DEFAULT_REQUIRED: Final = 3
_NO_STEP: Final = (Verdict.excluded, Verdict.cancelled)


@dataclass(frozen=True, slots=True)
class SeriesBatch:
    """A batch of a series: where it stands, and what is known of it."""

    lot_id: UUID
    bulk: UUID
    """What it was split from, or itself: batches of one bulk and strength are one."""
    strength: str
    run: int
    """In which run it was named: the first is 1, and each restart begins the next."""
    place: int
    """In which order it was named."""
    started_at: str | None
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Count:
    """Where a series stands."""

    attempt: int
    """One more than runs that were ended by a failure."""
    count: int
    """The batches in a row that conform, of the strength that has fewest."""
    by_strength: dict[str, int]
    failed: bool
    """The last run was ended, and nobody began another."""
    conforming: bool
    undecided: tuple[UUID, ...]
    """The lots behind which nothing counts yet."""
    counted: tuple[UUID, ...]
    """The lots that count."""
    ended_by: tuple[UUID, ...]
    """The lots that ended runs."""


def count(batches: Iterable[SeriesBatch], required: int, strengths: Collection[str], runs: int = 1) -> Count:
    """Where a series stands by its batches. ``required`` is asked of each of ``strengths``, those that are made.

    ``runs`` is how many were begun: one, and one for each restart.
    """
    merged = _merged(batches)
    ending = [each for each in merged if each.verdict is Verdict.failed]
    ended = {each.run for each in ending}
    last = max(ended, default=0)
    rows = [_in_a_row(merged, since, strengths) for since in range(last + 1, runs + 1)]
    # What is undecided since a run that was restarted takes nothing from the runs after it: they stand by themselves.
    best = max(rows, key=lambda row: row.fewest, default=_in_a_row(merged, runs + 1, strengths))
    return Count(
        attempt=1 + len(ended) - (last == runs),
        count=best.fewest,
        by_strength=best.by_strength,
        failed=last == runs,
        conforming=bool(strengths) and best.fewest >= required,
        undecided=tuple(each.lot_id for each in best.waiting),
        counted=tuple(each.lot_id for each in best.counted),
        ended_by=tuple(each.lot_id for each in ending),
    )


@dataclass(frozen=True, slots=True)
class _Row:
    """Batches in a row since the beginning of a run."""

    counted: Sequence[SeriesBatch]
    waiting: Sequence[SeriesBatch]
    by_strength: dict[str, int]

    @property
    def fewest(self) -> int:
        """How many count of the strength of which fewest do."""
        return min(self.by_strength.values(), default=0)


def _in_a_row(batches: Iterable[SeriesBatch], since: int, strengths: Collection[str]) -> _Row:
    """The conforming ones before the first of their strength that is not decided, and those that are not.

    A batch whose making did not begin stands in nobody's way.
    """
    made = [each for each in batches if each.run >= since and each.verdict not in (*_NO_STEP, Verdict.planned)]
    waiting = [each for each in made if each.verdict is not Verdict.conforming]
    good = (each for each in made if each.verdict is Verdict.conforming)
    counted = [one for one in good if all(_comes_before(one, other) for other in waiting)]
    numbers = {strength: sum(each.strength == strength for each in counted) for strength in sorted(strengths)}
    return _Row(counted, waiting, numbers)


def _comes_before(one: SeriesBatch, other: SeriesBatch) -> bool:
    """Whether a batch does not wait for one that is not decided: it is of another strength, or was begun earlier."""
    earlier = one.run < other.run or (one.run == other.run and known_before(one.started_at, other.started_at))
    return earlier or one.strength != other.strength


_GRAVEST: Final = (
    *(Verdict.failed, Verdict.undecided, Verdict.in_progress, Verdict.excluded),
    *(Verdict.conforming, Verdict.planned, Verdict.cancelled),
)


def _merged(batches: Iterable[SeriesBatch]) -> list[SeriesBatch]:
    """Batches of one bulk and strength as one, which is what the gravest is, in the order in which they were made."""
    by_bulk, first = dict[tuple[UUID, str], SeriesBatch](), dict[UUID, int]()
    for each in sorted(batches, key=lambda each: (_GRAVEST.index(each.verdict), each.run, each.place)):
        by_bulk.setdefault((each.bulk, each.strength), each)
        first[each.bulk] = min(each.run, first.get(each.bulk, each.run))
    merged = [replace(each, run=first[each.bulk]) for each in by_bulk.values()]
    undated = [each for each in merged if each.started_at is None]
    dated = [(each, *span(each.started_at)) for each in merged if each.started_at is not None]
    in_order = sorted(dated, key=lambda row: (*row[1:], row[0].place))
    found = [each for each, *_ in in_order] + sorted(undated, key=lambda each: each.place)
    return sorted(found, key=lambda each: each.run)
