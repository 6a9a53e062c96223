"""Facts in Kafka's records: nothing is lost on the way, and nothing that is no fact does harm."""

import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary, to_binary
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from contracts import Lot, Message, Moment, Month, Recorded, contract_of, read, to_message, to_structured
from contracts.partner_feeds import ReportedResult, TestResultsReported, TestStage
from contracts.vocabulary import Quantity

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
instants = st.datetimes(datetime(1900, 1, 2), datetime(2025, 12, 30), timezones=zones)
days = st.dates(date(1900, 1, 1), date(2025, 12, 31))
months = days.map(lambda day: f"{day:%Y-%m}")
moments = st.one_of(instants, days, months)
decimals = st.decimals(allow_nan=False, allow_infinity=False)
lots = st.builds(Lot, id=st.uuids(), number=text, material=text, site_id=st.uuids(), partner_id=st.uuids())
results = st.builds(
    TestResultsReported,
    feed_id=st.uuids(),
    message_id=st.uuids(),
    laboratory_partner_id=st.uuids(),
    laboratory_site_id=st.uuids(),
    occurred_at=moments,
    parties=st.lists(st.uuids(), max_size=3).map(tuple),
    lot=lots,
    stage=st.sampled_from(TestStage),
    results=st.lists(
        st.builds(
            ReportedResult,
            id=text,
            revision=st.integers(0, 2**63),
            test=text,
            value=st.none() | decimals,
            text=st.none() | text,
            unit=text,
        ),
        min_size=1,
        max_size=3,
    ).map(tuple),
)


def record(message: Message | KafkaMessage) -> tuple[bytes, bytes, list[tuple[str, bytes]]]:
    """Key, value and headers, as a Kafka client gives them."""
    return str(message.key).encode(), message.value, list(message.headers.items())


def attributes(fact: Any, **more: Any) -> dict[str, Any]:
    contract = contract_of(type(fact))
    given = {"id": str(uuid4()), "type": contract.type, "source": "/partner-feeds", "time": datetime.now(UTC)}
    return given | {"partitionkey": contract.key_of(fact), "sequence": "1"} | more


def carried(fact: Any, **more: Any) -> Recorded[Any]:
    """The fact after a way through a Kafka record."""
    message = to_message(attributes(fact, **more), fact.model_dump_json().encode())
    recorded = read(*record(message))
    assert recorded is not None
    return recorded


@given(results)
def test_a_fact_is_the_same_after_its_way(fact: TestResultsReported) -> None:
    assert carried(fact).fact == fact


@given(results, st.text(st.characters(categories=["L"]), min_size=1, max_size=20))
def test_the_cloudevents_library_reads_what_we_write_and_we_what_it_writes(
    fact: TestResultsReported, correlation: str
) -> None:
    given = attributes(fact, correlationid=correlation)
    ours = to_message(given, fact.model_dump_json().encode())
    event = from_binary(KafkaMessage(ours.headers, ours.key.encode(), ours.value), JSONFormat(), CloudEvent)
    assert event.get_attributes() == given | {"specversion": "1.0", "datacontenttype": "application/json"}
    assert event.get_data() == json.loads(ours.value)
    theirs = to_binary(event, JSONFormat())
    assert theirs.headers == ours.headers
    assert read(*record(theirs)) == read(*record(ours))


@given(decimals)
@example(Decimal("1E+28"))
@example(Decimal("-0.000"))
def test_a_number_keeps_every_digit(number: Decimal) -> None:
    kept = json.loads(Quantity(value=number, unit="kg").model_dump_json())["value"]
    assert isinstance(kept, str), "a number in JSON would become a float in a reader's hands"
    assert Decimal(kept).as_tuple() == number.as_tuple()


@given(moments)
@example("2018-11")
@example(date(2018, 11, 1))
@example(datetime(2018, 11, 1, tzinfo=UTC))
def test_a_moment_keeps_its_precision(moment: Any) -> None:
    adapter: TypeAdapter[Any] = TypeAdapter(Moment)
    kept = adapter.validate_json(adapter.dump_json(moment))
    assert kept == moment
    assert type(kept) is type(moment)


@pytest.mark.parametrize(
    "written", ["201811", "1541376000", 1541376000, "2018-11-05T10:00:00", "2018-13", "2018-11-31", "2018", "nov.18"]
)
def test_what_is_not_written_out_is_no_moment(written: Any) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Moment).validate_json(json.dumps(written))


def test_a_month_takes_the_digits_of_our_numbers_only() -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Month).validate_python("٢٠١٨-11")


