"""The audit as people read it: who changed what of a record, when and why, for whoever may see the record."""

import re
from typing import Any
from uuid import uuid4

import pytest

from contracts import clock
from notes.behind_http import Notes
from notes.installation import message
from notes.logins import a_note
from notes.parked import refusing
from serving.audit import OPERATIONS


async def test_a_change_is_told_with_its_reason_in_prose_and_as_data(notes: Notes) -> None:
    correlation = {"X-Correlation-Id": uuid4().hex}
    note = await a_note(notes, text="before")
    done = await notes.client.post(f"/notes/{note}/issue", json={"reason": "both agree"}, headers=correlation)
    assert done.status_code == 200, done.text
    created, issued = (await notes.client.get(f"/audit/{note}")).json()["items"]
    assert (created["done"], created["part"], created["party"]) == ("created", "note", "sponsor")
    assert "tester (admin, quality) created note: " in created["text"]
    assert "text before" in created["text"]
    assert (issued["reason"], issued["correlation_id"]) == ("both agree", correlation["X-Correlation-Id"])
    assert issued["changes"] == [
        {"field": "issued_by", "before": None, "after": "tester"},
        {"field": "state", "before": "draft", "after": "issued"},
    ]
    assert issued["text"].endswith(
        "UTC: tester (admin, quality) changed note: issued_by from nothing to tester; state from draft to issued. "
        f"Reason: both agree. It followed from {correlation['X-Correlation-Id']}."
    )


@pytest.mark.parametrize(
    ("headers", "body", "reason"),
    [
        ({}, {"reason": "the body's"}, "the body's"),
        ({"X-Reason": "the header's"}, {"reason": "the body's"}, "the body's; the header's"),
        ({"X-Reason": ""}, {"reason": "the body's"}, "the body's"),
        ({"X-Reason": "both"}, {"reason": "both"}, "both"),
        (
            {b"X-Reason": "pr\u00e9ss\u00e9 za \u017dagar".encode()},
            {"reason": "b"},
            "b; pr\u00e9ss\u00e9 za \u017dagar",
        ),
        ({}, {"reason": "x" * 20_000}, "x" * 20_000),
    ],
)
async def test_where_a_reason_comes_from(notes: Notes, headers: Any, body: dict[str, Any], reason: str) -> None:
    note = await a_note(notes)
    assert (await notes.client.post(f"/notes/{note}/issue", json=body, headers=headers)).status_code == 200
    assert [entry["reason"] for entry in (await notes.client.get(f"/audit/{note}")).json()["items"]] == ["", reason]


async def test_a_reason_that_cannot_be_stored_refuses_the_change(notes: Notes) -> None:
    note = await a_note(notes)
    assert (await notes.client.post(f"/notes/{note}/issue", json={"reason": "a\0b"})).status_code == 422
    for header in (b"\xff", b"x" * 10_001):
        answer = await notes.client.post(f"/notes/{note}/issue", json={"reason": "b"}, headers={b"X-Reason": header})
        assert answer.status_code == 422, answer.text
    assert len((await notes.client.get(f"/audit/{note}")).json()["items"]) == 1


async def test_a_history_comes_page_by_page_without_a_gap(notes: Notes) -> None:
    note = await a_note(notes)
    for number in range(4):
        changed = await notes.client.put(f"/notes/{note}", json={"text": str(number)}, headers={"If-Match": "*"})
        assert changed.status_code == 200
    whole = (await notes.client.get(f"/audit/{note}")).json()
    assert whole["next"] is None
    seen: list[Any] = []
    cursor: str | None = None
    while True:
        asked = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await notes.client.get(f"/audit/{note}", params=asked)).json()
        seen += page["items"]
        if (cursor := page["next"]) is None:
            break
    assert seen == whole["items"]
    assert len(seen) == 5
    for forged in ("x", "e30=", "MDAwMS0wMS0wMSB4", "MDAwMS0wMS0wMSAwMDAwMDAwMC0wMDAwLTAwMDAtMDAwMC0wMDAwMDAwMDAwMDA="):
        assert (await notes.client.get(f"/audit/{note}", params={"cursor": forged})).status_code == 400, forged


