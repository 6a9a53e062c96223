"""What is sent here, as the documents of the API show it: a mapping, a file that it reads, and events."""

import json

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
_START = {
    "specversion": "1.0",
    "id": "7f0c2b1e",
    "source": "/celje/mes",
    "type": "io.entente.feed.BatchStart.v1",
    "data": {
        "record_id": "MES-1",
        "occurred_at": "2026-03-14T09:30:00+01:00",
        "lot": {"material": "VEL-100", "number": "24-0117"},
        "planned_quantity": {"value": 240000, "unit": "{tablet}"},
    },
}
EVENT, EVENTS = json.dumps(_START), json.dumps([_START])
