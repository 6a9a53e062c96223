"""Retests and resamples of an investigation: planned before testing, and what came of it (FDA OOS guidance, 2022)."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, Protocol
from uuid import UUID

from pydantic import Field

from contracts import HappenedAt, Moment
from contracts.partner_feeds import Qualifier, ResultRole, TestStage
from contracts.sample_tracking import Evaluation
from quality_events import moments
from quality_events.oos_investigations.lineages import Reported, reported
from runtime.bodies import Body, Words
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


class FurtherTest(Answer):
    """A further test of the same lot, stage, test and laboratory, as that reported it, whatever its role."""

    result_id: UUID
    role: ResultRole
    tested_at: Moment
    reported_at: HappenedAt
    """When it, or what it amends, was first recorded."""
    value: Decimal | None
    """What it gave; of one that was withdrawn, before that. Null of a result in words, and while that is read again."""
    text: str | None
    qualifier: Qualifier | None
    unit: str | None
    evaluation: Evaluation | None
    planned: bool
    """False: it came outside of a plan, and the investigation has to say what it means."""
    voided_at: HappenedAt | None
    """When its laboratory withdrew it: it counts for no plan. Null while it stands."""
    reason: str | None
    """Why it was made outside of the plan, or withdrawn, as the laboratory says in its proposal."""

    @property
    def unexplained(self) -> bool:
        """Whether it is to be said why, and nobody did."""
        return self.to_be_explained and self.reason is None

    @property
    def to_be_explained(self) -> bool:
        """Whether it is none that was planned, or was withdrawn."""
        return not self.planned or self.voided_at is not None


class AmendedTo(Answer):
    """What the laboratory amended the result to. It stands where the result is found invalid after that was recorded:
    who approves reads it. One that is recorded since the conclusion is invalid with it."""

    result_id: UUID
    reported_at: HappenedAt
    value: Decimal | None
    text: str | None
    qualifier: Qualifier | None
    unit: str | None
    evaluation: Evaluation | None
    voided_at: HappenedAt | None
    """When its laboratory withdrew it; null where that amended it."""


class ExplainTest(Body):
    """Why a test was made outside of the plan, or was withdrawn."""

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
        """What is said of the tests that nobody planned or that were withdrawn, as it is kept.

        Raises ValueError unless it says why of each of them, once, and of no other.
        """
        asked = {test.result_id for test in self.tests if test.to_be_explained}
        counts = Counter(each.result_id for each in given)
        if lacks := sorted(asked - counts.keys()):
            raise ValueError(
                "explained says of each test outside of the plan why it was made, and of each that was withdrawn why: "
                f"{_listed(lacks)} lack"
            )
        if wrong := sorted(id for id, count in counts.items() if id not in asked or count > 1):
            raise ValueError(f"explained names, once, what is not planned or was withdrawn, and not {_listed(wrong)}")
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
    shown = {one.id: [_shown(each, one, planned) for each in again[one.id]] for one in investigations}
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
    own = [each for each in results if one.result_id in each.ids]
    names = {one.test}.union(*(each.tests for each in own))
    found = moments.read(one.detected_at)
    known = max([one.opened_at, *(each.reported_at for each in own)])
    return [
        each
        for each in results
        if each.tests & names and each not in own
        if not _is_of_another_pull(each, one, own)
        if each.reported_at > known or (each.roles & {*AGAIN} and not moments.is_before(each.tested_at, found))
    ]


def _amended(one: Investigated, results: Sequence[Reported]) -> list[AmendedTo]:
    return [
        AmendedTo(result_id=each.id, reported_at=each.amended_at, voided_at=each.voided_at, **_given(each))
        for each in results
        if one.result_id in each.ids and one.result_id != each.id
    ]


def _is_of_another_pull(result: Reported, one: Investigated, own: Sequence[Reported]) -> bool:
    of_a_study = one.stage == TestStage.stability and bool(own)
    return of_a_study and all(result.is_of_another_pull(each) for each in own)


def _is_after(result: Reported, planned_at: datetime) -> bool:
    return result.reported_at > planned_at and not moments.is_before(result.tested_at, planned_at)


def _shown(result: Reported, one: Investigated, planned: set[UUID]) -> FurtherTest:
    reasons = {each["result_id"]: each["reason"] for each in one.explained_tests or ()}
    return FurtherTest(
        result_id=result.id,
        role=result.role,
        tested_at=result.tested_at,
        reported_at=result.reported_at,
        **_given(result),
        planned=result.id in planned,
        voided_at=result.voided_at,
        reason=reasons.get(str(result.id)),
    )


def _given(result: Reported) -> dict[str, Any]:
    """What a result gave."""
    said = result.said
    before = Qualifier.below_quantitation if said.get("below_quantitation") else None
    given = {name: said.get(name) for name in ("value", "text", "unit", "evaluation")}
    return given | {"qualifier": said.get("qualifier") or before}
