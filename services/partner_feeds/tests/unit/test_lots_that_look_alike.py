"""A lot, a record or an input that looks like another one and is none: refused, and never quietly another."""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest

from directory.queries import Directory, Place
from partner_feeds.feeds.model import Feed, FeedFormat, FeedKind
from partner_feeds.records.answers import Accepted
from partner_feeds.records.model import BatchStart, LotCode, MaterialUsed
from partner_feeds.reporting.codes import Scope
from partner_feeds.reporting.judging import Judge
from partner_feeds.reporting.rows import resolve

MAKER, SITE = uuid4(), uuid4()
HIDDEN = "L1\u200b"
FEED = Feed(
    code="f",
    partner_id=MAKER,
    site_id=SITE,
    manufacturing_site_id=SITE,
    manufacturing_partner_id=MAKER,
    kind=FeedKind.mes,
    format=FeedFormat.csv,
    time_zone="UTC",
    parties=[MAKER],
)


@pytest.mark.parametrize(
    ("record_id", "number", "used"), [(HIDDEN, "1", "1"), ("r", HIDDEN, "1"), ("r", "1", HIDDEN), ("r", "1", "1")]
)
def test_what_looks_like_another_is_refused_with_its_reason(record_id: str, number: str, used: str) -> None:
    inputs = (MaterialUsed("lactose", used),)
    noon = datetime(2026, 3, 14, 12, tzinfo=UTC)
    record = BatchStart(record_id=record_id, occurred_at=noon, lot=LotCode("25", number), inputs=inputs)
    directory = Directory({"25": uuid4()}, {"s": Place(SITE, MAKER)})
    (row,) = resolve(Scope(FEED, uuid4(), None, date(2026, 3, 14)), directory, Judge({}), [Accepted(1, (record,))])
    if HIDDEN not in (record_id, number, used):
        assert row.facts
        return
    (error,) = row.errors
    assert "U+200B ZERO WIDTH SPACE" in error.reason
    assert not row.facts
