"""Files by mapping: every row is answered, existing records are kept apart from new ones, and what was sent is kept."""

import asyncio
import hashlib
from collections import Counter
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from contracts import Lot


async def test_a_file_becomes_facts_and_is_kept_as_it_came(business: Any, published: Any) -> None:
    rows = [business.batch(dissolution_min=81.5, api_code=5, api_batch=2, api_water=1.5) for _ in range(3)]
    file = business.file(*rows)
    answer = await business.send(file)
    assert {name: answer[name] for name in ("accepted", "duplicate", "amended", "refused")} == {
        "accepted": 3,
        "duplicate": 0,
        "amended": 0,
        "refused": 0,
    }
    assert (answer["state"], answer["feed"], answer["errors"]) == ("translated", business.lims_feed, [])
    assert answer["records"] == [{"row": row, "outcome": "accepted"} for row in (2, 3, 4)]
    facts = await published(answer["message_id"])
    # The raw material's result is on each of the three rows, and is one fact.
    assert Counter(fact["_type"] for fact in facts) == {
        "BatchStartReported": 3,
        "BatchCompletionReported": 3,
        "TestResultsReported": 4,
    }
    kept = await business.lims.get(f"/messages/{answer['message_id']}/content")
    assert kept.content == file.encode()
    assert kept.headers["etag"] == f'"{hashlib.sha256(file.encode()).hexdigest()}"'


async def test_messages_are_found_by_the_day_on_which_they_were_received(business: Any) -> None:
    answer = await business.send(business.file(business.batch(dissolution_min=81.5)))
    message = (await business.lims.get(f"/messages/{answer['message_id']}")).json()
    day = datetime.fromisoformat(message["received_at"]).date()

    async def is_found(**asked: Any) -> bool:
        listed = await business.lims.get("/messages", params={"feed": business.lims_feed} | asked)
        return message["id"] in [item["id"] for item in listed.json()["items"]]

    assert await is_found(**{"from": str(day), "to": str(day)})
    assert not await is_found(**{"from": str(day + timedelta(days=1))})
    assert not await is_found(to=str(day - timedelta(days=1)))


async def test_what_a_fact_says(business: Any, published: Any) -> None:
    row = business.batch("B-77", dissolution_min=81.5, api_code=5, api_batch=2, api_water=1.53)
    answer = await business.send(business.file(row))
    facts = {(fact["_type"], fact.get("stage")): fact for fact in await published(answer["message_id"])}
    start, reported = facts["BatchStartReported", None], facts["TestResultsReported", "release"]
    (result,) = reported["results"]
    assert start["occurred_at"] == "2018-11", "a month stays a month"
    assert start["lot"]["id"] == str(Lot.identify(business.site, business.code, "B-77"))
    assert UUID(start["lot"]["partner_id"]) == business.maker
    assert start["inputs"] == [{"material": "api-5", "number": "2"}]
    assert reported["message_id"] == answer["message_id"]
    assert (result["test"], result["value"], result["unit"]) == ("dissolution_min", "81.5", "%")
    assert UUID(reported["laboratory_site_id"]) == business.laboratory_site
    assert UUID(reported["laboratory_partner_id"]) == business.laboratory
    assert reported["_parties"] == ",".join(sorted([str(business.maker), str(business.laboratory)]))
    assert reported["_key"] == reported["lot"]["id"] == start["lot"]["id"]
    raw = facts["TestResultsReported", "raw_material"]["lot"]
    assert (raw["material"], raw["number"], raw["product_id"]) == ("api-5", "2", None)
    assert UUID(raw["site_id"]) == business.site


async def test_the_same_again_changes_nothing(business: Any, published: Any) -> None:
    rows = [business.batch(dissolution_min=81.5) for _ in range(4)]
    first = await business.send(business.file(*rows))
    again = await business.send(business.file(*rows))
    assert again["message_id"] == first["message_id"]
    assert (again["accepted"], again["duplicate"]) == (0, 4)
    assert again["notices"][0].startswith("received before")
    # Other bytes, the same records.
    other = await business.send(business.file(*rows).replace("\n", "\r\n"))
    assert other["message_id"] != first["message_id"]
    assert (other["accepted"], other["duplicate"], other["notices"]) == (0, 4, [])
    assert await published(other["message_id"]) == []


async def test_two_identical_uploads_at_once_are_one_message(business: Any, published: Any) -> None:
    file = business.file(*(business.batch(dissolution_min=90) for _ in range(40)))
    answers = await asyncio.gather(*(business.send(file) for _ in range(4)))
    (message_id,) = {answer["message_id"] for answer in answers}
    assert sorted(answer["accepted"] for answer in answers) == [0, 0, 0, 40]
    assert len(await published(message_id)) == 120


