"""Batch records in B2MML over HTTP, from the mapping to the facts."""

from typing import Any
from uuid import uuid4

import pytest_asyncio

from partner_feeds import examples

XML = {"Content-Type": "application/xml; charset=utf-8"}


@pytest_asyncio.fixture
async def feed(service: Any, business: Any) -> str:
    """The maker's MES, which sends batch records."""
    code = f"records-{uuid4().hex[:8]}"
    document = examples.RECORD_MAPPING.replace("code: batch-records", f"code: {code}")
    drafted = await service.client.post("/mappings", content=document, headers={"Content-Type": "application/yaml"})
    assert drafted.status_code == 201, drafted.text
    tried = await service.client.post(f"/mappings/{drafted.json()['id']}/checks", content=examples.RECORD, headers=XML)
    assert (tried.status_code, tried.json()["accepted"]) == (200, 2), tried.text
    body = {"code": code, "site_id": str(business.site), "kind": "mes", "format": "b2mml", "mapping": code}
    assert (await service.client.post("/feeds", json=body)).status_code == 201
    approved = await service.second.post(f"/mappings/{drafted.json()['id']}/approval")
    assert approved.json()["state"] == "live", approved.text
    business.mes_feed = code
    return code


async def test_a_record_becomes_facts(business: Any, published: Any, feed: str) -> None:
    content = examples.RECORD.replace("VEL-100", business.code)
    answer = await business.send(content, feed, **XML)
    assert (answer["errors"], answer["accepted"], answer["state"]) == ([], 2, "translated")
    facts = await published(answer["message_id"])
    assert [fact["_type"] for fact in facts] == [
        "BatchStartReported",
        "BatchRecordReported",
        "BatchCompletionReported",
        "MaterialUseReported",
    ]
    assert facts[2]["actual_quantity"] == {"value": "236400", "unit": "{tablet}"}
    assert {fact["lot"]["id"] for fact in facts} == {facts[0]["lot"]["id"]}
    assert (await business.send(content.replace("<Events>", "<Events> "), feed, **XML))["duplicate"] == 2
    later = content.replace("<Version>2", "<Version>3").replace("236400", "236100")
    assert (await business.send(later, feed, **XML))["amended"] == 2


async def test_what_is_no_xml_is_refused(business: Any, feed: str) -> None:
    answer = await business.send("<!DOCTYPE a><a/>", feed, **XML)
    assert (answer["state"], answer["refused"]) == ("quarantined", 1)
    assert answer["errors"][0]["reason"].startswith("a document type")
    path = f"/feeds/{feed}/messages"
    refused = await business.mes.post(path, content="a;b", headers={"Content-Type": "text/csv"})
    assert (refused.status_code, refused.json()["accepted"]) == (415, ["application/xml", "text/xml"])
