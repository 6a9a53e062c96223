"""What the documents of the API show as examples is taken as it stands."""

from datetime import UTC, datetime

import pytest

from partner_feeds import examples
from partner_feeds.language import load
from partner_feeds.records.answers import Accepted
from partner_feeds.translation.events import read_events
from partner_feeds.translation.files import translate

NOW = datetime(2026, 11, 27, tzinfo=UTC)


@pytest.mark.parametrize("document", [examples.MAPPING, examples.MAPPING_IN_JSON], ids=["yaml", "json"])
def test_the_mapping_reads_the_file(document: str) -> None:
    answers = list(translate(load(document), [examples.FILE.encode()], now=NOW))
    assert [type(answer) for answer in answers] == [Accepted, Accepted]


@pytest.mark.parametrize("events", [examples.EVENT, examples.EVENTS], ids=["one", "batch"])
def test_the_events_are_read(events: str) -> None:
    answers = list(read_events(events.encode(), batched=events.startswith("["), now=NOW))
    assert [type(answer) for answer in answers] == [Accepted]
