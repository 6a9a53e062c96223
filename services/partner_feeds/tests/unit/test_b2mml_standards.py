"""A document of the oldest standard and one of the newest, each with all that a right reader finds in it."""

from datetime import datetime
from decimal import Decimal

from contracts.batch_records import RecordCounts, Use
from partner_feeds.records.answers import Accepted
from partner_feeds.records.batch_records import BatchRecord, MaterialUse, ProcessExcursion
from partner_feeds.records.model import Amount, BatchCompletion, BatchStart, LotCode, ProcessData, TestResult
from tests.batch_records import errors, read, records

V0401 = """\
<?xml version="1.0" encoding="utf-8"?>
<SyncProductionPerformance xmlns="http://www.wbf.org/xml/B2MML-V0401">
  <ApplicationArea><CreationDateTime>2026-02-11T16:20:00.5+01:00</CreationDateTime></ApplicationArea>
  <DataArea>
    <Sync/>
    <ProductionPerformance>
      <ID>PP-9</ID>
      <ProductionResponse>
        <ID>PR-88</ID>
        <SegmentResponse>
          <ID>Granulation</ID>
          <ActualStartTime>2026-02-11T08:00:00+01:00</ActualStartTime>
          <ActualEndTime>2026-02-11T15:30:00+01:00</ActualEndTime>
          <ProductionData>
            <ID>InletTemp</ID>
            <Value><ValueString>61.5</ValueString><DataType>double</DataType><UnitOfMeasure>DEGC</UnitOfMeasure></Value>
          </ProductionData>
          <ProductionData>
            <ID>Operator</ID>
            <Value><ValueString>n.n.</ValueString><DataType>string</DataType><UnitOfMeasure/></Value>
          </ProductionData>
          <MaterialActual>
            <MaterialDefinitionID>LACTOSE</MaterialDefinitionID>
            <MaterialLotID>L-3301</MaterialLotID>
            <MaterialSubLotID>0042</MaterialSubLotID>
            <MaterialUse>Consumed</MaterialUse>
            <Quantity>
              <QuantityString>42.50</QuantityString><DataType>decimal</DataType><UnitOfMeasure>KG</UnitOfMeasure>
            </Quantity>
          </MaterialActual>
          <MaterialActual>
            <MaterialDefinitionID>GRAN-10</MaterialDefinitionID>
            <MaterialLotID>G-71</MaterialLotID>
            <MaterialUse>Produced</MaterialUse>
            <Quantity>
              <QuantityString>60.1</QuantityString><DataType>decimal</DataType><UnitOfMeasure>KG</UnitOfMeasure>
            </Quantity>
          </MaterialActual>
        </SegmentResponse>
        <ResponseState>Completed</ResponseState>
      </ProductionResponse>
    </ProductionPerformance>
  </DataArea>
</SyncProductionPerformance>
"""

