"""Moments at the edges of time, in each field of each event and in a file: answered row by row, and all else works."""

import json
from typing import Any
from uuid import uuid4

VALUE = {"name": "force", "value": 12, "unit": "kN"}
KINDS: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "BatchStart": ({}, ("occurred_at",)),
    "BatchCompletion": ({}, ("occurred_at", "completed_at")),
    "ProcessData": ({"step": "compression", "values": [VALUE]}, ("occurred_at",)),
    "TestResult": ({"test": "assay", "stage": "release", "value": 99, "unit": "%"}, ("occurred_at",)),
    "Deviation": (
        {"lot": None, "title": "t", "category": "c", "partner_aware_at": "2024-05-17T11:00:00Z"},
        ("occurred_at", "discovered_at", "partner_aware_at"),
    ),
}
INSTANTS = {"2000-01-01T00:00:00Z", "2000-01-01T00:00:00-12:00"}
MOMENTS = INSTANTS | {"2000-01", "2000-01-01"}


async def test_events(business: Any, published: Any, edge_moments: Any) -> None:
    """What partners report is of this century: before it lie the dates that programs write for none."""
    moments = [*edge_moments, *sorted(MOMENTS), "1999-12-31", "1999-12", "1999-12-31T23:59:59Z"]
    for kind, (data, fields) in KINDS.items():
        for field in fields:
            events = [business.event(kind, **data | {field: moment, "record_id": uuid4().hex}) for moment in moments]
            answer = await business.send_events(*events)
            rows = {row["row"]: row["outcome"] for row in answer["records"]}
            taken = {moment for row, moment in enumerate(moments, start=1) if rows[row] == "accepted"}
            assert taken == (MOMENTS if field in ("occurred_at", "completed_at") else INSTANTS), (kind, field)
            refused = {(error["row"], error["field"]) for error in answer["errors"]}
            assert refused == {(row, f"data.{field}") for row, outcome in rows.items() if outcome == "refused"}
            of_the_message = ("MessageQuarantined", "BallHeld")
            facts = [fact for fact in await published(answer["message_id"]) if fact["_type"] not in of_the_message]
            assert len(facts) == len(taken)
    await everything_works(business)


async def test_files(business: Any) -> None:
    """Of a month, which is what the laboratory's file gives."""
    rows = [business.batch(start=start, dissolution_min=90) for start in ("jan.00", "dec.99", "nov.18", "feb.2026")]
    answer = await business.send(business.file(*rows))
    assert [row["outcome"] for row in answer["records"]] == ["accepted", "refused", "accepted", "refused"]
    await everything_works(business)


async def everything_works(business: Any) -> None:
    """Every list, for the sponsor and for both partners."""
    for client in (business.running.client, business.lims, business.mes):
        for path in ("/messages", "/feeds", "/mappings"):
            answer = await client.get(path, params={"limit": 500})
            refused = answer.status_code == 403 and path == "/mappings"  # the sponsor's alone
            assert refused or (answer.status_code, answer.json()["unreadable"]) == (200, []), answer.text
    assert json.dumps((await business.running.client.get("/parked")).json()["items"]) == "[]"
