"""Batch records in B2MML and BatchML: what they say becomes facts, whichever version and prefix they are written in."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from contracts.batch_records import RecordCounts, Use
from partner_feeds import examples
from partner_feeds.language import BatchRecordMapping, MappingInvalid, load_any
from partner_feeds.records.answers import Accepted, Notice, Refused
from partner_feeds.records.batch_records import BatchRecord, LotStatus, MaterialUse, ProcessExcursion
from partner_feeds.records.model import Amount, BatchCompletion, BatchStart, LotCode, ProcessData, TestResult
from partner_feeds.translation.b2mml import translate_records
from tests.batch_records import AT, EVENT, MAPPING, NOW, V0401, V07, errors, events, read, record, records, value

RUNNING = EVENT.format(1, "2026-03-14T09:30:00", "Procedural Execution", "<EventSubType>State Change</EventSubType>") \
    .replace("</Event>", "<Value><ValueString>Running</ValueString></Value></Event>")  # fmt: skip
CONSUMED = EVENT.format(2, AT, "Material", "<EventSubType>Consume</EventSubType>" + value("118.20", "KG", "API/A4"))
PRODUCED = EVENT.format(3, AT, "Material", "<EventSubType>Produce</EventSubType>" + value("90", "KG", "VEL-100/B-7"))
ALARM = EVENT.format(
    4,
    AT,
    "Alarm",
    value("23.4", "kN", "Force")
    + "<MessageText>Force high</MessageText><AlarmData><AlarmLimit><ValueString>22</ValueString>"
    "<UnitOfMeasure>kN</UnitOfMeasure></AlarmLimit></AlarmData>",
)
EXCEPTION = EVENT.format(5, AT, "Operator", '<EventSubType OtherValue="Exception">Other</EventSubType>')
PLAIN_ALARM = EVENT.format(6, AT, "Alarm", "<EventSubType>Process</EventSubType>")
FORCE = EVENT.format(7, AT, "Process", "<EventSubType>Value</EventSubType>" + value("18.4", "kN", "Force"))
SAMPLE = (
    "<Samples><Sample><EntryID>20</EntryID><TimeStamp>2026-03-14T22:00:00+01:00</TimeStamp><SampleTest>"
    "<TestCode>HARD</TestCode><SampleTestResult><EntryID>22</EntryID><Results><ValueString>112.50</ValueString>"
    "<UnitOfMeasure>N</UnitOfMeasure></Results></SampleTestResult></SampleTest></Sample></Samples>"
)
WHOLE = record(events(RUNNING, CONSUMED, PRODUCED, ALARM, EXCEPTION, PLAIN_ALARM, FORCE), SAMPLE, Version="2")


def test_a_record_becomes_what_it_says() -> None:
    found = read(WHOLE)
    assert errors(found) == []
    lot = LotCode("VEL-100", "B-7")
    (start,), (made,), (whole,) = (records(found, kind) for kind in (BatchStart, BatchCompletion, BatchRecord))
    assert start.occurred_at == datetime(2026, 3, 14, 8, 30, tzinfo=UTC)
    assert (made.completed_at, made.actual_quantity) == (datetime.fromisoformat(AT), Amount(Decimal(90), "kg"))
    assert (whole.complete, whole.version, whole.revision, whole.lot) == (True, "2", 2, lot)
    assert whole.counts == RecordCounts(events=7, exceptions=1, alarms=2, materials=2, results=1)
    assert [(use.material, use.number, use.use, use.quantity) for use in records(found, MaterialUse)] == [
        ("API", "A4", Use.consumed, Amount(Decimal("118.20"), "kg")),
        ("VEL-100", "B-7", Use.produced, Amount(Decimal(90), "kg")),
    ]
    alarm, exception = records(found, ProcessExcursion)
    assert (alarm.event_id, alarm.value, alarm.limit, alarm.unit) == ("4", Decimal("23.4"), Decimal(22), "kN")
    assert (exception.event_id, exception.kind) == ("5", "Exception")
    (force,) = records(found, ProcessData)
    assert [(each.name, each.value, each.unit) for each in force.values] == [("main_force", Decimal("18.4"), "kN")]
    (result,) = records(found, TestResult)
    assert (result.test, str(result.value), result.unit, result.stage) == ("hardness", "112.50", "N", "intermediate")


@pytest.mark.parametrize(
    ("written", "text", "qualifier", "number"),
    [
        ("&lt;0.05", None, "below_quantitation", "0.05"),
        ("ND", "ND", "not_detected", None),
        ("Pass", "complies", None, None),
    ],
)
def test_a_result_has_a_sign_or_is_a_word(
    written: str, text: str | None, qualifier: str | None, number: str | None
) -> None:
    words = {"Pass": "complies", "ND": "not_detected"}
    (result,) = records(read(WHOLE.replace("112.50", written), words=words), TestResult)
    assert (result.text, result.qualifier, result.value) == (text, qualifier, number and Decimal(number))


def test_a_word_cannot_mean_what_needs_a_number() -> None:
    with pytest.raises(MappingInvalid, match="such results have its sign"):
        load_any(MAPPING.replace("complies", "below_quantitation"))


@pytest.mark.parametrize(
    "written",
    [
        WHOLE.replace("<", "<b:").replace("<b:/", "</b:").replace("xmlns=", "xmlns:b="),
        WHOLE.replace("<Events>", "<!-- a remark -->\n  <?page 3?><Events>\n"),
        "\ufeff" + WHOLE,
        WHOLE.replace(V07, V0401),
        WHOLE.replace("<Events>", '<x:Own xmlns:x="urn:own"><ID>9</ID><Version>3</Version></x:Own><Events>'),
    ],
    ids=["a prefix", "remarks", "a byte order mark", "another version", "an extension"],
)
def test_how_it_is_written_changes_nothing(written: str) -> None:
    of_both = [records(read(text), kind) for text in (WHOLE, written) for kind in (MaterialUse, TestResult, BatchStart)]
    assert of_both[:3] == of_both[3:]
    digests = {records(read(text), BatchRecord)[0].digest for text in (WHOLE, written)}
    assert len(digests) == 1 or "urn:own" in written


def test_another_content_has_another_digest() -> None:
    digests = {records(read(text), BatchRecord)[0].digest for text in (WHOLE, WHOLE.replace("118.20", "118.2"))}
    assert len(digests) == 2


def test_utf_16_is_read() -> None:
    assert len(records(read(('<?xml version="1.0" encoding="UTF-16"?>' + WHOLE).encode("utf-16")), MaterialUse)) == 2


@pytest.mark.parametrize("verb", ["Sync", "Process", "Show", "Change"])
def test_a_wrapper_is_looked_through(verb: str) -> None:
    wrapped = f'<{verb}BatchProductionRecord xmlns="{V07}"><ApplicationArea/><DataArea><{verb}/>{WHOLE}</DataArea>'
    assert len(read(f"{wrapped}</{verb}BatchProductionRecord>")) == len(read(WHOLE))


@pytest.mark.parametrize("verb", ["Get", "Acknowledge", "Confirm"])
def test_a_message_without_data_is_refused_by_its_verb(verb: str) -> None:
    wrapped = f'<{verb}BatchProductionRecord xmlns="{V07}"><DataArea>{WHOLE}</DataArea></{verb}BatchProductionRecord>'
    ((field, _, reason),) = errors(read(wrapped))
    assert field == f"{verb}BatchProductionRecord"
    assert f"a {verb} message" in reason


def test_what_a_wrapper_deletes_is_not_taken() -> None:
    criteria = '<Sync><ActionCriteria><ActionExpression actionCode="Delete"/></ActionCriteria></Sync>'
    wrapped = (
        f'<SyncBatchProductionRecord xmlns="{V07}"><DataArea>{criteria}{WHOLE}</DataArea></SyncBatchProductionRecord>'
    )
    (answer,) = read(wrapped)
    assert isinstance(answer, Refused)


def test_the_batch_may_be_named_behind_its_entries() -> None:
    late = (
        f'<BatchProductionRecord xmlns="{V0401}"><ID>EBR-1</ID>{events(CONSUMED)}'
        "<ControlRecipes><ExecutedControlRecipe><Header><ProductID>VEL-100</ProductID></Header><BatchID>B-7</BatchID></ExecutedControlRecipe></ControlRecipes>"
        f"<LastChangedDate>{AT}</LastChangedDate></BatchProductionRecord>"
    )
    (use,) = records(read(late), MaterialUse)
    assert use.lot == LotCode("VEL-100", "B-7")
    assert use.revision > 2**29, "without a version the last change orders"


def test_a_last_phase_alone_is_no_completion() -> None:
    inside = "<RecipeElement><ID>Mix</ID><RecipeElementType>Phase</RecipeElementType>{}</RecipeElement>"
    phase = f"<RecipeElements>{inside}</RecipeElements>"
    ended = phase.format(f"<StartTime>{AT}</StartTime><EndTime>2026-03-16T10:00:00Z</EndTime>")
    running, done = read(record(ended, status="In Review")), read(record(ended))
    assert records(running, BatchStart)[0].occurred_at == datetime.fromisoformat(AT)
    assert records(running, BatchCompletion) == []
    assert records(running, BatchRecord)[0].counts.phases == 1
    assert records(done, BatchCompletion)[0].completed_at == datetime(2026, 3, 16, 10, tzinfo=UTC)


def test_a_step_that_ran_twice_is_two() -> None:
    force = "<Parameter><ID>Force</ID><Value><ValueString>3</ValueString></Value></Parameter>"
    steps = (f"<RecipeElement><ID>Mix</ID><InstanceCount>{n}</InstanceCount>{force}</RecipeElement>" for n in (1, 2))
    text = record("<RecipeElements>", *steps, "</RecipeElements>")
    assert [(each.step, each.record_id) for each in records(read(text), ProcessData)] == [
        ("Mix", "EBR-1/Mix/Force"),
        ("Mix[2]", "EBR-1/Mix[2]/Force"),
    ]


def test_a_performance() -> None:
    material = (
        "<MaterialActual><MaterialDefinitionID>API</MaterialDefinitionID><MaterialLotID>A4</MaterialLotID>"
        "<MaterialSubLotID>9</MaterialSubLotID><MaterialUse>{}</MaterialUse><Quantity><QuantityString>0.41</QuantityString>"
        "<UnitOfMeasure>KG</UnitOfMeasure></Quantity></MaterialActual>"
    )
    text = (
        '<SyncProductionPerformance xmlns="http://www.wbf.org/xml/B2MML-V0401"><ApplicationArea><CreationDateTime>'
        "2012-11-29T11:58:25.3149559+01:00</CreationDateTime></ApplicationArea><DataArea><Sync/><ProductionPerformance>"
        f"<ProductionResponse><ID>53</ID><SegmentResponse><ID>Weighing</ID>{material.format('Consumed')}"
        f"{material.format('Consumable')}</SegmentResponse></ProductionResponse></ProductionPerformance></DataArea>"
        "</SyncProductionPerformance>"
    )
    (answer,) = read(text)
    assert isinstance(answer, Accepted)
    (use,) = answer.records
    assert isinstance(use, MaterialUse)
    assert (use.lot, use.material, use.number, use.sublot, use.step) == (None, "API", "A4", "9", "Weighing")
    assert use.quantity == Amount(Decimal("0.41"), "kg")
    produced = read(text.replace("Consumable", "Material Produced"))
    assert {each.lot for each in records(produced, MaterialUse)} == {LotCode("API", "A4")}


def test_a_lot_of_material() -> None:
    text = (
        f'<ShowMaterialInformation xmlns="{V07}"><ApplicationArea>'
        "<CreationDateTime>2026-03-01T17:07:18Z</CreationDateTime></ApplicationArea><DataArea><Show/><MaterialInformation><ID>API</ID><MaterialLot><ID>A4</ID><Status>Valid</Status>"
        "<MaterialLotProperty><ID>ExpiryDate</ID><Value><ValueString>2027-12-08T00:00:00Z</ValueString></Value>"
        "</MaterialLotProperty></MaterialLot></MaterialInformation></DataArea></ShowMaterialInformation>"
    )
    (lot,) = records(read(text), LotStatus)
    assert (lot.lot, lot.status, lot.expiry) == (LotCode("API", "A4"), "Valid", date(2027, 12, 8))
    ((_, _, reason),) = errors(read(text, lots_of="MaterialDefinitionID"))
    assert "lots_of: MaterialInformation" in reason


def test_a_plan_is_kept_and_told() -> None:
    (answer,) = read(f'<ProductionSchedule xmlns="{V07}"><ID>1</ID></ProductionSchedule>')
    assert isinstance(answer, Notice)


@pytest.mark.parametrize(
    ("text", "right"),
    [
        (WHOLE.replace("KG", "Kilo"), "say under units in the mapping"),
        (WHOLE.replace("KG", "MG"), "UCUM reads in 'MG' MG as megagauss: write mg"),
        (WHOLE.replace("API/A4", "A4"), "is not of the form {material}/{number}"),
        (WHOLE.replace("112.50", "hard"), "list the word under words"),
        (WHOLE.replace("HARD", "SOFT"), "is none of the mapping's tests: HARD"),
        (WHOLE.replace(AT, "2026-10-25T04:05:00+01:00"), "in the future"),
        (WHOLE.replace("2026-03-14T09:30:00", "2026-03-29T02:30:00"), "does not exist"),
        (WHOLE.replace("<BatchID>B-7</BatchID>", ""), "which batch is it?"),
        (WHOLE.replace("<BatchID>B-7</BatchID>", "<BatchID>B-7</BatchID><BatchID>B-8</BatchID>"), "names several"),
        (WHOLE.replace("<Version>2<", "<Version>b<"), "not a number"),
        (WHOLE[:-100], "no readable XML"),
        (WHOLE.replace(V07, "urn:other"), "of the namespace urn:other is not known here"),
        ("", "no readable XML"),
    ],
)
def test_what_is_wrong_is_refused_with_what_would_be_right(text: str, right: str) -> None:
    assert any(right in reason for _, _, reason in errors(read(text))), errors(read(text))


def test_rows_are_the_same_whatever_the_mapping_lists() -> None:
    few, more = read(WHOLE, parameters={}), read(WHOLE)
    assert {answer.row for answer in few} < {answer.row for answer in more}


def test_the_example_of_the_documents_is_read() -> None:
    given = load_any(examples.RECORD_MAPPING)
    assert isinstance(given, BatchRecordMapping)
    answers = list(translate_records(given, [examples.RECORD.encode()], now=NOW))
    assert [type(answer) for answer in answers] == [Accepted, Accepted]
