"""Quarantine, correction and replay; and what only quality may settle."""

import asyncio
from collections import Counter
from typing import Any
from uuid import uuid4

MAPPING = """
code: {code}
version: {version}
columns:
  lot: {{holds: text, required: true}}
  product: {{holds: text, required: true}}
  made: {{holds: date, format: YYYY-MM-DD, required: true}}
  {column}: {{holds: number, unit: "%"}}
lots:
  batch: {{material: "{{product}}", number: "{{lot}}"}}
records:
  - record: TestResult
    id: "{{product}}/{{lot}}/{{test}}"
    occurred_at: made
    lot: batch
    stage: release
    tests: [{column}]
"""


async def draft(service: Any, code: str, version: int, column: str) -> str:
    document = MAPPING.format(code=code, version=version, column=column)
    drafted = await service.client.post("/mappings", content=document)
    assert drafted.status_code == 201, drafted.text
    return str(drafted.json()["id"])


async def test_an_unknown_product_waits_for_its_registration(
    business: Any, published: Any, register_product: Any
) -> None:
    late = f"L{uuid4().hex[:8]}"
    rows = [business.batch("B-1", dissolution_min=90), business.batch("B-2", dissolution_min=91) | {"code": late}]
    answer = await business.send(business.file(*rows))
    assert (answer["state"], answer["accepted"], answer["refused"]) == ("partly_translated", 1, 1)
    await register_product(late)
    (may,) = (await business.lims.get(f"/messages/{answer['message_id']}")).json()["allowed"]
    assert (may["name"], may["path"]) == ("replay", f"/v1/messages/{answer['message_id']}/replay")
    replayed = await business.lims.post(f"/messages/{answer['message_id']}/replay")
    assert replayed.status_code == 202, replayed.text
    after = replayed.json()
    assert (after["state"], after["accepted"], after["refused"], after["errors"]) == ("replayed", 2, 0, [])
    facts = await published(answer["message_id"])
    ids = Counter(id_ for fact in facts for id_ in fact["_ids"])
    assert set(ids.values()) == {1}
    assert len(ids) == 6, "the row that had been taken was not taken again"
    again = await business.lims.post(f"/messages/{answer['message_id']}/replay")
    assert again.status_code == 409
    assert again.json()["allowed"] == []


async def test_a_replay_that_changes_nothing(business: Any, published: Any) -> None:
    answer = await business.send(business.file(business.batch(), business.batch() | {"code": "NOBODY"}))
    path = f"/messages/{answer['message_id']}"
    after = (await business.lims.post(f"{path}/replay")).json()
    assert (after["state"], after["accepted"], after["refused"]) == ("partly_translated", 1, 1)
    assert after["errors"] == answer["errors"]
    message = (await business.lims.get(path)).json()
    assert (message["attempt"], message["rows_total"]) == (2, 2)
    kinds = Counter(fact["_type"] for fact in await published(answer["message_id"]))
    turns = {"BallHeld": 3}  # whose it is, that it is tried again, and whose it is again
    assert kinds == {"BatchStartReported": 1, "BatchCompletionReported": 1, "MessageQuarantined": 2} | turns


