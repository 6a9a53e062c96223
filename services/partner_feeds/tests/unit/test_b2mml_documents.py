"""Documents of batch records as a whole: in which order things stand, whose they are, and what their verb says."""

import pytest

from partner_feeds.records.answers import Accepted, Refused
from partner_feeds.records.batch_records import BatchRecord, MaterialUse, ProcessExcursion
from partner_feeds.records.model import LAST_REVISION, BatchCompletion, BatchStart, LotCode, ProcessData, TestResult
from tests.batch_records import AT, EVENT, V07, errors, events, read, record, records, value

EXCEPTION = EVENT.format(5, AT, "Operator", "<EventSubType>Exception</EventSubType>")
FORCE = "<Parameter><ID>Force</ID><Value><ValueString>3</ValueString></Value></Parameter>"
DELETE = '<Sync><ActionCriteria><ActionExpression actionCode="Delete"/></ActionCriteria></Sync>'


def wrapped(*inside: str, verb: str = "Sync") -> str:
    name = f"{verb}BatchProductionRecord"
    return f'<{name} xmlns="{V07}"><DataArea>{"".join(inside)}</DataArea></{name}>'


def test_a_record_that_ends_before_it_begins_tells_no_start_and_no_end() -> None:
    times = {"StartTime": "2026-03-15T10:00:00+01:00", "EndTime": "2026-03-14T10:00:00+01:00"}
    answers = read(record(events(EXCEPTION), **times))
    ((field, _, reason),) = errors(answers)
    assert field == "BatchProductionRecord"
    assert all(moment in reason for moment in times.values())
    assert [records(answers, kind) for kind in (BatchStart, BatchRecord, BatchCompletion)] == [[], [], []]
    assert len(records(answers, ProcessExcursion)) == 1, "what happened in it is told all the same"


@pytest.mark.parametrize(
    ("start", "end", "right"),
    [
        ("2026-03-14T10:00:00+01:00", "2026-03-14", True),
        ("2026-03-14", "2026-03-14", True),
        ("2026-03-14T10:00:00Z", "2026-03-14T11:00:00+01:00", True),
        ("2026-03-15T10:00:00+01:00", "2026-03-13", False),
        ("2026-03-15", "2026-03-14", False),
    ],
)
def test_a_day_is_before_an_instant_only_if_all_of_it_is(start: str, end: str, right: bool) -> None:
    assert (errors(read(record(StartTime=start, EndTime=end))) == []) is right


@pytest.mark.parametrize(
    "inside",
    [
        f"<ID>Mix</ID><InstanceCount>3</InstanceCount><EndTime>{AT}</EndTime>{FORCE}",
        f"<InstanceCount>3</InstanceCount><EndTime>{AT}</EndTime><ID>Mix</ID>{FORCE}",
        f"{FORCE}<EndTime>{AT}</EndTime><InstanceCount>3</InstanceCount><ID>Mix</ID>",
        f"<RecipeElement><ID>Inner</ID></RecipeElement>{FORCE}<ID>Mix</ID><EndTime>{AT}</EndTime>"
        "<InstanceCount>3</InstanceCount>",
    ],
)
def test_in_which_order_a_step_is_written_makes_no_difference(inside: str) -> None:
    text = record(f"<RecipeElements><RecipeElement>{inside}</RecipeElement></RecipeElements>")
    (force,) = records(read(text), ProcessData)
    assert (force.record_id, force.step) == ("EBR-1/Mix[3]/Force", "Mix[3]")
    assert force.occurred_at.isoformat() == AT


def test_so_many_steps_are_written_backwards_that_they_cannot_all_be_kept() -> None:
    step = f"<RecipeElement>{FORCE}<ID>Mix</ID></RecipeElement>"
    ((field, _, reason),) = errors(read(record("<RecipeElements>", step * 10_001, "</RecipeElements>")))
    assert field == "BatchProductionRecord/RecipeElement/ID"
    assert reason == "stands behind the step's entries: write it before"


def test_one_that_is_refused_does_not_give_its_id_to_the_next() -> None:
    material = (
        "<MaterialActual><MaterialDefinitionID>API</MaterialDefinitionID><MaterialLotID>{}</MaterialLotID>"
        "<MaterialUse>Consumed</MaterialUse></MaterialActual>"
    )
    one, other = (
        record(material.format(""), material.format("A5")),
        record(material.format("A4"), material.format("A5")),
    )
    assert [[each.record_id for each in records(read(text), MaterialUse)] for text in (one, other)] == [
        ["EBR-1/MaterialActual[2]"],
        ["EBR-1/MaterialActual", "EBR-1/MaterialActual[2]"],
    ]


def test_an_id_is_of_one_batch() -> None:
    answers = read(wrapped("<Sync/>", record(), record(events(EXCEPTION), BatchID="B-9"), record(BatchID="B-7")))
    assert errors(answers) == [
        ("BatchProductionRecord/ID", "EBR-1", "is the ID of a record of B-7 in this document too: give each its own")
    ]
    assert [each.lot for each in records(answers, BatchRecord)] == [LotCode("VEL-100", "B-7")] * 2
    assert records(answers, ProcessExcursion) == []