async def test_only_who_may_see_the_record_sees_its_history(notes: Notes) -> None:
    me, other = uuid4(), uuid4()
    mine, theirs = await a_note(notes, me), await a_note(notes, other)
    async with notes.as_("partner_lab", partner_id=me) as partner:
        assert len((await partner.get(f"/audit/{mine}")).json()["items"]) == 1
        foreign, absent = await partner.get(f"/audit/{theirs}"), await partner.get(f"/audit/{uuid4()}")
        assert (foreign.status_code, absent.status_code) == (404, 404)
        assert (await partner.get("/audit/operations")).json()["items"] == []
    async with notes.as_("admin") as administrator:
        assert (await administrator.get(f"/audit/{mine}")).status_code == 403
    assert OPERATIONS.int == 0


@pytest.mark.parametrize("path", ["/replays", "/parked/retries", "/projection-rebuilds"])
async def test_an_operator_s_misspelt_bound_is_refused(notes: Notes, path: str) -> None:
    async with notes.as_("admin") as operator:
        answer = await operator.post(path, json={"sinse": "2026-01-01T00:00:00Z", "reason": "r"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "body.sinse"), answer.text


@pytest.mark.parametrize("path", ["/replays", "/parked/retries", "/projection-rebuilds"])
async def test_of_two_values_of_a_key_none_counts(notes: Notes, path: str) -> None:
    json = {"Content-Type": "application/json"}
    async with notes.as_("admin") as operator:
        answer = await operator.post(path, content=b'{"reason": "a", "reason": "b"}', headers=json)
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:entente:problem:repeated-key"), answer.text


@pytest.mark.parametrize("path", ["/replays", "/parked/retries"])
async def test_what_an_operator_did_is_noted_with_person_and_reason(notes: Notes, path: str) -> None:
    asked = {"X-Correlation-Id": uuid4().hex}
    async with notes.as_("admin", subject="ola") as operator:
        since, why = clock.now().isoformat(), {"reason": "the broker was restored"}
        why |= {"since": since} if path == "/replays" else {}
        assert (await operator.post(path, json=why, headers=asked)).status_code < 300
        headers = {"X-Reason": "the header's", "X-Correlation-Id": uuid4().hex}
        assert (await operator.post(path, json=why, headers=headers)).status_code < 300
    items = (await notes.client.get("/audit/operations", params={"limit": 500})).json()["items"]
    (entry,) = [item for item in items if item["correlation_id"] == asked["X-Correlation-Id"]]
    assert f"{why['reason']}; the header's" in [item["reason"] for item in items]
    assert (entry["actor"], entry["reason"]) == ("ola", why["reason"])
    assert entry["done"] == {"/replays": "replay", "/parked/retries": "retry"}[path]
    replayed = rf"replayed notes from {re.escape(since.replace('T', ' '))} on: facts sent again: \d+"
    did = {"/replays": replayed, "/parked/retries": "retried parked facts: 0 applied, 0 still fail"}[path]
    text = rf" UTC: ola \(admin\) {did}\. Reason: {why['reason']}\. It followed from {asked['X-Correlation-Id']}\."
    assert re.search(text, entry["text"])
    async with notes.as_("partner_quality", partner_id=uuid4()) as partner:
        assert (await partner.get("/audit/operations")).json()["items"] == []


async def test_a_retry_is_noted_with_what_came_of_it(notes: Notes) -> None:
    key, obstacle = uuid4(), notes.installation.trouble.obstacle
    notes.installation.trouble.obstacle = refusing((key, 0))
    await notes.installation.produce([message(key, 0)])
    found = "SELECT coalesce(min(id), 0) FROM parked WHERE key = $1"
    id = await notes.installation.eventually(lambda: notes.installation.value(found, str(key)))
    asked = {"X-Correlation-Id": uuid4().hex}
    async with notes.as_("admin", subject="ola") as operator:
        assert (await operator.post("/parked/retries", json={"id": id}, headers=asked)).json()["applied"] == 0
        notes.installation.trouble.obstacle = obstacle
        assert (await operator.post("/parked/retries", json={"id": id}, headers=asked)).json()["applied"] == 1
        assert (await operator.post("/parked/retries", json={"id": id}, headers=asked)).status_code == 404
    items = (await notes.client.get("/audit/operations", params={"limit": 500})).json()["items"]
    did = [item["text"].partition(" (admin) ")[2] for item in items if item["correlation_id"] in asked.values()]
    assert [text.partition(", or you")[0].partition(".")[0] for text in did] == [
        f"retried the parked fact {id}: 0 applied, 1 still fails",
        f"retried the parked fact {id}: 1 applied, 0 still fail",
        f"retried the parked fact {id}: broken off by NotFound: there is no parked fact {id}",
    ]