async def test_a_mapping_is_corrected_and_the_file_replayed(
    business: Any, service: Any, published: Any, eventually: Any
) -> None:
    """Before it is approved, and after its column had the wrong name: nothing that was sent is lost."""
    code = f"m-{uuid4().hex[:8]}"
    body = {"site_id": str(business.site), "kind": "lims", "format": "csv", "mapping": code, "code": code}
    assert "there is no mapping" in (await service.client.post("/feeds", json=body)).json()["detail"]
    wrong = await draft(service, code, 1, "assai")
    assert (await service.client.post("/feeds", json=body)).status_code == 201
    file = f"lot,product,made,assay\nB1,{business.code},2024-01-31,99.1\nB2,{business.code},2024-01-31,98.4\n"
    path = f"/feeds/{code}/messages"
    first = (await business.mes.post(path, content=file, headers={"Content-Type": "text/csv"})).json()
    assert (first["state"], first["refused"]) == ("quarantined", 1)
    assert "no version of the feed's mapping is live" in first["errors"][0]["reason"]
    await service.second.post(f"/mappings/{wrong}/approval")
    second = (await business.mes.post(f"/messages/{first['message_id']}/replay")).json()
    assert (second["state"], second["refused"]) == ("quarantined", 1)
    assert {error["field"] for error in second["errors"]} == {"assay", "assai"}
    right = await draft(service, code, 2, "assay")
    await service.second.post(f"/mappings/{right}/approval")
    assert (await service.client.get(f"/mappings/{wrong}")).json()["state"] == "retired"
    third = (await business.mes.post(f"/messages/{first['message_id']}/replay")).json()
    assert (third["state"], third["accepted"], third["refused"], third["errors"]) == ("replayed", 2, 0, [])
    assert [line["row"] for line in third["records"]] == [2, 3]
    facts = [fact for fact in await published(first["message_id"]) if fact["_type"] == "TestResultsReported"]
    assert [result["value"] for fact in facts for result in fact["results"]] == ["99.1", "98.4"]
    kept = await business.mes.get(f"/messages/{first['message_id']}/content")
    assert kept.text == file


async def test_two_replays_at_once_are_one(business: Any) -> None:
    answer = await business.send(business.file(*(business.batch() | {"code": "NOBODY"} for _ in range(50))))
    path = f"/messages/{answer['message_id']}"
    answers = await asyncio.gather(*(business.lims.post(f"{path}/replay") for _ in range(4)))
    statuses = sorted(answer.status_code for answer in answers)
    assert set(statuses) <= {202, 409}
    message = (await business.lims.get(path)).json()
    assert message["attempt"] == 1 + statuses.count(202)
    assert (message["state"], message["refused"]) == ("quarantined", 50)


async def test_a_dismissal_needs_quality_and_a_reason(business: Any, service: Any) -> None:
    answer = await business.send(business.file(business.batch() | {"code": "NOBODY"}))
    path = f"/messages/{answer['message_id']}/dismissal"
    assert (await business.lims.post(path, json={"reason": "a test file"})).status_code == 403
    assert (await service.as_("quality").post(path, json={"reason": " "})).status_code == 422
    answered = await service.as_("quality").post(path, json={"reason": "a test file"})
    dismissed = answered.json()
    assert answered.headers["etag"] == f'"{dismissed["version"]}"'
    assert (dismissed["state"], dismissed["dismissal_reason"]) == ("dismissed", "a test file")
    assert (await business.lims.get(f"/messages/{answer['message_id']}/content")).status_code == 200


async def test_a_mapping_is_checked_before_it_is_approved(business: Any, service: Any) -> None:
    mapping = await draft(service, f"m-{uuid4().hex[:8]}", 1, "assay")
    file = "lot,product,made,assay\nB1,P,2024-01-31,99.1\nB2,P,2024-01-31,9 mg\n"
    report = await service.client.post(
        f"/mappings/{mapping}/checks", content=file, headers={"Content-Type": "text/csv"}
    )
    assert report.status_code == 200, report.text
    assert (report.json()["accepted"], report.json()["refused"]) == (1, 1)
    assert report.json()["errors"][0]["field"] == "assay"
    twice = await service.client.post(f"/mappings/{mapping}/checks", params={"values": ["1", "2"]}, content=file)
    assert (twice.status_code, twice.json()["type"]) == (422, "urn:entente:problem:repeated-parameter")


async def test_a_version_of_a_mapping_has_one_document(service: Any) -> None:
    code = f"m-{uuid4().hex[:8]}"
    document = MAPPING.format(code=code, version=1, column="assay")
    first = await service.client.post("/mappings", content=document)
    again = await service.client.post("/mappings", content=document)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]
    assert (await service.client.get(f"/mappings/{first.json()['id']}/document")).text == document
    other = await service.client.post("/mappings", content=document + "title: other\n")
    assert other.status_code == 409
    faulty = await service.client.post("/mappings", content=document.replace("holds: number", "holds: numbr"))
    assert faulty.status_code == 422
    assert faulty.json()["errors"][0]["field"].startswith("columns.assay")
