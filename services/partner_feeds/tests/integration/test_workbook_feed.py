"""A feed of workbooks: what comes with a file is as good as what is in it."""

import io
from datetime import datetime
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from openpyxl import Workbook

from partner_feeds.readers.form import CSV, XLSX
from tests.world import ZONE

MAPPING = """
code: {code}
version: 1
format: xlsx
columns:
  Lot: {{holds: text, required: true}}
  Product: {{holds: text, required: true}}
  Purity: {{holds: number, unit: "%", name: assay}}
  Tested: {{holds: date, format: YYYYMMDD, file_name: 'results_([0-9]{{8}})'}}
  Came: {{holds: date, received: true}}
lots:
  batch: {{material: "{{Product}}", number: "{{Lot}}"}}
records:
  - {{record: TestResult, id: "{{Lot}}/{{test}}", occurred_at: Tested, lot: batch, stage: release, tests: [Purity]}}
  - {{record: ProcessData, id: "{{Lot}}/came", occurred_at: Came, lot: batch, step: receipt, values: [Lot]}}
"""


def workbook(*rows: list[Any]) -> bytes:
    book, file = Workbook(), io.BytesIO()
    for row in (["Lot", "Product", "Purity"], *rows):
        book.worksheets[0].append(row)
    book.save(file)
    return file.getvalue()


@pytest.fixture
async def feed(service: Any, business: Any) -> str:
    code = f"workbooks-{uuid4().hex[:8]}"
    drafted = await service.client.post("/mappings", content=MAPPING.format(code=code))
    assert drafted.status_code == 201, drafted.text
    await service.second.post(f"/mappings/{drafted.json()['id']}/approval")
    body = {"code": code, "site_id": str(business.laboratory_site), "kind": "lims", "format": "xlsx", "mapping": code}
    made_by = {
        "manufacturing_site_id": str(business.site),
        "grants": [{"record": "ProcessData", "partner_id": str(business.maker)}],
    }
    answer = await service.client.post("/feeds", json=body | made_by)
    assert answer.status_code == 201, answer.text
    return code


async def test_a_workbook_becomes_facts_dated_by_its_name_and_its_receipt(
    business: Any, feed: str, published: Any
) -> None:
    headers = {"Content-Type": XLSX, "Content-Disposition": 'attachment; filename="results_20260203.xlsx"'}
    content = workbook(["L-1", business.code, 99.4], ["L-2", business.code, "n.a."])
    path = f"/feeds/{feed}/messages"
    tried = await business.lims.post(f"{path}?dry_run=true", content=content, headers=headers)
    answer = await business.send(content, feed, **headers)
    assert [(each["accepted"], each["refused"]) for each in (tried.json(), answer)] == [(1, 1), (1, 1)]
    facts = {fact["_type"]: fact for fact in await published(answer["message_id"])}
    assert facts["TestResultsReported"]["occurred_at"] == "2026-02-03"
    (result,) = facts["TestResultsReported"]["results"]
    assert (result["test"], result["value"]) == ("assay", "99.4")
    message = (await business.lims.get(f"/messages/{answer['message_id']}")).json()
    received = datetime.fromisoformat(message["received_at"]).astimezone(ZoneInfo(ZONE))
    assert facts["ProcessDataReported"]["occurred_at"] == str(received.date()), "by the day of its site"


async def test_a_feed_of_workbooks_takes_nothing_else(business: Any, feed: str, service: Any) -> None:
    refused = await business.lims.post(f"/feeds/{feed}/messages", content="Lot", headers={"Content-Type": CSV})
    assert (refused.status_code, refused.json()["accepted"]) == (415, [XLSX])
    broken = await business.send(b"Lot,Product", feed, **{"Content-Type": XLSX})
    assert broken["state"] == "quarantined"
    assert broken["errors"][0]["reason"].startswith("the header cannot be read: plain text, such as CSV")
