"""What a batch record or a lot says in words or names that are not taken: refused or told, and never passed over."""

from datetime import date
from decimal import Decimal

import pytest

from partner_feeds.records.answers import Answer, Notice
from partner_feeds.records.batch_records import BatchRecord, LotStatus, MaterialUse
from partner_feeds.records.model import Amount, BatchCompletion, BatchStart, TestResult
from tests.batch_records import AT, EVENT, V0401, V07, errors, events, read, record, records, value

PRODUCED = EVENT.format(3, AT, "Material", "<EventSubType>Produce</EventSubType>" + value("90", "KG", "VEL-100/B-7"))


def told(answers: list[Answer]) -> list[str]:
    return [each.text for each in answers if isinstance(each, Notice)]


def lot(*properties: tuple[str, str], inside: str = "") -> str:
    given = "".join(
        f"<MaterialLotProperty><ID>{name}</ID><Value><ValueString>{text}</ValueString></Value></MaterialLotProperty>"
        for name, text in properties
    )
    return (
        f'<ShowMaterialLot xmlns="{V07}"><ApplicationArea><CreationDateTime>{AT}</CreationDateTime></ApplicationArea>'
        "<DataArea><Show/><MaterialInformation><ID>API</ID><MaterialLot><ID>A4</ID><Status>Valid</Status>"
        f"{inside}{given}</MaterialLot></MaterialInformation></DataArea></ShowMaterialLot>"
    )


@pytest.mark.parametrize(
    "text",
    [
        lot(("ExpirationDate", "2027-02-03"), ("ExpiryDate", "2028-02-03")),
        lot(("ExpirationDate", "2027-02-03"), ("ExpirationDate", "2028-02-03")),
        lot(("ExpirationDate", "2027-02-03"), inside="<ExpiryDate>2028-02-03</ExpiryDate>"),
    ],
    ids=["two names", "one name twice", "a property and a field"],
)
def test_days_of_expiry_that_contradict_one_another_refuse_the_lot(text: str) -> None:
    answers = read(text)
    ((_, given, reason),) = errors(answers)
    assert "2027-02-03 (Exp" in given
    assert "2028-02-03 (Exp" in given
    assert reason == "2 days of expiry: write the one that holds, and no other"
    assert records(answers, LotStatus) == []


def test_one_day_of_expiry_that_is_said_twice_is_one() -> None:
    answers = read(lot(("ExpirationDate", "2027-02-03"), ("ExpiryDate", "2027-02-03T00:00:00Z")))
    assert records(answers, LotStatus)[0].expiry == date(2027, 2, 3)
    assert told(answers) == []


@pytest.mark.parametrize("name", ["expirationdate", "Expiry Date", "EXPIRY_DATE"])
def test_a_name_that_is_nearly_that_of_an_expiry_is_told(name: str) -> None:
    answers = read(lot((name, "2027-02-03")))
    assert records(answers, LotStatus)[0].expiry is None
    (text,) = told(answers)
    assert f"MaterialInformation/MaterialLot[A4] has {name} 2027-02-03, which is not taken as its expiry" in text
    assert "it is called ExpirationDate or ExpiryDate" in text


@pytest.mark.parametrize("status", ["complete", "COMPLETE", "Completed"])
def test_case_makes_no_other_word_of_a_state(status: str) -> None:
    answers = read(record(events(PRODUCED), status=status))
    assert records(answers, BatchRecord)[0].complete
    assert len(records(answers, BatchCompletion)) == 1
    assert told(answers) == []


@pytest.mark.parametrize("status", ["Closed", "Cancelled", "Aborted", "In Review"])
def test_a_state_that_is_none_of_the_mappings_is_told(status: str) -> None:
    answers = read(record(events(PRODUCED), status=status))
    assert records(answers, BatchCompletion) == []
    (text,) = told(answers)
    assert text.startswith(f"its state is {status}, which is none of Complete, Completed: no completion is reported")
    assert told(read(record(events(PRODUCED), status=status), complete=(status,))) == []


MATERIAL = (
    "<MaterialActual><MaterialDefinitionID>{}</MaterialDefinitionID><MaterialLotID>{}</MaterialLotID>"
    "<MaterialUse>{}</MaterialUse></MaterialActual>"
)


def performance(*materials: str, state: str = "Completed") -> str:
    return (
        f'<ProductionPerformance xmlns="{V0401}"><ProductionResponse><ID>PR1</ID><SegmentResponse><ID>Gran</ID>'
        f"<ActualStartTime>{AT}</ActualStartTime><ActualEndTime>{AT}</ActualEndTime>{''.join(materials)}"
        f"</SegmentResponse><ResponseState>{state}</ResponseState></ProductionResponse></ProductionPerformance>"
    )


@pytest.mark.parametrize("state", ["Completed", "Running"])
def test_a_performance_of_two_lots_is_said_to_be_of_no_batch(state: str) -> None:
    two = [MATERIAL.format("VEL-100", number, "Produced") for number in ("26-0117", "26-0118")]
    answers = read(performance(*two, MATERIAL.format("LAC", "L-1", "Consumed"), state=state))
    assert records(answers, BatchStart) + records(answers, BatchCompletion) == []
    assert [use.lot for use in records(answers, MaterialUse) if use.use == "consumed"] == [None]
    (text,) = told(answers)
    assert "of no batch, as it produced 2 lots (VEL-100 26-0117, VEL-100 26-0118)" in text
    assert "send a ProductionResponse for each lot, or give LotID or BatchID, and MaterialDefinitionID" in text