V07 = """\
<?xml version="1.0" encoding="UTF-8"?>
<m:BatchProductionRecord xmlns:m="http://www.mesa.org/xml/B2MML">
  <m:ID>EBR-5150</m:ID>
  <m:EntryID>1</m:EntryID>
  <m:TimeStamp>2026-04-08T19:00:00+02:00</m:TimeStamp>
  <m:CreationDate>2026-04-07T06:00:00+02:00</m:CreationDate>
  <m:BatchID>T-2207</m:BatchID>
  <m:LastChangedDate>2026-04-09T10:15:00+02:00</m:LastChangedDate>
  <m:LotID>T-2207</m:LotID>
  <m:MaterialDefinitionID>TAB-250</m:MaterialDefinitionID>
  <m:PersonnelIdentification>
    <m:PersonnelIdentificationManifest><m:PersonID>qa1</m:PersonID></m:PersonnelIdentificationManifest>
    <m:PersonnelIdentificationManifest><m:PersonID>op4</m:PersonID></m:PersonnelIdentificationManifest>
  </m:PersonnelIdentification>
  <m:RecordStatus>Complete</m:RecordStatus>
  <m:Version>3</m:Version>
  <m:ChangeHistory><m:Change><m:ReasonForChange>Scale printout added</m:ReasonForChange></m:Change></m:ChangeHistory>
  <m:Comments><m:Comment><m:Text>Shift handed over</m:Text></m:Comment></m:Comments>
  <m:Events>
    <m:Event>
      <m:EntryID>30</m:EntryID>
      <m:TimeStamp>2026-04-07T07:00:00+02:00</m:TimeStamp>
      <m:EventType>Procedural Execution</m:EventType>
      <m:EventSubType>State Change</m:EventSubType>
      <m:Value><m:ValueString>Running</m:ValueString></m:Value>
    </m:Event>
    <m:Event>
      <m:EntryID>31</m:EntryID>
      <m:TimeStamp>2026-04-07T07:05:00+02:00</m:TimeStamp>
      <m:EventType>Material</m:EventType>
      <m:EventSubType>Consume</m:EventSubType>
      <m:Value>
        <m:ValueString>60.1</m:ValueString><m:UnitOfMeasure>KG</m:UnitOfMeasure><m:Key>GRAN-10/G-71</m:Key>
      </m:Value>
    </m:Event>
    <m:Event>
      <m:EntryID>32</m:EntryID>
      <m:TimeStamp>2026-04-07T11:40:00+02:00</m:TimeStamp>
      <m:EventType>Alarm</m:EventType>
      <m:EventSubType>Process</m:EventSubType>
      <m:Value><m:ValueString>71</m:ValueString><m:UnitOfMeasure>DEGC</m:UnitOfMeasure></m:Value>
      <m:MessageText>Bed too hot</m:MessageText>
      <m:ProceduralElementReference>Coating</m:ProceduralElementReference>
      <m:AlarmData>
        <m:AlarmLimit><m:ValueString>65</m:ValueString><m:UnitOfMeasure>DEGC</m:UnitOfMeasure></m:AlarmLimit>
      </m:AlarmData>
    </m:Event>
    <m:Event>
      <m:EntryID>33</m:EntryID>
      <m:TimeStamp>2026-04-07T12:10:00+02:00</m:TimeStamp>
      <m:EventType>Operator</m:EventType>
      <m:EventSubType OtherValue="Exception">Other</m:EventSubType>
      <m:MessageText>Nozzle cleaned</m:MessageText>
    </m:Event>
    <m:Event>
      <m:EntryID>34</m:EntryID>
      <m:TimeStamp>2026-04-07T18:30:00+02:00</m:TimeStamp>
      <m:EventType>Material</m:EventType>
      <m:EventSubType>Produce</m:EventSubType>
      <m:Value>
        <m:ValueString>240000</m:ValueString><m:UnitOfMeasure>EA</m:UnitOfMeasure><m:Key>TAB-250/T-2207</m:Key>
      </m:Value>
    </m:Event>
  </m:Events>
  <m:Samples>
    <m:Sample>
      <m:EntryID>40</m:EntryID>
      <m:TimeStamp>2026-04-07T10:00:00+02:00</m:TimeStamp>
      <m:SampleTest>
        <m:EntryID>41</m:EntryID>
        <m:TestCode>HARD</m:TestCode>
        <m:ExpectedResults><m:ValueString>80</m:ValueString><m:UnitOfMeasure>N</m:UnitOfMeasure></m:ExpectedResults>
        <m:SampleTestResult>
          <m:EntryID>42</m:EntryID>
          <m:TimeStamp>2026-04-07T10:25:00+02:00</m:TimeStamp>
          <m:Results><m:ValueString>97.0</m:ValueString><m:UnitOfMeasure>N</m:UnitOfMeasure></m:Results>
        </m:SampleTestResult>
      </m:SampleTest>
    </m:Sample>
  </m:Samples>
</m:BatchProductionRecord>
"""
UNITS = {"KG": "kg", "EA": "{tablet}", "DEGC": "Cel"}


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_a_performance_of_the_first_standard() -> None:
    answers = read(V0401, units=UNITS, parameters={"InletTemp": "inlet_temperature"})
    assert errors(answers) == []
    batch, end = LotCode("GRAN-10", "G-71"), moment("2026-02-11T15:30:00+01:00")
    assert [
        (each.record_id, each.lot, each.material, each.number, each.sublot, each.use, each.quantity, each.step)
        for each in records(answers, MaterialUse)
    ] == [
        ("PR-88/Granulation/MaterialActual", batch, "LACTOSE", "L-3301", "0042", Use.consumed,
         Amount(Decimal("42.50"), "kg"), "Granulation"),
        ("PR-88/Granulation/MaterialActual[2]", batch, "GRAN-10", "G-71", None, Use.produced,
         Amount(Decimal("60.1"), "kg"), "Granulation"),
    ]  # fmt: skip
    assert {each.occurred_at for each in records(answers, MaterialUse)} == {end}
    (start,), (made,) = records(answers, BatchStart), records(answers, BatchCompletion)
    assert (start.record_id, start.lot, start.occurred_at) == ("PR-88", batch, moment("2026-02-11T08:00:00+01:00"))
    assert (made.lot, made.completed_at, made.actual_quantity) == (batch, end, Amount(Decimal("60.1"), "kg"))
    (data,) = records(answers, ProcessData)
    assert [(each.name, each.value, each.unit) for each in data.values] == [
        ("inlet_temperature", Decimal("61.5"), "Cel")
    ]
    assert (data.step, data.occurred_at) == ("Granulation", end)
    assert len([record for each in answers if isinstance(each, Accepted) for record in each.records]) == 5


