"""Replays that do not come to the end of the message: what was taken stays so, and what was open stays open."""

from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from partner_feeds.attempts.batches import Batches

MAPPING = """
code: {code}
version: {version}
delimiter: ";"
columns:
  lot: {{holds: text, required: true}}
  product: {{holds: text, required: true}}
  made: {{holds: date, format: {format}, required: true}}
  {column}: {{holds: number, unit: "%", name: {test}}}
lots:
  batch: {{material: "{{product}}", number: "{{lot}}"}}
records:
  - {{record: TestResult, id: "{{lot}}/{{test}}", occurred_at: made, lot: batch, stage: release, tests: [{column}]}}
"""


class Feed:
    """A feed of its own, of whose mapping one version after the other goes live."""

    def __init__(self, service: Any, business: Any) -> None:
        self.service, self.business, self.code, self.version = service, business, f"m-{uuid4().hex[:8]}", 0

    async def live(self, format: str = "D.M.YYYY", column: str = "Gehalt", test: str = "assay") -> None:
        self.version += 1
        given = {"code": self.code, "version": self.version, "format": format, "column": column, "test": test}
        drafted = await self.service.client.post("/mappings", content=MAPPING.format(**given))
        approved = await self.service.second.post(f"/mappings/{drafted.json()['id']}/approval")
        assert approved.status_code == 200, approved.text

    async def send(self, *rows: str) -> dict[str, Any]:
        content = "\n".join(["lot;product;made;Gehalt", *rows]).replace("P;", f"{self.business.code};")
        path, headers = f"/feeds/{self.code}/messages", {"Content-Type": "text/csv"}
        answer: dict[str, Any] = (await self.business.mes.post(path, content=content, headers=headers)).json()
        return answer

    async def replay(self, message: dict[str, Any]) -> dict[str, Any]:
        answered = await self.business.mes.post(f"/messages/{message['message_id']}/replay")
        assert answered.status_code == 202, answered.text
        answer: dict[str, Any] = answered.json()
        return answer


@pytest_asyncio.fixture
async def feed(service: Any, business: Any) -> Feed:
    made = Feed(service, business)
    await made.live()
    body = {"site_id": str(business.site), "kind": "lims", "format": "csv", "mapping": made.code, "code": made.code}
    assert (await service.client.post("/feeds", json=body)).status_code == 201
    return made


def counted(answer: dict[str, Any]) -> dict[str, int]:
    names = ("accepted", "duplicate", "conflict", "refused")
    return {name: answer[name] for name in names if answer[name]}


async def test_a_file_in_doubt_at_a_row_that_was_taken_is_not_clean(feed: Feed, published: Any) -> None:
    first = await feed.send("B1;P;03.04.2024;99.1", "B2;P;25.04.2024;98.1", "B3;NOBODY;25.04.2024;97.1")
    assert counted(first) == {"accepted": 2, "refused": 1}
    await feed.live(format="M.D.YYYY")
    second = await feed.replay(first)
    assert (second["state"], counted(second)) == ("partly_translated", {"accepted": 2, "refused": 2})
    assert [(row["row"], row["outcome"]) for row in second["records"]] == [
        (0, "refused"), (2, "accepted"), (3, "accepted"), (4, "refused"),
    ]  # fmt: skip
    assert [error["row"] for error in second["errors"]] == [3, 4]
    await feed.live()
    third = await feed.replay(first)
    assert counted(third) == {"accepted": 2, "refused": 1}, "as it was before"
    reported = [fact for fact in await published(first["message_id"]) if fact["_type"] == "TestResultsReported"]
    assert sorted(result["id"] for fact in reported for result in fact["results"]) == ["B1/Gehalt", "B2/Gehalt"]


async def test_what_is_open_is_not_taken_anew_after_a_replay_that_read_nothing(feed: Feed, published: Any) -> None:
    await feed.send("B1;P;3.4.2024;99.1")
    message = await feed.send("B1;P;3.4.2024;98.0", "B2;P;3.4.2024;98.1")
    assert counted(message) == {"accepted": 1, "conflict": 1}
    await feed.live(column="Andere")
    unread = await feed.replay(message)
    assert counted(unread) == {"accepted": 1, "conflict": 1, "refused": 1}
    await feed.live(test="content")
    read = await feed.replay(message)
    assert counted(read) == {"accepted": 1, "conflict": 1}, "read by another name it is what it was"
    reported = [fact for fact in await published(message["message_id"]) if fact["_type"] == "TestResultsReported"]
    assert [result["id"] for fact in reported for result in fact["results"]] == ["B2/Gehalt"]


async def test_a_replay_that_fails_on_our_side_leaves_the_rows_as_they_are(
    feed: Feed, register_product: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = f"L{uuid4().hex[:8]}"
    first = await feed.send("B1;P;3.4.2024;99.1", f"B2;{late};3.4.2024;98.1")

    def fails(_: Batches) -> Any:
        raise RuntimeError("our own fault")

    with monkeypatch.context() as broken:
        broken.setattr(Batches, "take", fails)
        failed = await feed.replay(first)
    assert counted(failed) == {"accepted": 1, "refused": 2}
    assert [row["outcome"] for row in failed["records"]] == ["refused", "accepted", "refused"]
    await register_product(late)
    last = await feed.replay(first)
    assert (last["state"], counted(last)) == ("replayed", {"accepted": 2})
