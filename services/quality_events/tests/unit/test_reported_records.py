"""Records that a maker's system gives: the same one stands in whichever order the versions and the making are told."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import Lot, Side
from contracts.batches import BatchRecordReceived, BatchRecordRevised
from quality_events.batches.model import Batch
from quality_events.batches.record import not_ended
from quality_events.batches.reported import ReportedRecord, Standing, newest, not_taken, standing, to_take
from quality_events.batches.stages import BatchStage, Stage
from quality_events.batches.terms import Authority, BatchState, Completion, Source
from quality_events.readiness.terms import ReadinessVerdict
from runtime.problems import RuleViolated
from tests.dossiers import batch as dossier
from tests.dossiers import condition

LOT = Lot(id=uuid4(), number="B-1", material="AMLO-5", product_id=uuid4(), site_id=uuid4(), partner_id=uuid4())
NOW = datetime(2026, 5, 9, 9, tzinfo=UTC)
FIRST: dict[str, Any] = {"record_version": "1", "digest": "1" * 64, "complete": True, "authors": ["eva"]}


def version(revision: int, *, at: int = 0, **more: Any) -> ReportedRecord:
    """A version as it came, so many hours after the first."""
    said: dict[str, Any] = {
        "source": "mes/EBR-1", "record_version": str(revision), "digest": f"{revision}" * 64, "complete": True,
        "status": "Complete", "changed_at": "2026-05-08", "authority": Authority.maker, "received_by": "mes-token",
    }  # fmt: skip
    received = NOW + timedelta(hours=at)
    return ReportedRecord(batch_id=LOT.id, revision=revision, received_at=received, **said | more)


class Told:
    """A batch, what was told of it, and what followed."""

    def __init__(self) -> None:
        self.batch, self.given, self.facts, self.hour = Batch.announce(LOT), [], [], 0
        self.stages: list[BatchStage] = []

    def tell(self, what: dict[str, Any] | str) -> None:
        """The next thing is told, an hour after the last."""
        self.hour += 1
        if isinstance(what, str):
            self.batch.record_completion(Completion(Source("mes"), "2026-05", completed_at=date(2026, 5, 7)))
        else:
            self.given.append(version(at=self.hour, **what))
        self.settle()

    def settle(self) -> None:
        """What waits stands where it may."""
        found = to_take(self.batch.state, self.batch, self.given, not_ended(self.stages))
        if found:
            self.facts.append(self.batch.take_reported(found, self.stages, NOW + timedelta(hours=self.hour)))

    @property
    def end(self) -> Any:
        """What there is in the end."""
        batch = self.batch
        stands = sorted((each.revision, standing(batch.state, batch, self.given)[each.id]) for each in self.given)
        return batch.state, batch.record_version, batch.record_digest, batch.record_complete, stands


def told(*all_of_it: Any) -> Told:
    """What became of it in this order."""
    made = Told()
    for each in all_of_it:
        made.tell(each)
    return made


STORIES: dict[str, Sequence[Any]] = {
    "versions": ["made", {"revision": 1}, {"revision": 2}, {"revision": 3, "complete": False}],
    "a draft first": ["made", {"revision": 1, "complete": False}, {"revision": 2}],
    "no more than a draft": ["made", {"revision": 1, "complete": False}, {"revision": 2, "complete": False}],
    "never made": [{"revision": 1}, {"revision": 2}],
    "another's": ["made", {"revision": 9, "source": "lims/7", "authority": Authority.granted}, {"revision": 2}],
    "two records": ["made", {"revision": 4, "changed_at": "2026-04"}, {"revision": 2, "source": "mes/EBR-0"}],
}


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
def test_the_end_is_the_same_in_every_order(story: Sequence[Any]) -> None:
    ends = [told(*order).end for order in permutations(story)]
    assert all(end == ends[0] for end in ends)


@given(st.permutations([1, 2, 3, 4, 5, "made"]), st.sets(st.integers(1, 5)))
def test_the_last_revision_stands_once_one_is_complete(order: list[Any], drafts: set[int]) -> None:
    end = told(*({"revision": each, "complete": each not in drafts} if each != "made" else each for each in order))
    begins = len(drafts) < 5
    assert end.batch.state == (BatchState.under_review if begins else BatchState.manufactured)
    assert (end.batch.record_version, end.batch.record_complete) == (("5", 5 not in drafts) if begins else (None, None))
    kinds = [type(fact) for fact in end.facts]
    assert kinds[:1] == [BatchRecordReceived] * begins
    assert set(kinds[1:]) <= {BatchRecordRevised}


def test_a_record_comes_before_its_batch_and_waits_for_the_stages() -> None:
    early = told({"revision": 1})
    assert (early.batch.state, early.facts, early.end[-1]) == (BatchState.announced, [], [(1, Standing.waits)])
    said = Stage(step="compression", site_id=LOT.site_id, started_at=date(2026, 5, 5))
    early.stages = [early.batch.record_stage(said, None, "bor")]
    early.tell("made")
    assert (early.batch.state, early.facts) == (BatchState.manufactured, [])
    with pytest.raises(RuleViolated, match="stages have not ended: compression"):
        early.batch.take_reported(early.given[0], early.stages, NOW)
    early.stages[0].ended_at = "2026-05-06"
    early.settle()
    assert (early.batch.state, early.batch.record_authors) == (BatchState.under_review, ["bor", "mes-token"])
    assert (early.batch.record_received_by, early.end[-1]) == ("mes-token", [(1, Standing.stands)])


def test_a_new_version_undoes_both_reviews_and_the_same_digest_none() -> None:
    made = told("made", {"revision": 1})
    made.batch.review_record("ana", NOW)
    made.tell({"revision": 2, "digest": "1" * 64})
    assert (made.batch.reviewed_side, len(made.facts)) == (Side.maker, 1)
    made.tell({"revision": 3, "record_version": "1"})
    assert (made.batch.reviewed_side, made.batch.record_digest) == (None, "3" * 64)
    assert made.batch.record_authors == ["mes-token"]
    assert isinstance(made.facts[-1], BatchRecordRevised)


def test_what_a_person_handed_in_later_is_not_undone_by_what_was_there() -> None:
    made = told("made", {"revision": 1, "complete": False})
    made.batch.take_record([], **FIRST | {"digest": "9" * 64}, by="cid", now=NOW + timedelta(hours=5))
    made.settle()
    assert (made.batch.record_digest, made.end[-1]) == ("9" * 64, [(1, Standing.superseded)])
    made.hour = 6
    made.tell({"revision": 2})
    assert (made.batch.record_digest, made.batch.record_authors) == ("2" * 64, ["cid", "eva", "mes-token"])


def test_what_comes_after_the_decision_stays_to_be_seen() -> None:
    made = told("made", {"revision": 1})
    made.batch.decide()
    made.tell({"revision": 2})
    assert (made.batch.record_digest, made.end[-1]) == ("1" * 64, [(1, Standing.stands), (2, Standing.late)])
    decided = dossier([], state="dispositioned")
    late = condition(replaced(decided, made), "record_reviewed")
    assert (late.verdict, condition(decided, "record_reviewed").verdict) == (
        *(ReadinessVerdict.unknown, ReadinessVerdict.met),
    )
    assert late.findings[0].text.startswith("version 2 came after the decision")


@pytest.mark.parametrize(
    ("complete", "why"), [(False, "gave, is not complete"), (True, "gave, waits until every stage has ended")]
)
def test_readiness_says_what_the_record_waits_for(complete: bool, why: str) -> None:
    made = told({"revision": 2, "complete": complete})
    bare = dossier([], state="manufactured", reviewed_side=None, record_version=None)
    (found,) = condition(replaced(bare, made), "record_reviewed").findings
    assert found.text == f"version 2, which the maker's system {why}"


def test_a_later_version_that_is_not_complete_says_so() -> None:
    draft = dossier([], reviewed_side=None, record_complete=False)
    (found,) = condition(draft, "record_reviewed").findings
    assert found.text == "it is not complete"


def test_nothing_given_is_nothing() -> None:
    assert (newest([]), not_taken(Batch.announce(LOT), [])) == (None, None)


def replaced(before: Any, made: Told) -> Any:
    """A dossier with what the maker's system gave."""
    return replace(before, not_taken=not_taken(made.batch, made.given))