@pytest.mark.parametrize("inside", [(DELETE, record()), (record(), DELETE), (record(), record(ID="2"), DELETE)])
def test_what_is_to_be_deleted_is_not_taken_wherever_that_is_said(inside: tuple[str, ...]) -> None:
    (answer,) = read(wrapped(*inside))
    assert isinstance(answer, Refused)
    assert answer.errors[0].reason == "deletes, which is not taken: send a version"


def test_a_lot_that_is_to_be_deleted_is_not_taken() -> None:
    lot = "<MaterialLot><ID>A4</ID><MaterialDefinitionID>API</MaterialDefinitionID><Status>Valid</Status></MaterialLot>"
    (answer,) = read(wrapped(lot, DELETE), lots_of="MaterialDefinitionID")
    assert isinstance(answer, Refused)


def test_a_document_without_a_verb_is_read() -> None:
    assert errors(answers := read(wrapped(record(events(EXCEPTION))))) == []
    assert len(records(answers, ProcessExcursion)) == 1


SAMPLE = (
    "<Samples><Sample><EntryID>20</EntryID><TimeStamp>2026-03-14T22:00:00+01:00</TimeStamp><SampleTest>"
    "<TestCode>HARD</TestCode><SampleTestResult>{}<Results><ValueString>112.5</ValueString>"
    "<UnitOfMeasure>N</UnitOfMeasure></Results></SampleTestResult></SampleTest></Sample></Samples>"
)
CANCELLED = "voids results alone, each by its EntryID: correct the record in a higher version"


def test_cancel_withdraws_the_results_that_it_lists_and_nothing_else() -> None:
    consumed = EVENT.format(2, AT, "Material", f"<EventSubType>Consume</EventSubType>{value('1', 'KG', 'API/A4')}")
    whole = record(events(EXCEPTION, consumed), FORCE, SAMPLE.format("<EntryID>22</EntryID>"), Version="2")
    (reported,) = records(read(whole), TestResult)
    answers = read(wrapped("<Cancel/>", whole, verb="Cancel"))
    (accepted,) = [each for each in answers if isinstance(each, Accepted)]
    (void,) = accepted.records
    assert isinstance(void, TestResult)
    assert (void.record_id, void.lot, void.test) == (reported.record_id, reported.lot, reported.test)
    assert (void.voided, void.value, void.text, void.revision) == (True, None, None, LAST_REVISION)
    assert all(reason.endswith(CANCELLED) for _, _, reason in errors(answers))
    assert [field.rpartition("/")[2] for field, _, _ in errors(answers)] == [
        "BatchProductionRecord",
        "Event[5]",
        "Event[2]",
        "Parameter[Force]",
    ]


def test_cancel_does_not_guess_which_result_is_meant() -> None:
    answers = read(wrapped("<Cancel/>", record(SAMPLE.format("")), verb="Cancel"))
    assert records(answers, TestResult) == []
    assert errors(answers)[-1][2] == "which result is meant? Give the EntryID under which it was reported"


def test_cancel_of_what_is_not_known_here_is_refused() -> None:
    ((_, _, reason),) = errors(read(f'<CancelProductionSchedule xmlns="{V07}"><DataArea/></CancelProductionSchedule>'))
    assert reason.endswith(CANCELLED)


def test_what_came_back_is_told_and_never_passed_over() -> None:
    returned = EVENT.format(2, AT, "Material", "<EventSubType>Return</EventSubType>" + value("4", "KG", "API/A4"))
    ((_, given, reason),) = errors(read(record(events(returned))))
    assert (given, reason.startswith("is a movement of material that is not taken")) == ("Return", True)


def test_a_result_that_is_said_to_be_invalid_is_none() -> None:
    said = f"<TimeStamp>{AT}</TimeStamp><Disposition>Invalid</Disposition>"
    result = (
        f"<SampleTestResult><EntryID>9</EntryID>{said}<Results>{value('3', 'N')[7:-8]}</Results></SampleTestResult>"
    )
    sample = f"<Sample><SampleTest><TestCode>HARD</TestCode>{result}</SampleTest></Sample>"
    answers = read(record(f"<Samples>{sample}</Samples>"))
    assert any("is said to be no result" in reason for _, _, reason in errors(answers))
    assert records(answers, TestResult) == []


def test_a_use_that_was_called_off_is_refused() -> None:
    status = "<EventSubType>Consume</EventSubType><EventStatus>Cancelled</EventStatus>"
    answers = read(record(events(EVENT.format(2, AT, "Material", status + value("4", "KG", "API/A4")))))
    ((_, given, reason),) = errors(answers)
    assert (given, reason.startswith("is said not to have happened")) == ("Cancelled", True)
    assert records(answers, MaterialUse) == []
