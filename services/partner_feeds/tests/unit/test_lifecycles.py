"""Who may do what when, and the picture of it."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from partner_feeds.language import shipped
from partner_feeds.mappings.model import MappingState, MappingVersion
from partner_feeds.messages.model import Message, MessageState
from partner_feeds.reporting.outcomes import Counts
from runtime.lifecycle import NotAllowedNow, allowed_now, table

NOW = datetime(2026, 3, 14, tzinfo=UTC)


def message(state: MessageState = MessageState.received) -> Message:
    return Message(
        feed_id=uuid4(),
        feed="f",
        partner_id=uuid4(),
        content_type="text/csv",
        size=1,
        sha256="0",
        received_at=NOW,
        state=state,
        parties=[],
    )


@pytest.mark.parametrize(
    ("before", "counts", "after"),
    [
        (MessageState.received, Counts(accepted=3), MessageState.translated),
        (MessageState.received, Counts(duplicate=3), MessageState.translated),
        (MessageState.received, Counts(), MessageState.translated),
        (MessageState.received, Counts(duplicate=1, refused=2), MessageState.partly_translated),
        (MessageState.received, Counts(refused=2), MessageState.quarantined),
        (MessageState.replaying, Counts(accepted=3), MessageState.replayed),
        (MessageState.replaying, Counts(amended=1, refused=2), MessageState.partly_translated),
        (MessageState.replaying, Counts(refused=2), MessageState.quarantined),
    ],
)
def test_what_a_translation_comes_to(before: MessageState, counts: Counts, after: MessageState) -> None:
    concluded = message(before)
    fact = concluded.conclude(counts, "row 2: why", NOW)
    assert concluded.state == after
    assert (fact is not None) == bool(counts.refused)
    if fact is not None:
        assert (fact.refused, fact.first_reason, fact.message_id) == (counts.refused, "row 2: why", concluded.id)


@pytest.mark.parametrize("state", [MessageState.translated, MessageState.replayed, MessageState.dismissed])
def test_a_message_without_refused_rows_is_settled(state: MessageState) -> None:
    assert allowed_now(message(state)) == []
    with pytest.raises(NotAllowedNow):
        message(state).replay()


def test_only_quality_dismisses() -> None:
    needs = next(row.needs for row in table(Message) if row.name == "dismiss")
    assert {str(grant.role) for grant in needs.grants} == {"quality"}


def test_a_mapping_is_approved_once() -> None:
    version = MappingVersion.draft(shipped()["tablets-process"], "code: ...", "ana")
    version.approve("ben", NOW)
    assert (version.state, version.approved_by, version.approved_at) == (MappingState.live, "ben", NOW)
    with pytest.raises(NotAllowedNow):
        version.approve("ben", NOW)
    version.retire()
    assert allowed_now(version) == []
