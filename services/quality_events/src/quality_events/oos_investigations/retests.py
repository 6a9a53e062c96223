"""Retests and resamples of an investigation: planned before testing, and what came of it (FDA OOS guidance, 2022)."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Protocol
from uuid import UUID

from pydantic import Field

from contracts.partner_feeds import ResultRole, TestStage
from quality_events import moments
from quality_events.oos_investigations.further import AmendedTo, FurtherTest, amended_to, further_test
from quality_events.oos_investigations.lineages import Reported, reported
from runtime.bodies import Body, Words

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


class Investigated(Protocol):
    """What of an investigation says which tests are its plan's, and what the others mean."""

    id: UUID
    result_id: UUID
    test: str
    stage: str
    detected_at: str
    opened_at: datetime
    planned_retests: int | None
    planned_resamples: int | None
    retests_planned_at: datetime | None
    explained_tests: list[dict[str, Any]] | None


class ExplainTest(Body):
    """Why a test was made outside of the plan, or was amended or withdrawn."""

    result_id: UUID
    reason: Words = Field(examples=["The flask cracked in the bath; worksheet 2026-121"])


@dataclass(frozen=True, slots=True)
class Repeated:
    """What was tested again, and what of the plan is not reported yet."""

    tests: Sequence[FurtherTest] = ()
    missing: Mapping[ResultRole, int] = field(default_factory=dict)
    amended_to: Sequence[AmendedTo] = ()
    """What stands in the place of the result that is investigated; none where that stands."""
    unread: Sequence[str] = ()
    """What is being read again, so that the newest of the tests may not be known."""

    def since(self, planned_at: datetime) -> Sequence[FurtherTest]:
        """What was reported after a plan was made."""
        return [test for test in self.tests if test.reported_at > planned_at]

    def explained(self, given: Sequence[ExplainTest]) -> list[dict[str, str]]:
        """What is said of the tests that nobody planned, or that were amended or withdrawn, as it is kept.

        Raises ValueError unless it says why of each of them, once, and of no other.
        """
        asked = {test.result_id for test in self.tests if test.to_be_explained}
        counts = Counter(each.result_id for each in given)
        if lacks := sorted(asked - counts.keys()):
            raise ValueError(
                "explained says of each test outside of the plan why it was made, and of each that was amended or "
                f"withdrawn why: {_listed(lacks)} lack"
            )
        if wrong := sorted(id for id, count in counts.items() if id not in asked or count > 1):
            raise ValueError(
                f"explained names, once, what is not planned, or was amended or withdrawn, and not {_listed(wrong)}"
            )
        return [{"result_id": str(each.result_id), "reason": each.reason} for each in given]


def _listed(ids: Iterable[UUID]) -> str:
    return ", ".join(map(str, ids))


def allot(investigations: Sequence[Investigated], rows: Iterable[Mapping[str, Any]]) -> Mapping[UUID, Repeated]:
    """What each investigation's plan brought, of the results of one lot at one laboratory, in whatever order they came.

    Each counts once: the plan that was made first takes the first that were tested after it, up to its number. One that
    is withdrawn stays in its place and does not count; it makes room for one that is reported after that.
    """
    results = reported(rows)
    again = {one.id: _again(one, results) for one in investigations}
    planned, missing = set[UUID](), dict[UUID, dict[ResultRole, int]]()
    for at, id, numbers in sorted(_plans(investigations)):
        free = [each for each in again[id] if each.id not in planned and _is_after(each, at)]
        its = {role: _first([each for each in free if each.role == role], wanted) for role, wanted in numbers}
        planned.update(each.id for found in its.values() for each in found)
        missing[id] = {role: wanted - sum(not each.voided_at for each in its[role]) for role, wanted in numbers}
    reasons = {
        one.id: {each["result_id"]: each["reason"] for each in one.explained_tests or ()} for one in investigations
    }
    shown = {
        one.id: [
            further_test(
                each,
                planned=each.id in planned,
                amended_at=each.amended_since(_known_at(one, results)),
                reason=reasons[one.id].get(str(each.id)),
            )
            for each in results
            if each in again[one.id] or _is_amended(each, one, results)
        ]
        for one in investigations
    }
    return {one.id: Repeated(shown[one.id], missing.get(one.id, {}), _amended(one, results)) for one in investigations}


def _plans(
    investigations: Sequence[Investigated],
) -> Iterable[tuple[datetime, UUID, tuple[tuple[ResultRole, int], ...]]]:
    for one in investigations:
        if one.retests_planned_at:
            numbers = (one.planned_retests or 0, one.planned_resamples or 0)
            yield one.retests_planned_at, one.id, tuple(zip(AGAIN, numbers, strict=True))


def _first(results: Sequence[Reported], wanted: int) -> list[Reported]:
    """The first of them for which there was room: nobody tests more than that, and then chooses which to keep."""
    found: list[Reported] = []
    for each in results:
        if sum(other.stood_at(each.reported_at) for other in found) < wanted:
            found.append(each)
    return found


def _again(one: Investigated, results: Sequence[Reported]) -> list[Reported]:
    """What was tested beside the result that was found; the test may have been reported under another name.

    All that was first recorded after the finding, whatever its role and whenever it says that it was tested: neither
    takes a test out of sight. What came in one report with the result is no further test, unless it says that it is;
    nor is another pull of a stability study, which is a series of its own.
    """
    own = _own(one, results)
    found, known = moments.read(one.detected_at), _known_at(one, results)
    return [
        each
        for each in _of_its_test(one, results)
        if each not in own
        if each.reported_at > known or (each.roles & {*AGAIN} and not moments.is_before(each.tested_at, found))
    ]


def _is_amended(result: Reported, one: Investigated, results: Sequence[Reported]) -> bool:
    """Whether its laboratory amended or withdrew, after the finding, what was found or what stood beside it: a next
    revision may be another test, and whoever signs has to know of it."""
    return bool(result.amended_since(_known_at(one, results))) and result in _of_its_test(one, results)


def _amended(one: Investigated, results: Sequence[Reported]) -> list[AmendedTo]:
    return [amended_to(each) for each in _own(one, results) if each.id != one.result_id]


def _own(one: Investigated, results: Sequence[Reported]) -> list[Reported]:
    return [each for each in results if one.result_id in each.ids]


def _of_its_test(one: Investigated, results: Sequence[Reported]) -> list[Reported]:
    own = _own(one, results)
    names = {one.test}.union(*(each.tests for each in own))
    return [each for each in results if each.tests & names and not _is_of_another_pull(each, one, own)]


def _known_at(one: Investigated, results: Sequence[Reported]) -> datetime:
    """When the finding was known here: its result may be recorded a moment after that, with what came beside it."""
    own = (each.recorded_at(one.result_id) for each in _own(one, results))
    return max([one.opened_at, *own])


def _is_of_another_pull(result: Reported, one: Investigated, own: Sequence[Reported]) -> bool:
    of_a_study = one.stage == TestStage.stability and bool(own)
    return of_a_study and all(result.is_of_another_pull(each) for each in own)


def _is_after(result: Reported, planned_at: datetime) -> bool:
    return result.reported_at > planned_at and not moments.is_before(result.tested_at, planned_at)
