"""Rows into facts, without a database: codes, fields of refusals, digests."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.partner_feeds import ProcessDataReported, TestStage
from directory.queries import Directory, Place
from partner_feeds.feeds.model import Feed, FeedFormat, FeedKind, RecordType
from partner_feeds.language import shipped
from partner_feeds.records.answers import Accepted, RowError
from partner_feeds.records.model import BatchStart, Deviation, LotCode, ProcessData, Record, TestResult
from partner_feeds.reporting.codes import Codes, Scope
from partner_feeds.reporting.digests import digest_of
from partner_feeds.reporting.fields import field_of
from partner_feeds.reporting.judging import Judge
from partner_feeds.reporting.outcomes import MOST_ERRORS_OF_A_ROW, Counts, Outcome, RowOutcome
from partner_feeds.reporting.rows import Row, resolve
from partner_feeds.reporting.sets import Result, in_sets
from partner_feeds.reporting.starts import month_of
from runtime.outbox import LARGEST_PAYLOAD

LAB, MAKER, PRODUCT = uuid4(), uuid4(), uuid4()
FEED = Feed(
    code="lab",
    partner_id=LAB,
    site_id=uuid4(),
    manufacturing_site_id=uuid4(),
    manufacturing_partner_id=MAKER,
    kind=FeedKind.lims,
    format=FeedFormat.csv,
    mapping="tablets-laboratory",
    time_zone="UTC",
    grants=[{"record": record, "partner_id": str(MAKER)} for record in RecordType],
    parties=[LAB, MAKER],
)
OWN, FOREIGN = Place(uuid4(), MAKER), Place(uuid4(), uuid4())
DIRECTORY = Directory({"25": PRODUCT}, {"S-1": OWN, "S-2": FOREIGN})
RESULT = TestResult(
    record_id="25/1/assay",
    occurred_at="2018-11",
    lot=LotCode("25", "1"),
    test="assay",
    stage=TestStage.release,
    value=Decimal("99.1"),
    unit="%",
)


SCOPE = Scope(FEED, uuid4(), None, date(2026, 3, 14))


def result_of(record: TestResult) -> Result:
    (result,) = read(record).facts
    assert isinstance(result, Result)
    return result


def read(*records: Record, mapping: str | None = "tablets-laboratory") -> Row:
    scope = replace(SCOPE, mapping=shipped()[mapping] if mapping else None)
    (row,) = resolve(scope, DIRECTORY, Judge({}), [Accepted(7, records)])
    return row


def test_a_row_is_taken_whole_or_not_at_all() -> None:
    row = read(RESULT, replace(RESULT, lot=LotCode("26", "1")), replace(RESULT, lot=LotCode("26", "2")))
    assert (row.facts, row.sent) == ([], [])
    assert [(error.row, error.field, error.value) for error in row.errors] == [(7, "code", "26")], "reported once"


def test_a_site_that_is_no_partys_is_refused_as_if_it_were_unknown() -> None:
    reasons = set()
    for number in ("S-2", "S-3"):
        (error,) = read(replace(RESULT, lot=LotCode("25", "1", number)), mapping=None).errors
        assert (error.field, error.value) == ("data.lot.site", number)
        reasons.add(error.reason)
    assert len(reasons) == 1
    assert result_of(replace(RESULT, lot=LotCode("25", "1", "S-1"))).lot.site_id == OWN.id


def test_a_raw_materials_code_is_nobodys_product() -> None:
    raw = replace(RESULT, lot=LotCode("lactose", "2"), stage=TestStage.raw_material)
    assert result_of(raw).lot.product_id is None


def test_who_a_result_concerns() -> None:
    result = result_of(RESULT)
    assert result.parties == tuple(sorted([LAB, MAKER]))
    assert result.laboratory == Place(FEED.site_id, LAB)


def test_what_has_no_date_is_marked() -> None:
    data = ProcessData(record_id="p", occurred_at=None, lot=LotCode("25", "1"), step="compression", values=())
    row = read(RESULT, data)
    fact = row.facts[1]
    assert isinstance(fact, ProcessDataReported)
    assert (fact.undated, fact.occurred_at) == (True, date(2026, 3, 14))


def test_the_codes_of_records() -> None:
    start = BatchStart(record_id="b", occurred_at="2018-11", lot=LotCode("25", "1", "S-1"))
    raw = replace(RESULT, lot=LotCode("lactose", "2"), stage=TestStage.raw_material, laboratory="S-9")
    deviation = Deviation(
        record_id="d",
        occurred_at="2018-11",
        title="t",
        category="c",
        site="S-5",
        lots=(LotCode("26", "1"),),
        partner_aware_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    codes = Codes.of([Accepted(2, (start, raw)), Accepted(3, (deviation,))])
    assert (codes.products, codes.sites) == ({"25", "26"}, {"S-1", "S-9", "S-5"})


@pytest.mark.parametrize(
    ("stage", "part", "column"),
    [
        (TestStage.release, "material", "code"),
        (TestStage.raw_material, "material", "api_code"),
        (TestStage.release, "site", ""),
        (TestStage.release, "laboratory", ""),
        (TestStage.release, "", ""),
    ],
)
def test_the_column_that_gave_a_part(stage: TestStage, part: str, column: str) -> None:
    assert field_of(shipped()["tablets-laboratory"], replace(RESULT, stage=stage), part) == column


def test_a_digest_is_of_what_a_result_says() -> None:
    digest = digest_of(RESULT)
    assert digest_of(replace(RESULT, revision=2, record_id="x")) == digest
    for change in (
        {"value": Decimal("99.2")},
        {"unit": "mg"},
        {"lot": LotCode("25", "2")},
        {"stage": TestStage.stability},
    ):
        assert digest_of(replace(RESULT, **change)) != digest
    start = BatchStart(record_id="b", occurred_at="2018-11", lot=LotCode("25", "1"))
    assert digest_of(replace(start, occurred_at="2018-12")) != digest_of(start)
    # The same in every process and release, or every record would seem to contradict itself after an update.
    assert digest_of(start) == 8306079614754646454


@given(st.text(), st.text())
def test_a_refusal_can_be_stored_and_shown(value: str, field: str) -> None:
    (error,) = RowOutcome.of(2, Outcome.refused, (RowError(2, field, value, "why"),)).errors
    assert "\x00" not in error.value + error.field
    (error.value + error.field).encode()


def test_a_row_of_many_errors_is_cut() -> None:
    errors = tuple(RowError(1, f"c{number}", "", "unknown") for number in range(1000))
    row = RowOutcome.of(1, Outcome.refused, errors)
    assert len(row.errors) == MOST_ERRORS_OF_A_ROW + 1
    assert row.errors[-1].reason == "and 900 more"


@given(st.lists(st.sampled_from(Outcome)))
def test_counts(outcomes: list[Outcome]) -> None:
    counts = Counts.of(outcomes)
    assert counts.rows == len(outcomes)
    assert (counts + counts).refused == 2 * outcomes.count(Outcome.refused)


def test_a_start_dates_to_the_month() -> None:
    assert month_of("2018-11") == "2018-11"
    assert month_of(date(2018, 11, 5)) == "2018-11"
    assert month_of(datetime(2018, 11, 5, 10, tzinfo=UTC)) == "2018-11"


def test_results_are_published_in_sets_of_what_they_share_and_amendments_alone() -> None:
    other_lot, other_month = replace(RESULT, lot=LotCode("25", "2")), replace(RESULT, occurred_at="2018-12")
    raw = replace(RESULT, stage=TestStage.raw_material)
    new = [replace(RESULT, record_id=f"r{n}", test=f"t{n}") for n in range(3)]
    facts = list(in_sets(map(result_of, [new[0], other_lot, new[1], raw, other_month, new[2]]), [], SCOPE))
    assert [len(fact.results) for fact in facts] == [3, 1, 1, 1]
    assert [(result.id, result.test) for result in facts[0].results] == [("r0", "t0"), ("r1", "t1"), ("r2", "t2")]
    assert (facts[0].feed_id, facts[0].reported_by, facts[0].occurred_at) == (FEED.id, LAB, "2018-11")
    amended = list(in_sets([], map(result_of, new), SCOPE))
    assert [len(fact.results) for fact in amended] == [1, 1, 1]


def test_a_set_that_is_too_large_for_a_message_is_divided() -> None:
    words = replace(RESULT, value=None, text="ü" * 10_000)
    facts = list(in_sets([result_of(replace(words, record_id=str(n))) for n in range(100)], [], SCOPE))
    assert [result.id for fact in facts for result in fact.results] == [str(n) for n in range(100)]
    assert len(facts) == 3
    assert max(len(fact.model_dump_json().encode()) for fact in facts) <= LARGEST_PAYLOAD
