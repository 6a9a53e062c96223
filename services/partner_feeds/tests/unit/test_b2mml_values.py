"""Single values of batch records: what has two readings is refused by its path, with what would be right."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from partner_feeds.language import BatchRecordMapping, load_any
from partner_feeds.records.answers import Notice
from partner_feeds.records.batch_records import LotStatus, MaterialUse, ProcessExcursion
from partner_feeds.records.model import Amount, BatchCompletion, ProcessData, TestResult
from partner_feeds.translation.b2mml import translate_records
from tests.batch_records import AT, EVENT, MAPPING, NOW, V07, errors, events, read, record, records, value

CONSUME, PRODUCE = "<EventSubType>Consume</EventSubType>", "<EventSubType>Produce</EventSubType>"
NIL = '<ValueString xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"/>'


def consumed(quantity: str) -> str:
    return record(events(EVENT.format(1, AT, "Material", CONSUME + quantity)))


def produced(quantity: str) -> str:
    return record(events(EVENT.format(1, AT, "Material", PRODUCE + quantity)))


def parameter(*values: str) -> str:
    inside = "".join(f"<Value>{each}</Value>" for each in values)
    return record(f"<ParameterValue><ID>Force</ID><TimeStamp>{AT}</TimeStamp>{inside}</ParameterValue>")


def sample(*results: str, code: str = "HARD") -> str:
    inside = "".join(f"<SampleTestResult>{each}</SampleTestResult>" for each in results)
    test = f"<SampleTest><TestCode>{code}</TestCode>{inside}</SampleTest>"
    return record(f"<Samples><Sample><EntryID>S</EntryID><TimeStamp>{AT}</TimeStamp>{test}</Sample></Samples>")


def result(text: str, unit: str = "N") -> str:
    return f"<Result><ValueString>{text}</ValueString><UnitOfMeasure>{unit}</UnitOfMeasure></Result>"


def alarm(*limits: str, values: str = value("85", "Cel")) -> str:
    given = "".join(
        f"<AlarmLimit><ValueString>{each}</ValueString><UnitOfMeasure>Cel</UnitOfMeasure></AlarmLimit>"
        for each in limits
    )
    return record(events(EVENT.format(1, AT, "Alarm", f"{values}<AlarmData>{given}</AlarmData>")))


@pytest.mark.parametrize(
    ("text", "path"),
    [
        (consumed(value("5", "", "API/A4")), "Event[1]/Value/UnitOfMeasure"),
        (produced("<Value><ValueString>250</ValueString><Key>VEL-100/B-7</Key></Value>"), "Value/UnitOfMeasure"),
        (sample(result("98", "")), "SampleTest[HARD]/SampleTestResult[1]/Result/UnitOfMeasure"),
        (alarm("60", values=value("85", "")), "Value/UnitOfMeasure"),
    ],
    ids=["consumed", "produced", "a result", "an alarm"],
)
def test_a_quantity_without_a_unit_has_none(text: str, path: str) -> None:
    answers = read(text)
    ((field, _, reason),) = errors(answers)
    assert field.endswith(path)
    assert reason.startswith("states no unit: write it, or say under units in the mapping what a blank one is")
    assert [each.actual_quantity for each in records(answers, BatchCompletion)] in ([], [None])


def test_the_mapping_may_say_what_a_blank_unit_is() -> None:
    told = load_any(MAPPING.replace("{KG: kg}", '{"": "{tablet}"}'))
    assert isinstance(told, BatchRecordMapping)
    text = produced(value("250", "", "VEL-100/B-7")).replace(
        "<Events>", "<ParameterValue><ID>Force</ID><Value><ValueString>3</ValueString></Value></ParameterValue><Events>"
    )
    answers = list(translate_records(told, [text.encode()], now=NOW))
    assert records(answers, BatchCompletion)[0].actual_quantity == Amount(Decimal(250), "{tablet}")
    assert records(answers, ProcessData)[0].values[0].unit is None, "a parameter may have none"


def test_a_word_needs_no_unit() -> None:
    (found,) = records(read(sample(result("Pass", ""))), TestResult)
    assert (found.text, found.unit) == ("complies", "1")


MATERIAL = (
    f'<ProductionResponse xmlns="{V07}"><ID>1</ID><SegmentResponse><ID>Mix</ID><ActualEndTime>{AT}</ActualEndTime>'
    "<MaterialProducedActual><MaterialDefinitionID>VEL-100</MaterialDefinitionID><MaterialLotID>B-7</MaterialLotID>{}"
    "</MaterialProducedActual></SegmentResponse><ResponseState>Complete</ResponseState></ProductionResponse>"
)
QUANTITY = "<Quantity><QuantityString>{}</QuantityString><UnitOfMeasure>KG</UnitOfMeasure></Quantity>"
LOT = (
    f'<ShowMaterialLot xmlns="{V07}"><ApplicationArea><CreationDateTime>{AT}</CreationDateTime></ApplicationArea>'
    "<DataArea><Show/><MaterialInformation><ID>API</ID><MaterialLot><ID>A4</ID><Status>Valid</Status>"
    "<ExpiryDate>2027-12-08+01:00</ExpiryDate>{}</MaterialLot></MaterialInformation></DataArea></ShowMaterialLot>"
)


@pytest.mark.parametrize(
    "text",
    [
        consumed(value("-5", "KG", "API/A4")),
        produced(value("-5", "KG", "VEL-100/B-7")),
        MATERIAL.format(QUANTITY.format("-5")),
        LOT.format(QUANTITY.format("-5")),
    ],
    ids=["consumed", "produced", "in a step", "a lot's"],
)
def test_a_quantity_is_never_less_than_nothing(text: str) -> None:
    answers = read(text)
    ((_, given, reason),) = errors(answers)
    assert (given, reason) == ("-5", "is negative: what came back is another use; write the quantity of this one")
    assert records(answers, MaterialUse) + records(answers, LotStatus) == []
    assert [each.actual_quantity for each in records(answers, BatchCompletion)] in ([], [None])


def test_nothing_and_what_is_below_zero_elsewhere_are_taken() -> None:
    assert records(read(consumed(value("0", "KG", "API/A4"))), MaterialUse)[0].quantity == Amount(Decimal(0), "kg")
    assert records(read(alarm("-20", values=value("-15", "Cel"))), ProcessExcursion)[0].limit == Decimal(-20)


def test_two_quantities_of_one_lot_are_neither_taken_nor_added() -> None:
    answers = read(MATERIAL.format(QUANTITY.format("5") * 2))
    ((field, _, reason),) = errors(answers)
    assert (field.endswith("/Quantity"), reason) == (True, "2 quantities are given: which one is meant?")
    assert records(answers, BatchCompletion)[0].actual_quantity is None
    assert records(read(LOT.format(QUANTITY.format("5") * 2)), LotStatus) == []


def test_a_lot_is_no_batch_beside_one_that_cannot_be_read() -> None:
    other = "<MaterialProducedActual><MaterialDefinitionID>VEL-100</MaterialDefinitionID></MaterialProducedActual>"
    answers = read(MATERIAL.format(QUANTITY.format("5")).replace("<MaterialProduced", f"{other}<MaterialProduced", 1))
    assert len(errors(answers)) == 1
    assert records(answers, BatchCompletion) == []
    assert records(answers, MaterialUse)[0].lot is None


def test_what_was_consumed_is_told_even_if_the_event_says_nothing_of_it() -> None:
    assert {field.rpartition("/")[2] for field, _, _ in errors(read(consumed("")))} == {"Value", "UnitOfMeasure", "Key"}


def test_of_several_values_of_a_parameter_none_is_taken() -> None:
    answers = read(parameter(*(f"<ValueString>{each}</ValueString>" for each in ("12.1", "13.5", "40.2"))))
    ((field, given, reason),) = errors(answers)
    assert (field, given) == ("BatchProductionRecord/ParameterValue[Force]/Value", "12.1, 13.5, 40.2")
    assert reason == "3 values: which one is meant? Write a parameter for each"
    of_event = EVENT.format(7, AT, "Process", value("18.4", "kN", "Force") + value("19", "kN", "Force"))
    ((_, _, reason),) = errors(read(record(events(of_event))))
    assert reason.startswith("2 values: which one is meant?")


@pytest.mark.parametrize(
    ("inside", "right"),
    [
        ("<ValueString>12,5</ValueString><UnitOfMeasure>kN</UnitOfMeasure>", "use a decimal point: 12.5"),
        ("<ValueString>1.234,5</ValueString><UnitOfMeasure>Cel</UnitOfMeasure>", "no thousands separators"),
        ("<ValueString>INF</ValueString><UnitOfMeasure>Cel</UnitOfMeasure>", "INF is not a number"),
        (f"{NIL}<QuantityString>12</QuantityString>", "is blank or nil: write the number"),
        ("<ValueString>12,5</ValueString>", "a text says so by the DataType string"),
        ("<ValueString>high</ValueString><DataType>double</DataType>", "not a number"),
    ],
)
def test_a_value_with_a_unit_is_a_number(inside: str, right: str) -> None:
    ((field, _, reason),) = errors(read(parameter(inside)))
    assert field.endswith("ParameterValue[Force]/Value")
    assert right in reason


@pytest.mark.parametrize(
    ("inside", "found"),
    [
        ("<ValueString>12,5</ValueString><DataType>string</DataType>", "12,5"),
        ("<ValueString>0010</ValueString><DataType>string</DataType>", "0010"),
        ("<ValueString>18.40</ValueString><DataType>string</DataType>", Decimal("18.40")),
        ("<ValueString>high</ValueString>", "high"),
        ("<ValueString>true</ValueString><DataType>boolean</DataType>", "true"),
    ],
)
def test_a_value_without_a_unit_may_be_a_text(inside: str, found: Decimal | str) -> None:
    (given,) = records(read(parameter(inside)), ProcessData)[0].values
    assert (given.value, given.unit) == (found, None)


@pytest.mark.parametrize("inside", [NIL, f"{NIL}<UnitOfMeasure>kN</UnitOfMeasure>", "<ValueString/>", ""])
def test_a_parameter_of_which_nothing_was_recorded_is_no_error(inside: str) -> None:
    assert errors(answers := read(parameter(inside))) == []
    assert records(answers, ProcessData) == []


def test_a_result_that_is_nil_is_not_lost_in_silence() -> None:
    ((_, _, reason),) = errors(read(sample(f"<Result>{NIL}</Result>")))
    assert reason == "states no result, but is blank or nil: write it, or leave the element out"


@pytest.mark.parametrize(
    ("text", "told"),
    [(alarm("60", "80"), "2 limits (60, 80)"), (alarm("80", values=value("1", "Cel") * 2), "2 values")],
)
def test_of_several_limits_none_is_taken_and_the_excursion_is(text: str, told: str) -> None:
    answers = read(text)
    assert errors(answers) == []
    (excursion,) = records(answers, ProcessExcursion)
    assert (excursion.value, excursion.limit, excursion.unit) in [(85, None, "Cel"), (None, 80, "Cel")]
    (notice,) = [each for each in answers if isinstance(each, Notice) and "Event[1]" in each.text]
    assert f"names {told}" in notice.text
    assert notice.text.endswith("write an event for each limit that was passed")


def test_everything_that_is_wrong_with_a_sample_is_told_at_once() -> None:
    found = errors(read(sample(result("98"), result("98,2"), result("Fail"), result("98", "C"))))
    assert [field.partition("SampleTest[HARD]/")[2] for field, _, _ in found] == [
        "SampleTestResult[2]/Result",
        "SampleTestResult[3]/Result",
        "SampleTestResult[4]/Result/UnitOfMeasure",
    ]
    both = errors(read(consumed(value("5,0", "Kilo", "A4"))))
    assert [given for _, given, _ in both] == ["5,0", "Kilo", "A4"]


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-03-04+01:00", date(2026, 3, 4)),
        ("2026-03-04Z", date(2026, 3, 4)),
        ("2026-03-04T24:00:00Z", datetime.fromisoformat("2026-03-05T00:00:00Z")),
        ("2026-02-28T24:00:00.000-05:00", datetime.fromisoformat("2026-03-01T00:00:00-05:00")),
        ("2026-03-28T24:00:00", datetime.fromisoformat("2026-03-29T00:00:00+01:00")),
    ],
)
def test_times_as_xml_schema_writes_them(written: str, moment: date) -> None:
    text = EVENT.format(1, written, "Operator", "<EventSubType>Exception</EventSubType>")
    (excursion,) = records(read(record(events(text))), ProcessExcursion)
    assert excursion.occurred_at == moment


@pytest.mark.parametrize("written", ["2026-03", "2026-03-04+25:00", "2026-02-30T24:00:00Z", "9999-12-31T24:00:00"])
def test_what_is_no_moment_is_refused_wherever_it_stands(written: str) -> None:
    text = EVENT.format(1, written, "Operator", "<EventSubType>Exception</EventSubType>")
    assert [given for _, given, _ in errors(read(record(events(text))))] == [written]
    assert [given for _, given, _ in errors(read(record(StartTime=written)))] == [written]


def test_a_lot_expires_on_the_day_that_is_written() -> None:
    assert records(read(LOT.format("")), LotStatus)[0].expiry == date(2027, 12, 8)
