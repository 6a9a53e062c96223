"""Retests and resamples of an investigation: planned before testing, and what came of it (FDA OOS guidance, 2022)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Protocol
from uuid import UUID

from contracts import HappenedAt, Moment
from contracts.partner_feeds import ResultRole
from quality_events import moments
from serving.shown import Answer

AGAIN: Final = (ResultRole.retest, ResultRole.resample)


@dataclass(frozen=True, slots=True, kw_only=True)
class RetestPlan:
    """How many tests are made again and by whom. Raises ValueError for one that would let anybody test until it passes.

    Results do not name their analyst: the plan does, also that of the original.
    """

    retests: int
    resamples: int
    original_analyst: str
    analysts: Sequence[str] = ()
    resample_evidence: str | None = None
    """What shows that the sample, and not the lot, was wrong."""
    no_retests_reason: str | None = None

    def __post_init__(self) -> None:
        tests = self.retests + self.resamples
        if not tests and not self.no_retests_reason:
            raise ValueError("a plan without any retest or resample says why: no_retests_reason")
        if tests and self.no_retests_reason:
            raise ValueError("no_retests_reason goes with neither retests nor resamples")
        if bool(tests) != bool(self.analysts):
            raise ValueError("analysts are those who retest: at least one where anything is, else nobody")
        if _plain(self.original_analyst) in map(_plain, self.analysts):
            raise ValueError(f"analysts: {self.original_analyst} made the original test, so another analyst retests")
        if bool(self.resamples) != bool(self.resample_evidence):
            raise ValueError(
                "resample_evidence goes with resamples: what shows that the sample, not the lot, was wrong"
            )


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()


class Planned(Protocol):
    """What of an investigation says which tests are its plan's."""

    id: UUID
    result_id: UUID
    test: str
    detected_at: str
    planned_retests: int | None
    planned_resamples: int | None
    retests_planned_at: datetime | None


class FurtherTest(Answer):
    """A retest or resample of the same lot, test and laboratory, as the laboratory reported it."""

    result_id: UUID
    role: ResultRole
    tested_at: Moment
    reported_at: HappenedAt
    """When it, or what it amends, was first recorded."""
    planned: bool
    """False: it came outside of a plan, and the investigation has to say what it means."""


@dataclass(frozen=True, slots=True)
class Repeated:
    """What was tested again, and what of the plan is not reported yet."""

    tests: Sequence[FurtherTest] = ()
    missing: Mapping[ResultRole, int] = field(default_factory=dict)

    def since(self, planned_at: datetime) -> Sequence[FurtherTest]:
        """What was reported after a plan was made."""
        return [test for test in self.tests if test.reported_at > planned_at]


@dataclass(slots=True)
class _Result:
    """A result as it was told last."""

    id: UUID
    said: Mapping[str, Any]
    tested_at: Moment
    reported_at: datetime
    lineage: frozenset[UUID] = frozenset()
    """What it amends, and what that amended."""
    names: frozenset[str] = frozenset()
    """What its test was called, each time that it was reported."""


def allot(investigations: Sequence[Planned], rows: Iterable[Mapping[str, Any]]) -> Mapping[UUID, Repeated]:
    """What each investigation's plan brought, of the results of one lot at one laboratory, in whatever order they came.

    Each counts once: the plan that was made first takes the first that were tested after it, up to its number.
    """
    results = _results(rows)
    again = {one.id: _again(one, results) for one in investigations}
    planned, missing = set[UUID](), dict[UUID, Mapping[ResultRole, int]]()
    for at, id, numbers in sorted(_plans(investigations)):
        free = [each for each in again[id] if each.id not in planned and _is_after(each, at)]
        its = {role: [each.id for each in free if each.said["role"] == role][:wanted] for role, wanted in numbers}
        planned.update(*its.values())
        missing[id] = {role: wanted - len(its[role]) for role, wanted in numbers}
    return {id: Repeated([_shown(each, planned) for each in found], missing.get(id, {})) for id, found in again.items()}


def _plans(investigations: Sequence[Planned]) -> Iterable[tuple[datetime, UUID, tuple[tuple[ResultRole, int], ...]]]:
    for one in investigations:
        if one.retests_planned_at:
            numbers = (one.planned_retests or 0, one.planned_resamples or 0)
            yield one.retests_planned_at, one.id, tuple(zip(AGAIN, numbers, strict=True))


def _results(rows: Iterable[Mapping[str, Any]]) -> list[_Result]:
    """Those that count, in the order in which they were reported first."""
    known: dict[UUID, _Result] = {}
    for row in sorted(rows, key=lambda row: (row["sequence"], row["recorded_at"])):
        said, id = row["said"], UUID(row["said"]["result_id"])
        first = known[id].reported_at if id in known else row["recorded_at"]
        known[id] = _Result(id, said, moments.read(row["occurred_at"]), min(first, row["recorded_at"]))
    for each in known.values():
        each.lineage = _lineage(each, known)
        each.names = frozenset(known[id].said["test"] for id in (each.id, *each.lineage) if id in known)
    amended = {id for each in known.values() for id in each.lineage}
    counting = [
        each
        for id, each in known.items()
        if id not in amended and not each.said.get("superseded_by") and not each.said.get("voided")
    ]
    for each in counting:  # whoever corrects a result does not make it a later one
        each.reported_at = min([each.reported_at, *(known[id].reported_at for id in each.lineage if id in known)])
    return sorted(counting, key=lambda each: (each.reported_at, each.id))


def _lineage(result: _Result, known: Mapping[UUID, _Result]) -> frozenset[UUID]:
    found: set[UUID] = set()
    earlier: _Result | None = result
    while earlier and (before := earlier.said.get("supersedes")) and UUID(before) not in found:
        found.add(UUID(before))
        earlier = known.get(UUID(before))
    return frozenset(found)


def _again(one: Planned, results: Sequence[_Result]) -> list[_Result]:
    """What was tested again since the result was found; the test may have been reported under another name."""
    own = [each for each in results if one.result_id in {each.id, *each.lineage}]
    names = {one.test}.union(*(each.names for each in own))
    found = moments.read(one.detected_at)
    return [
        each
        for each in results
        if each.said.get("role") in AGAIN and each.said["test"] in names and each not in own
        if not moments.is_before(each.tested_at, found)
    ]


def _is_after(result: _Result, planned_at: datetime) -> bool:
    return result.reported_at > planned_at and not moments.is_before(result.tested_at, planned_at)


def _shown(result: _Result, planned: set[UUID]) -> FurtherTest:
    return FurtherTest(
        result_id=result.id,
        role=result.said["role"],
        tested_at=result.tested_at,
        reported_at=result.reported_at,
        planned=result.id in planned,
    )
