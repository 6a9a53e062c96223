"""Records that a maker's system gives: none moves the batch, and what became of each is the same in every order."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import permutations
from typing import Any
from uuid import uuid4

import pytest

from contracts import Lot
from quality_events.batches.model import Batch
from quality_events.batches.reported import RecordStanding, ReportedRecord, not_handed_in, set_aside, standing
from quality_events.batches.terms import Authority, BatchState
from quality_events.readiness.terms import ReadinessVerdict
from runtime.problems import RuleViolated
from tests.dossiers import batch as dossier
from tests.dossiers import condition

LOT = Lot(id=uuid4(), number="B-1", material="AMLO-5", product_id=uuid4(), site_id=uuid4(), partner_id=uuid4())
NOW = datetime(2026, 5, 9, 9, tzinfo=UTC)


def version(revision: int, **more: Any) -> ReportedRecord:
    """A version that was changed after the record was handed in."""
    said: dict[str, Any] = {
        "source": "mes/EBR-1", "record_version": str(revision), "digest": f"{revision}" * 64, "complete": True,
        "changed_at": "2026-05-10", "authority": Authority.maker, "received_by": "mes", "received_at": NOW,
    }  # fmt: skip
    return ReportedRecord(batch_id=LOT.id, revision=revision, **said | more)


def handed_in(digest: str | None) -> Batch:
    """A batch with the record of this digest, or with none."""
    batch = Batch.announce(LOT)
    if digest:
        batch.record_version, batch.record_digest, batch.record_complete = "9", digest * 64, True
        batch.record_received_at = NOW
    return batch


OTHER = {"source": "pack/EBR-2"}
BEFORE = {"changed_at": "2026-05-08"}
UNSEEN = BEFORE | {"received_at": datetime(2026, 5, 9, 9, 1, tzinfo=UTC)}
"""It came a minute after the record was handed in."""
ASIDE = {"set_aside_by": "ana", "set_aside_at": NOW, "set_aside_reason": "a copy of another lot's"}
GRANTED = {"source": "lims/7", "authority": Authority.granted}
STORIES: dict[str, tuple[str | None, list[ReportedRecord], list[str]]] = {
    "nothing stands yet": (None, [version(1), version(2)], ["superseded", "waits"]),
    "it stands": ("2", [version(1), version(2)], ["superseded", "stands"]),
    "a newer one": ("2", [version(1), version(2), version(3)], ["superseded", "stands", "waits"]),
    "a draft": ("1", [version(1), version(2, complete=False)], ["stands", "waits"]),
    "an old draft that comes late": ("8", [version(1, changed_at="2026-05-08")], ["superseded"]),
    "by the minute": ("8", [version(1, changed_at="2026-05-09T09:01:00Z")], ["waits"]),
    "the same day": ("8", [version(1, changed_at="2026-05-09")], ["waits"]),
    "two records": ("1", [version(1), version(3, **OTHER)], ["stands", "waits"]),
    "another system's record, changed before": ("1", [version(1), version(3, **OTHER | BEFORE)], ["stands", "waits"]),
    "a record of both, changed before": ("8", [version(1, **BEFORE), version(3, **OTHER | BEFORE)], ["superseded"] * 2),
    "a newer one of one of two": (
        "1",
        [version(1), version(2, **BEFORE), version(3, **OTHER | BEFORE)],
        ["stands", "superseded", "waits"],
    ),
    "changed before, and nobody had it": ("8", [version(1, **UNSEEN)], ["waits"]),
    "the same had come before": (
        "8",
        [version(1, digest="5" * 64), version(2, digest="5" * 64, **UNSEEN)],
        ["superseded"] * 2,
    ),
    "a later one of what stands, changed before": ("1", [version(1), version(2, **UNSEEN)], ["stands", "waits"]),
    "an earlier one of what stands": ("2", [version(1, **UNSEEN), version(2)], ["superseded", "stands"]),
    "said to be none": ("1", [version(1), version(2, **ASIDE)], ["stands", "set_aside"]),
    "the newest is said to be none": (
        None,
        [version(1), version(2), version(3, **ASIDE)],
        ["superseded", "waits", "set_aside"],
    ),
    "said to be none, and handed in after all": ("2", [version(1), version(2, **ASIDE)], ["superseded", "stands"]),
    "a granted system gave what was handed in": (
        "1",
        [version(1, **GRANTED), version(2, **BEFORE)],
        ["stands", "superseded"],
    ),
    "not the maker's own": ("1", [version(1), version(2, **GRANTED)], ["stands", "beside"]),
}


@pytest.mark.parametrize(("digest", "given", "expected"), STORIES.values(), ids=STORIES)
def test_what_became_of_each_is_the_same_in_every_order(
    digest: str | None, given: list[ReportedRecord], expected: list[str]
) -> None:
    for order in permutations(given):
        became = standing(BatchState.under_review, handed_in(digest), order)
        assert [became[each.id] for each in given] == expected


def test_what_waits_is_late_after_the_decision() -> None:
    given = version(2)
    assert standing(BatchState.dispositioned, handed_in("1"), [given]) == {given.id: RecordStanding.late}


def test_no_release_while_a_version_was_not_handed_in_and_nobody_states_it() -> None:
    reviewed = dossier([])
    assert condition(reviewed, "record_reviewed").verdict == ReadinessVerdict.met
    found = not_handed_in(BatchState.under_review, handed_in("1"), [version(1), version(3, **OTHER)])
    open_ = condition(replace(reviewed, not_handed_in=found), "record_reviewed")
    assert (open_.verdict, open_.owner) == (ReadinessVerdict.unknown, "maker")
    assert open_.findings[0].text.startswith("version 3 of pack/EBR-2")


def test_the_maker_says_of_what_waits_that_it_is_none_and_what_decides_sees_it() -> None:
    batch, given = handed_in("1"), [version(1), version(2)]
    with pytest.raises(RuleViolated, match="version 1 of mes/EBR-1 is stands: what waits, or is late") as refused:
        batch.set_aside_record(given[0], given, "x", "ana", NOW)
    assert refused.value.extensions == {"fields": ["reported_record_id"]}
    batch.set_aside_record(given[1], given, "a copy of another lot's", "ana", NOW)
    assert (given[1].set_aside_by, given[1].set_aside_at) == ("ana", NOW)
    assert not not_handed_in(BatchState.under_review, batch, given)
    with pytest.raises(RuleViolated, match="is set aside"):
        batch.set_aside_record(given[1], given, "again", "bea", NOW)
    aside = set_aside(BatchState.under_review, batch, given)
    found = condition(replace(dossier([]), records_set_aside=aside), "record_reviewed")
    assert (found.verdict, found.findings[1].text) == (
        ReadinessVerdict.met,
        f"version 2 of mes/EBR-1, SHA-256 {'2' * 64}, was set aside by ana: a copy of another lot's",
    )
