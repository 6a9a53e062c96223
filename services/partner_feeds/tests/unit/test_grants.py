"""What a feed may report: the record types of its kind, in its own partner's name; anything else by a grant."""

from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import product
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.batch_records import Use
from contracts.partner_feeds import DeviationReported, TestStage
from directory.queries import Directory, Place
from partner_feeds.feeds.model import Feed, FeedFormat, FeedKind, FeedState, RecordType
from partner_feeds.records.answers import Accepted
from partner_feeds.records.batch_records import BatchRecord, LotStatus, MaterialUse, ProcessExcursion
from partner_feeds.records.model import (
    BatchCompletion,
    BatchStart,
    Deviation,
    LotCode,
    NamedValue,
    ProcessData,
    TestResult,
)
from partner_feeds.reporting.codes import Scope
from partner_feeds.reporting.judging import Judge
from partner_feeds.reporting.rows import Row, resolve
from runtime.problems import RuleViolated

SENDER, OTHER, STRANGER = uuid4(), uuid4(), uuid4()
SITES = {"own": Place(uuid4(), SENDER), "other": Place(uuid4(), OTHER), "stranger": Place(uuid4(), STRANGER)}
NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)
OF_ITS_KIND = {
    ("mes", "BatchStart"), ("mes", "BatchCompletion"), ("mes", "ProcessData"), ("mes", "Deviation"),
    ("mes", "BatchRecord"), ("mes", "MaterialUse"), ("mes", "ProcessExcursion"), ("mes", "LotStatus"),
    ("lims", "TestResult"), ("qms", "Deviation"), ("erp", "BatchStart"), ("erp", "BatchCompletion"),
    ("erp", "MaterialUse"), ("erp", "LotStatus"),
}  # fmt: skip
"""The same table, written once more by hand."""


def feed(kind: FeedKind, **more: Any) -> Feed:
    """A feed that reports on its own site's lots and on another maker's."""
    return Feed(
        code="f",
        partner_id=SENDER,
        site_id=SITES["own"].id,
        manufacturing_site_id=SITES["other"].id,
        manufacturing_partner_id=OTHER,
        kind=kind,
        format=FeedFormat.cloudevents,
        time_zone="UTC",
        parties=[SENDER, OTHER],
        **more,
    )


def record(kind: RecordType, whose: str) -> Any:
    """A record that is reported in the name of the partner of a site."""
    lot = LotCode("25", "1", whose)
    match kind:
        case RecordType.batch_start:
            return BatchStart(record_id="r", occurred_at=NOON, lot=lot)
        case RecordType.batch_completion:
            return BatchCompletion(record_id="r", occurred_at=NOON, lot=lot, yield_percent=Decimal(12))
        case RecordType.process_data:
            return ProcessData(record_id="r", occurred_at=NOON, lot=lot, step="press", values=(NamedValue("f", "1"),))
        case RecordType.test_result:
            stage, value = TestStage.release, Decimal(1)
            return TestResult(
                record_id="r", occurred_at=NOON, lot=lot, laboratory=whose, test="t", stage=stage, value=value, unit="%"
            )
        case RecordType.deviation:
            return Deviation(
                record_id="r", occurred_at=NOON, title="t", category="c", site=whose, partner_aware_at=NOON
            )
        case RecordType.batch_record:
            return BatchRecord(record_id="r", occurred_at=NOON, lot=lot, complete=True, digest="0" * 64)
        case RecordType.material_use:
            return MaterialUse(record_id="r", occurred_at=NOON, lot=lot, material="m", number="1", use=Use.consumed)
        case RecordType.process_excursion:
            return ProcessExcursion(record_id="r", occurred_at=NOON, lot=lot, event_id="1", kind="Alarm")
        case RecordType.lot_status:
            return LotStatus(record_id="r", occurred_at=NOON, lot=lot, status="Valid")


def sent(given: Feed, what: Any) -> Row:
    """What becomes of the record."""
    scope = Scope(given, uuid4(), None, date(2026, 3, 14))
    (row,) = resolve(scope, Directory({"25": uuid4()}, SITES), Judge({}), [Accepted(1, (what,))])
    return row


@pytest.mark.parametrize(("kind", "of", "whose"), list(product(FeedKind, RecordType, SITES)))
def test_kind_by_record_by_whose_name(kind: FeedKind, of: RecordType, whose: str) -> None:
    may = whose == "own" and (str(kind), str(of)) in OF_ITS_KIND
    row = sent(feed(kind), record(of, whose))
    assert bool(row.facts) == may
    if not may and whose != "stranger":
        (error,) = row.errors
        assert error.value == of
        assert "/v1/feeds/f/grants" in error.reason


@pytest.mark.parametrize(("kind", "of"), list(product(FeedKind, RecordType)))
def test_a_grant_holds_for_one_record_type_and_one_partner(kind: FeedKind, of: RecordType) -> None:
    granted = feed(kind)
    granted.grant(of, OTHER)
    assert sent(granted, record(of, "other")).facts
    others = [other for other in RecordType if other != of]
    assert not any(sent(granted, record(other, "other")).facts for other in others)
    assert bool(sent(granted, record(of, "own")).facts) == ((str(kind), str(of)) in OF_ITS_KIND)
    granted.withdraw_grant(of, OTHER)
    assert not sent(granted, record(of, "other")).facts


def test_nobody_is_granted_what_concerns_a_stranger() -> None:
    for partner_id in (STRANGER, UUID(int=0)):
        with pytest.raises(RuleViolated, match="reports on no site"):
            feed(FeedKind.lims).grant(RecordType.batch_start, partner_id)
    with pytest.raises(RuleViolated, match="has no grant"):
        feed(FeedKind.lims).withdraw_grant(RecordType.batch_start, OTHER)


def test_a_fact_says_whose_system_reported_it_and_whether_it_is_history() -> None:
    scope = Scope(feed(FeedKind.mes), uuid4(), None, date(2026, 3, 14), historic=True)
    (row,) = resolve(
        scope, Directory({"25": uuid4()}, SITES), Judge({}), [Accepted(1, (record(RecordType.deviation, "own"),))]
    )
    (fact,) = row.facts
    assert isinstance(fact, DeviationReported)
    assert (fact.reported_by, fact.historic) == (SENDER, True)


def test_a_feed_loads_its_past_and_then_goes_live() -> None:
    one, states = feed(FeedKind.mes), []
    for step in (one.load_history, one.go_live):
        step()
        states.append(one.state)
    assert states == [FeedState.loading_history, FeedState.live]