def test_a_record_of_the_newest_standard() -> None:
    answers = read(V07, units=UNITS)
    assert errors(answers) == []
    batch = LotCode("TAB-250", "T-2207")
    (whole,), (start,), (made,) = (records(answers, kind) for kind in (BatchRecord, BatchStart, BatchCompletion))
    assert (whole.record_id, whole.lot, whole.version, whole.revision) == ("EBR-5150", batch, "3", 3)
    assert (whole.occurred_at, whole.status, whole.complete) == (moment("2026-04-09T10:15:00+02:00"), "Complete", True)
    assert whole.counts == RecordCounts(
        events=5, exceptions=1, alarms=1, materials=2, results=1, signatures=2, comments=1, changes=1
    )
    assert start.occurred_at == moment("2026-04-07T07:00:00+02:00")
    assert made.completed_at == moment("2026-04-07T18:30:00+02:00")
    assert made.actual_quantity == Amount(Decimal(240000), "{tablet}")
    assert [
        (each.event_id, each.kind, each.step, each.text, each.value, each.limit, each.unit)
        for each in records(answers, ProcessExcursion)
    ] == [
        ("32", "Alarm", "Coating", "Bed too hot", 71, 65, "Cel"),
        ("33", "Exception", None, "Nozzle cleaned", None, None, None),
    ]
    assert [
        (each.record_id, each.lot, each.material, each.number, each.use, each.quantity)
        for each in records(answers, MaterialUse)
    ] == [
        ("EBR-5150/31", batch, "GRAN-10", "G-71", Use.consumed, Amount(Decimal("60.1"), "kg")),
        ("EBR-5150/34", batch, "TAB-250", "T-2207", Use.produced, Amount(Decimal(240000), "{tablet}")),
    ]
    (result,) = records(answers, TestResult)
    assert (result.record_id, result.lot, result.test, str(result.value), result.unit, result.stage) == (
        "EBR-5150/42", batch, "hardness", "97.0", "N", "intermediate",
    )  # fmt: skip
    assert result.occurred_at == moment("2026-04-07T10:25:00+02:00")
    assert len([record for each in answers if isinstance(each, Accepted) for record in each.records]) == 8
