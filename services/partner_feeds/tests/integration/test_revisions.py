"""Revisions that come late, twice or at the same moment: each is reported once, and contradictions are told."""

import asyncio
import json
from collections.abc import Sequence
from itertools import permutations
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from partner_feeds.reporting.known import Sent, compare, places
from partner_feeds.reporting.revisions import Novelty

VALUES = {1: "93.0", 2: "99.0", 3: "98.0"}
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


def result(business: Any, revision: int, value: str | None = None) -> dict[str, Any]:
    common = {"record_id": "r1", "test": "assay", "stage": "release", "unit": "%"}
    lot = {"material": business.code, "number": "B-1"}
    given = common | {"revision": revision, "lot": lot, "value": value or VALUES[revision]}
    return dict(business.event("TestResult", **given))


@pytest.mark.parametrize("order", list(permutations(VALUES)))
@pytest.mark.parametrize("together", [False, True])
async def test_each_revision_is_reported_once_in_whatever_order_they_come(
    order: Sequence[int], together: bool, business: Any, published: Any
) -> None:
    messages = [order] if together else [[revision] for revision in order]
    answers = [await business.send_events(*(result(business, each) for each in message)) for message in messages]
    reported: dict[int, str] = {}
    for answer in answers:
        assert answer["duplicate"] == answer["conflict"] == 0
        for fact in await published(answer["message_id"]):
            reported |= {each["revision"]: each["value"] for each in fact.get("results", ())}
    assert reported == VALUES
    again = await business.send_events(*(result(business, each) for each in VALUES))
    other = await business.send_events(*(result(business, each, "90.0") for each in VALUES))
    assert (again["duplicate"], other["conflict"]) == (3, 3)
    listed = (await business.running.client.get("/contradictions", params={"limit": 500})).json()["items"]
    assert {each["revision"] for each in listed if each["message_id"] == other["message_id"]} == {1, 2, 3}


@pytest.mark.parametrize(
    ("first", "second", "is_to_it"),
    [
        ((2, 20), (2, 20), Novelty.known),
        ((2, 20), (2, 21), Novelty.contradicting),
        ((3, 30), (2, 20), Novelty.late),
        ((2, 20), (3, 30), Novelty.amended),
    ],
)
async def test_of_two_amendments_at_the_same_moment_the_second_sees_the_first(
    first: tuple[int, int], second: tuple[int, int], is_to_it: Novelty, database: asyncpg.Pool, eventually: Any
) -> None:
    feed, messages = uuid4(), (uuid4(), uuid4())

    def sent(revision: int, digest: int) -> Sent:
        return Sent("TestResult", "r1", revision, digest, revision)

    async with database.acquire() as one, database.acquire() as other:
        async with one.transaction():
            await compare(one, feed, messages[0], [sent(1, 10)], keep=True)

        async def amend() -> list[Novelty]:
            async with other.transaction():
                return await compare(other, feed, messages[1], [sent(*second)], keep=True)

        async with one.transaction():
            assert await compare(one, feed, messages[0], [sent(*first)], keep=True) == [Novelty.amended]
            amending = asyncio.create_task(amend())
            await eventually(lambda: database.fetchval(WAITING))
        assert await amending == [is_to_it]
        asked = [sent(1, 10), sent(*first)]
        assert await places(one, feed, asked) == {each: (messages[0], each.revision) for each in asked}


async def test_a_trial_sees_what_stands_far_above_in_the_file(business: Any) -> None:
    """More than one transaction takes: what is tried and what is sent are answered alike."""
    rows = [result(business, 1, "99.1") | {"id": uuid4().hex} for _ in range(602)]
    for number, row in enumerate(rows[:-1]):
        row["data"]["record_id"] = f"r{number}"
    rows[-1]["data"] |= {"record_id": "r0", "value": "90.0"}
    headers = {"Content-Type": "application/cloudevents-batch+json"}
    path = f"/feeds/{business.mes_feed}/messages"
    tried = await business.mes.post(path, params={"dry_run": True}, content=json.dumps(rows), headers=headers)
    for answer in (tried.json(), await business.send_events(*rows)):
        assert (answer["accepted"], answer["conflict"]) == (601, 1), answer["errors"]