def test_the_envelope_is_read_whole(result: TestResultsReported) -> None:
    parties = [uuid4(), uuid4()]
    more = {
        "sequence": "7",
        "correlationid": "abc",
        "causationid": str(uuid4()),
        "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "parties": ",".join(map(str, parties)),
        "time": datetime(2026, 5, 4, 6, 20, 31, 775402, UTC),
    }
    recorded = carried(result, **more)
    assert (recorded.sequence, recorded.correlation_id, recorded.causation_id) == (7, "abc", more["causationid"])
    assert (recorded.traceparent, recorded.parties, recorded.time) == (
        more["traceparent"],
        tuple(parties),
        more["time"],
    )
    assert recorded.key == str(result.lot.id)


def test_what_was_left_out_of_the_envelope_is_absent(result: TestResultsReported) -> None:
    recorded = carried(result, causationid=None, traceparent=None)
    assert (recorded.causation_id, recorded.traceparent, recorded.parties) == (None, None, ())


def test_readers_ignore_fields_that_they_do_not_know(result: TestResultsReported) -> None:
    data = json.loads(result.model_dump_json())
    data["colour"], data["lot"]["colour"] = "pink", {"shade": 3}
    message = to_message(attributes(result), json.dumps(data).encode())
    recorded = read(*record(message))
    assert recorded is not None
    assert recorded.fact == result


def test_readers_pass_over_types_that_they_do_not_know(result: TestResultsReported) -> None:
    message = to_message(attributes(result, type="io.entente.KettleBoiled.v9"), b'{"litres": 2}')
    assert read(*record(message)) is None


@pytest.mark.parametrize("name", ["ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time"])
@pytest.mark.parametrize("instead", [None, b""])
def test_an_envelope_without_what_it_needs_is_refused(
    result: TestResultsReported, name: str, instead: bytes | None
) -> None:
    message = to_message(attributes(result), result.model_dump_json().encode())
    key, value, _ = record(message)
    headers = {given: header for given, header in message.headers.items() if given != name}
    if instead is not None:
        headers[name] = instead
    with pytest.raises(ValueError, match=f"{name} is missing"):
        read(key, value, list(headers.items()))


KNOWN = [
    f"ce_{name}" for name in ("id", "type", "source", "time", "specversion", "sequence", "parties", "data", "", "Ü")
]
LIKELY = [
    b"1.0",
    b"0.3",
    b"io.entente.TestResultsReported.v1",
    b"2026-05-04T06:20:31Z",
    b"9999-12-31T24:00:00",
    b"2026",
]
names = st.sampled_from([*KNOWN, "CE_ID", "content-type"]) | st.text(max_size=10)
header_values = st.none() | st.binary(max_size=30) | st.sampled_from(LIKELY)


@given(changed=st.dictionaries(names, header_values, max_size=4), key=st.none() | st.binary(max_size=9), data=st.data())
def test_whatever_lies_in_a_record_raises_value_errors_only(
    changed: dict[str, bytes | None], key: bytes | None, data: st.DataObject, result: TestResultsReported
) -> None:
    message = to_message(attributes(result), result.model_dump_json().encode())
    value = data.draw(st.none() | st.binary(max_size=50) | st.just(message.value))
    headers: Any = list((message.headers | changed).items())
    for use in (read, to_structured):
        try:
            use(key, value, headers)
        except ValueError:
            continue


@pytest.mark.parametrize("value", [b"", b"null", b"[]", b"[" * 100_000, b'{"lot":' * 50_000, b"\xff", b"{}", b"NaN"])
def test_a_value_that_is_no_fact_raises_value_errors_only(result: TestResultsReported, value: bytes) -> None:
    key, _, headers = record(to_message(attributes(result), b"{}"))
    with pytest.raises(ValueError, match=r".+"):
        read(key, value, headers)


def test_json_nested_too_deeply_cannot_be_passed_on(result: TestResultsReported) -> None:
    key, _, headers = record(to_message(attributes(result), b"{}"))
    with pytest.raises(ValueError, match="nested too deeply"):
        to_structured(key, b"[" * 100_000, headers)


@pytest.fixture(scope="module")
def lot() -> Lot:
    return Lot(id=uuid4(), number="240117", material="ROS-10", site_id=uuid4(), partner_id=uuid4())


@pytest.fixture(scope="module")
def result(lot: Lot) -> TestResultsReported:
    return TestResultsReported(
        occurred_at=date(2026, 5, 19),
        feed_id=uuid4(),
        message_id=uuid4(),
        parties=(UUID(int=1),),
        lot=lot,
        laboratory_site_id=uuid4(),
        laboratory_partner_id=uuid4(),
        stage=TestStage.release,
        results=(ReportedResult(id="LIMS-1", test="assay", value=Decimal("99.10"), unit="%"),),
    )
