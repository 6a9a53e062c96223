"""Tests that were out of specification, each once with all its revisions, and what was concluded of each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias
from uuid import UUID

from contracts import Recorded
from contracts.quality_events import OosConcluded, OosLinked, OosReopened
from contracts.sample_tracking import ResultsReported
from kpi.facts import reading
from kpi.facts.ledger import Source, Statement
from kpi.once import commands
from kpi.once.model import Once
from runtime.work import Work

Concluding: TypeAlias = Recorded[OosConcluded] | Recorded[OosLinked] | Recorded[OosReopened]
"""A fact that says what an investigation concluded, or that it does not stand."""


@dataclass
class Tests:
    """Results by their ids, with their investigations: both are joined by which result amends which."""

    __test__ = False

    found: Once = field(default_factory=lambda: Once(reading.OF_AN_OOS_TEST, forks=True))
    concluded: Once = field(default_factory=lambda: Once(reading.OF_ITS_CONCLUSION, forks=True))

    def __post_init__(self) -> None:
        self.concluded.names = self.found.names

    def report(self, recorded: Recorded[ResultsReported]) -> list[Statement]:
        """Results are told, and which others they amend."""
        source, told = Source.of(recorded), recorded.fact.results
        for result in told:
            self.found.say(reading.oos_test(recorded.fact, source, result))
            for name, stands in _amendments(result.result_id, result.supersedes, result.superseded_by):
                self.found.names[name].add(stands)
        names = [result.result_id for result in told]
        return [*self.found.settle(names, names, source), *self.concluded.settle(names, (), source)]

    def conclude(self, recorded: Concluding) -> list[Statement]:
        """An investigation of a result has a conclusion, or none any more."""
        said = reading.oos_test_conclusion(recorded)
        self.concluded.say(said)
        return self.concluded.settle([said.name], [said.subject_id], Source.of(recorded))


def _amendments(id: UUID, before: UUID | None, after: UUID | None) -> Iterable[tuple[UUID, UUID]]:
    if before is not None:
        yield before, id
    if after is not None:
        yield id, after


async def report(work: Work, facts: Sequence[Recorded[ResultsReported]]) -> list[Statement]:
    """What results say of tests that were out of specification. The caller holds the lock of results."""
    tests = Tests()
    results = [result for recorded in facts for result in recorded.fact.results]
    others = {id for result in results for id in (result.supersedes, result.superseded_by) if id is not None}
    names = {result.result_id for result in results}
    known = [tests.found, tests.concluded]
    loaded = await commands.load(work, known, names | others, names)
    found = [statement for recorded in facts for statement in tests.report(recorded)]
    await commands.keep(work, known, loaded)
    return found


async def conclude(work: Work, facts: Sequence[Concluding]) -> list[Statement]:
    """What conclusions say of the tests. The caller holds the locks of results and of quality events."""
    tests = Tests()
    known = [tests.concluded]
    loaded = await commands.load(
        work, known, {each.fact.result_id for each in facts}, {each.fact.investigation_id for each in facts}
    )
    found = [statement for recorded in facts for statement in tests.conclude(recorded)]
    await commands.keep(work, known, loaded)
    return found
