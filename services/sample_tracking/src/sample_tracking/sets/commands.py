"""Use cases of sets: a step is taken by the set, and by each of its results that waits for it."""

from collections.abc import Iterable
from uuid import UUID

from runtime.bodies import Reason
from runtime.lifecycle import table
from runtime.work import Work
from sample_tracking.flags.commands import must_be_answered
from sample_tracking.results.fields import ResultState
from sample_tracking.results.model import Result
from sample_tracking.sets import queries
from sample_tracking.sets.model import ResultSet, SetState
from sample_tracking.sets.schemas import ReviewSet


async def _locked(work: Work, set_id: UUID, state: ResultState) -> tuple[ResultSet, list[Result]]:
    """A set and its results in one state. Results first, as whoever records locks them: then the set, and what came
    until then."""
    await queries.results_of(work, set_id)
    found = await work.get(ResultSet, set_id)
    return found, [result for result in await queries.results_of(work, set_id) if result.state == state]


def _must_be_another(work: Work, step: str, waiting: Iterable[Result]) -> None:
    """Raise a 403 Problem for who typed one of the results, too: of two who did, the set names the one who ended it."""
    (needs,) = (row.needs for row in table(Result) if row.name == step)
    for result in waiting:
        needs.check_record(work.principal, result)


async def review(work: Work, result_set_id: UUID, body: ReviewSet) -> ResultSet:
    """A second person checked the results of a set that wait for it."""
    by = work.principal.subject
    found, waiting = await _locked(work, result_set_id, ResultState.submitted)
    _must_be_another(work, "review", waiting)
    found.review(body.raw_data_seen, by, work.now)
    for result in waiting:
        result.review(by, work.now)
    return found


async def approve(work: Work, result_set_id: UUID) -> ResultSet:
    """The quality unit stands by the results of a set: each is told as approved.

    Raises RuleViolated while something speaks against their data that nobody has answered.
    """
    by = work.principal.subject
    found, waiting = await _locked(work, result_set_id, ResultState.reviewed)
    _must_be_another(work, "approve", waiting)
    found.approve(by, work.now)
    await must_be_answered(work, result_set_id, {result.id for result in await queries.results_of(work, result_set_id)})
    for result in waiting:
        work.publish(result.approve(by, work.now), of=result)
    return found


async def send_back(work: Work, result_set_id: UUID, body: Reason) -> ResultSet:
    """The quality unit returns what was reviewed of a set."""
    found, waiting = await _locked(work, result_set_id, ResultState.reviewed)
    found.send_back(body.reason, work.principal.subject)
    for result in waiting:
        result.send_back()
    return found


async def send_back_one(work: Work, result_id: UUID, body: Reason) -> Result:
    """The quality unit returns a single result; its set waits for a review of it."""
    result = await work.get(Result, result_id)
    result.send_back()
    found = await work.get(ResultSet, result.set_id)
    if found.state in (SetState.submitted, SetState.reviewed):
        found.reopen(body.reason, work.principal.subject)
    return result