async def test_two_files_with_the_same_records_at_once_publish_each_once(business: Any, published: Any) -> None:
    rows = [business.batch(dissolution_min=90, dissolution_av=95) for _ in range(600)]
    backwards = business.file(*reversed(rows))
    answers = await asyncio.gather(business.send(business.file(*rows)), business.send(backwards))
    facts = [fact for answer in answers for fact in await published(answer["message_id"])]
    ids = Counter(id_ for fact in facts for id_ in fact["_ids"])
    assert len(ids) == 600 * 4
    assert set(ids.values()) == {1}


async def test_a_message_id_stands_for_one_content(business: Any) -> None:
    file = business.file(business.batch())
    first = await business.send(file, **{"Message-Id": "lims-1"})
    again = await business.send(file, **{"Message-Id": "lims-1"})
    assert again["message_id"] == first["message_id"]
    other = await business.lims.post(
        f"/feeds/{business.lims_feed}/messages",
        content=business.file(business.batch()),
        headers={"Content-Type": "text/csv", "Message-Id": "lims-1"},
    )
    assert other.status_code == 409
    assert other.json()["type"] == "urn:entente:problem:message-id-reused"
    assert other.json()["message_id"] == first["message_id"]


async def test_process_data_without_a_date_is_dated_with_the_start_of_its_lot(business: Any, published: Any) -> None:
    await business.send(business.file(business.batch("B-1", start="maj.19")))
    rows = [{"batch": number, "code": business.code, "fom_mean": 49.9, "weekend": "yes"} for number in ("B-1", "B-2")]
    answer = await business.send(business.file(*rows, mapping="tablets-process"), business.press_feed)
    known, unknown = await published(answer["message_id"])
    assert known["occurred_at"] == "2019-05"
    received = (await business.mes.get(f"/messages/{answer['message_id']}")).json()["received_at"]
    assert abs(int(unknown["occurred_at"][8:]) - int(received[8:10])) <= 1, "the day of receipt at the site"
    assert len(unknown["occurred_at"]) == 10
    assert {value["name"]: value["text"] for value in known["values"]}["weekend"] == "yes"


async def test_a_dry_run_answers_the_same_and_keeps_nothing(business: Any) -> None:
    bad = business.batch("B-9", dissolution_min="95,1")
    file = business.file(business.batch("B-8"), bad)
    path = f"/feeds/{business.lims_feed}/messages"
    answer = await business.lims.post(f"{path}?dry_run=true", content=file, headers={"Content-Type": "text/csv"})
    assert answer.status_code == 200
    tried = answer.json()
    assert (tried["message_id"], tried["state"], tried["accepted"], tried["refused"]) == (None, None, 1, 1)
    assert (await business.lims.get("/messages", params={"feed": business.lims_feed})).json()["items"] == []
    assert tried["values"] == []
    real = await business.send(file)
    assert (real["accepted"], real["errors"]) == (1, tried["errors"])


async def test_a_dry_run_shows_values_beside_their_cells(business: Any) -> None:
    path, headers = f"/feeds/{business.lims_feed}/messages", {"Content-Type": "text/csv"}
    file = business.file(business.batch("B-8", dissolution_min=90), business.batch("B-9"))
    tried = (await business.lims.post(f"{path}?dry_run=true&values=1", content=file, headers=headers)).json()
    (row,) = tried["values"]
    assert {"source": "batch", "written": "B-8", "read": "B-8"} in row["cells"]
    results = [each for each in row["records"] if each["record"] == "TestResult"]
    assert {each["lot"]["number"] for each in results} == {"B-8"}
    assert {f"{each['value']} {each['unit']}" for each in results} <= {cell["read"] for cell in row["cells"]}
    refused = await business.lims.post(f"{path}?values=1", content=file, headers=headers)
    assert refused.status_code == 422
    assert "add dry_run=true" in refused.text
    assert (await business.lims.get("/messages", params={"feed": business.lims_feed})).json()["items"] == []


async def test_a_long_file_is_told_by_pages(business: Any) -> None:
    rows = [business.batch(dissolution_min="x" if number % 4 == 0 else 90) for number in range(1200)]
    answer = await business.send(business.file(*rows))
    assert (answer["accepted"], answer["refused"]) == (900, 300)
    assert len(answer["records"]) == 1000
    found, path = [], answer["more"].removeprefix("/v1")
    cursor = None
    while True:
        page = (await business.lims.get(path, params={"cursor": cursor} if cursor else {})).json()
        found += page["items"]
        if not (cursor := page["next"]):
            break
    assert [line["row"] for line in found] == list(range(2, 1202))
    refused = (await business.lims.get(path, params={"outcome": "refused", "limit": 1000})).json()["items"]
    assert len(refused) == 300
    assert refused[0]["errors"][0]["field"] == "dissolution_min"
    message = (await business.lims.get(f"/messages/{answer['message_id']}")).json()
    assert (message["rows_done"], message["rows_total"], message["state"]) == (1200, 1200, "partly_translated")
    assert message["mapping"] == "tablets-laboratory version 1"
