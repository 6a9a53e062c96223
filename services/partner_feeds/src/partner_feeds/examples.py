"""What is sent here, as the documents of the API show it: a mapping, a file that it reads, and events."""

import json
from typing import Any

import yaml

MAPPING = """\
code: release-results
version: 1
title: Release results, one row per batch
delimiter: ";"
decimal: comma
columns:
  Charge: {holds: text, required: true}
  Artikel: {holds: text, required: true}
  Freigabe: {holds: date, format: D.M.YYYY, required: true}
  Gehalt: {holds: number, unit: "%", name: assay}
lots:
  batch: {material: "{Artikel}", number: "{Charge}"}
records:
  - record: TestResult
    id: "{Artikel}/{Charge}/{test}"
    occurred_at: Freigabe
    lot: batch
    stage: release
    tests: [Gehalt]
"""
MAPPING_IN_JSON = json.dumps(yaml.safe_load(MAPPING))
FILE = "Charge;Artikel;Freigabe;Gehalt\n24-0117;VEL-100;31.1.2024;99,1\n24-0118;VEL-100;1.2.2024;98,4\n"
_RESULT = {"lot": "24-0117", "product": "VEL-100", "tested": "2026-03-17", "assay": 99.1}
JSON_FILE, JSON_LINES = json.dumps({"results": [_RESULT]}), json.dumps(_RESULT) + "\n"
WORKBOOK = "PK\u0003\u0004 and the rest of a workbook: a ZIP file, as a spreadsheet program saves it"
_LOT = {"material": "VEL-100", "number": "24-0117"}


def _event(type_: str, **data: Any) -> dict[str, Any]:
    name = f"io.entente.feed.{type_}.v1"
    return {"specversion": "1.0", "id": "7f0c2b1e", "source": "/celje/mes", "type": name, "data": data}


_EVENTS = (
    _event(
        "BatchStart",
        record_id="MES-1",
        occurred_at="2026-03-14T09:30:00+01:00",
        lot=_LOT,
        planned_quantity={"value": 240000, "unit": "{tablet}"},
        inputs=[{"material": "API-VEL", "number": "A4711"}],
    ),
    _event(
        "BatchCompletion",
        record_id="MES-2",
        occurred_at="2026-03-16T18:05:00+01:00",
        lot=_LOT,
        completed_at="2026-03-16T18:05:00+01:00",
        actual_quantity={"value": 236400, "unit": "{tablet}"},
        yield_percent="98.5",
    ),
    _event(
        "ProcessData",
        record_id="MES-3",
        occurred_at="2026-03-15",
        lot=_LOT,
        step="compression",
        values=[{"name": "main_compression_force", "value": "18.4", "unit": "kN"}],
    ),
    _event(
        "TestResult",
        record_id="LIMS-4",
        occurred_at="2026-03-17T10:00:00+01:00",
        lot=_LOT,
        test="assay",
        stage="release",
        value="99.1",
        unit="%",
    ),
    _event(
        "Deviation",
        record_id="QMS-5",
        occurred_at="2026-03-15T02:30:00+01:00",
        title="Press stopped for 40 minutes",
        category="equipment",
        lots=[_LOT],
        partner_aware_at="2026-03-15T06:00:00+01:00",
    ),
    _event(
        "BatchRecord",
        record_id="EBR-6",
        revision=2,
        occurred_at="2026-03-17T08:55:00+01:00",
        lot=_LOT,
        version="2",
        status="Complete",
        complete=True,
        digest="5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef",
        counts={"phases": 12, "exceptions": 3, "signatures": 31},
    ),
    _event(
        "MaterialUse",
        record_id="EBR-6/13",
        occurred_at="2026-03-14T05:45:00+01:00",
        lot=_LOT,
        material="API-VEL",
        number="A4711",
        use="consumed",
        quantity={"value": "118.20", "unit": "kg"},
        step="Weighing",
    ),
    _event(
        "ProcessExcursion",
        record_id="EBR-6/11",
        occurred_at="2026-03-15T02:30:00+01:00",
        lot=_LOT,
        event_id="11",
        step="Compression",
        kind="Alarm",
        text="Main compression force above action limit",
        value="23.4",
        limit="22",
        unit="kN",
    ),
    _event(
        "LotStatus",
        record_id="API-VEL/A4711",
        occurred_at="2026-03-10T17:07:18Z",
        lot={"material": "API-VEL", "number": "A4711"},
        status="Released",
        expiry="2027-12-08",
    ),
)
EVENT_OF = {event["type"]: event for event in _EVENTS}
"""An event of each type of record."""
EVENT, EVENTS = json.dumps(_EVENTS[0]), json.dumps([_EVENTS[0]])
RECORD_MAPPING = """\
format: b2mml
code: batch-records
version: 1
title: Batch records of the MES
units: {KG: kg, EA: "{tablet}"}
parameters: {MainCompressionForce: main_compression_force}
material_key: "{material}/{number}"
"""
RECORD = """\
<BatchProductionRecord xmlns="http://www.mesa.org/xml/B2MML">
  <ID>EBR-0117</ID>
  <BatchID>24-0117</BatchID>
  <LastChangedDate>2026-03-17T08:55:00+01:00</LastChangedDate>
  <MaterialDefinitionID>VEL-100</MaterialDefinitionID>
  <RecordStatus>Complete</RecordStatus>
  <Version>2</Version>
  <Events>
    <Event>
      <EntryID>10</EntryID>
      <TimeStamp>2026-03-14T09:30:00+01:00</TimeStamp>
      <EventType>Procedural Execution</EventType>
      <EventSubType>State Change</EventSubType>
      <Value><ValueString>Running</ValueString></Value>
      <ProceduralElementReference>Compression</ProceduralElementReference>
    </Event>
    <Event>
      <EntryID>11</EntryID>
      <TimeStamp>2026-03-15T04:05:00+01:00</TimeStamp>
      <EventType>Material</EventType>
      <EventSubType>Produce</EventSubType>
      <Value>
        <ValueString>236400</ValueString>
        <UnitOfMeasure>EA</UnitOfMeasure>
        <Key>VEL-100/24-0117</Key>
      </Value>
    </Event>
  </Events>
</BatchProductionRecord>
"""