def test_a_performance_that_is_complete_and_produced_nothing_is_told_and_one_lot_is_not() -> None:
    (text,) = told(read(performance(MATERIAL.format("LAC", "L-1", "Consumed"))))
    assert "as it names no lot that it produced" in text
    assert told(read(performance(MATERIAL.format("VEL-100", "26-0117", "Produced")))) == []


def test_a_lot_number_that_is_empty_is_said_to_be_so() -> None:
    ((field, _, reason), *_) = errors(read(performance(MATERIAL.format("LAC", "", "Consumed"))))
    assert field.endswith("/MaterialLotID")
    assert reason == "is empty: write the number of the lot that was used or produced"


@pytest.mark.parametrize("namespace", ["", "urn:other"])
def test_a_namespace_that_is_not_known_is_refused_with_those_that_are(namespace: str) -> None:
    ((_, _, reason),) = errors(read(record().replace(V07, namespace)))
    assert f"of the namespace {namespace or '(none)'} is not known here" in reason
    assert "http://www.mesa.org/xml/B2MML" in reason
    assert "http://www.wbf.org/xml/B2MML-V0401" in reason


def _produced(entry: str, amount: str, unit: str = "KG") -> str:
    return EVENT.format(
        entry, AT, "Material", f"<EventSubType>Produce</EventSubType>{value(amount, unit, key='VEL-100/B-7')}"
    )


@pytest.mark.parametrize(
    ("produced", "quantity", "reason"),
    [
        ([_produced("16", "90"), _produced("16", "90")], 90, None),
        ([_produced("16", "90"), _produced("17", "90")], 180, None),
        ([_produced("", "90"), _produced("", "90")], 180, None),
        ([_produced("16", "90"), _produced("16", "9"), _produced("16", "90")], None, "the event 16 stands twice"),
        ([_produced("16", "90"), _produced("17", "500", "g")], None, "was produced in kg and in g"),
    ],
    ids=["sent twice", "two events", "without EntryID", "not the same", "two units"],
)
def test_what_an_event_produced_counts_once(produced: list[str], quantity: int | None, reason: str | None) -> None:
    answers = read(record(events(*produced)))
    (completed,) = records(answers, BatchCompletion)
    assert completed.actual_quantity == (None if quantity is None else Amount(Decimal(quantity), "kg"))
    if reason is None:
        assert told(answers) == []
    else:
        (text,) = told(answers)
        assert reason in text
        assert "says no quantity" in text


RESULT = (
    "<Samples><Sample><EntryID>20</EntryID><TimeStamp>{}</TimeStamp><SampleTest><TestCode>HARD</TestCode>"
    "<SampleTestResult><EntryID>22</EntryID><TestDisposition>{}</TestDisposition><Results>{}</Results>"
    "</SampleTestResult></SampleTest></Sample></Samples>"
)
NUMBER = "<ValueString>112.5</ValueString><DataType>double</DataType><UnitOfMeasure>N</UnitOfMeasure>"


@pytest.mark.parametrize(
    ("word", "is_told"), [("Pass", False), ("", False), ("Complies", False), ("Fail", True), ("Limited", True)]
)
def test_a_verdict_beside_a_number_is_told_unless_it_complies(word: str, is_told: bool) -> None:
    answers = read(record(RESULT.format(AT, word, NUMBER), EndTime=AT))
    (found,) = records(answers, TestResult)
    assert found.value == Decimal("112.5")
    assert (told(answers) != []) is is_told
    assert all(f"says {word} of HARD: that is in no record" in text for text in told(answers))


@pytest.mark.parametrize("inside", ["", "<SampleTest><TestCode>HARD</TestCode></SampleTest>", "<Remark>1</Remark>"])
def test_a_sample_without_any_result_is_told(inside: str) -> None:
    answers = read(record(f"<Samples><Sample><EntryID>99</EntryID>{inside}</Sample></Samples>", EndTime=AT))
    assert told(answers) == ["BatchProductionRecord/Samples/Sample[99] has no result, and nothing follows from it"]


@pytest.mark.parametrize(("lot", "is_told"), [("B-7", False), ("L-9", True)])
def test_two_numbers_of_one_batch_are_told(lot: str, is_told: bool) -> None:
    answers = read(record(LotID=lot, EndTime=AT))
    assert [each.lot.number for each in records(answers, BatchCompletion)] == [lot]
    reason = "the batch's number is L-9, its LotID; the BatchID B-7 is another, and is in no record"
    assert told(answers) == ([reason] if is_told else [])


@pytest.mark.parametrize(("use", "says"), [("", "does not say"), ("Other", "says Other")])
def test_a_material_whose_use_is_not_known_is_told(use: str, says: str) -> None:
    used = f"<MaterialUse>{use}</MaterialUse>" if use else ""
    answers = read(record(f"<MaterialActual><MaterialLotID>26-0117</MaterialLotID>{used}</MaterialActual>", EndTime=AT))
    (text,) = told(answers)
    assert text == f"BatchProductionRecord/MaterialActual {says} what became of it, and nothing follows from it"
