"""What the documents of the API show as examples is taken as it stands."""

import json
from datetime import UTC, datetime

import pytest

from partner_feeds import examples
from partner_feeds.language import load
from partner_feeds.records.answers import Accepted
from partner_feeds.records.types import RECORD_TYPES
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


@pytest.mark.parametrize("type_", RECORD_TYPES)
def test_the_event_of_each_type_is_read(type_: str) -> None:
    (answer,) = read_events(json.dumps(examples.EVENT_OF[type_]).encode(), batched=False, now=NOW)
    assert isinstance(answer, Accepted)
    assert type(answer.records[0]) is RECORD_TYPES[type_]
