"""A timer acts on records one by one: one that fails is set aside, told, and keeps no other from its turn."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import structlog
from sqlalchemy import Select
from sqlmodel import col, select

from contracts import clock
from notes.behind_http import Notes
from notes.installation import Installation, product
from notes.model import Note
from runtime.timers import Timer, record_by_record
from runtime.work import Work
from telemetry import metrics

NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)


def unranked(work: Work) -> Select[Any]:
    """The notes that the timer has to see to."""
    return select(Note).where(Note.rank == 0).order_by(col(Note.id))


async def raise_rank(work: Work, note: Note) -> None:
    """See to a note; one whose text says so cannot be seen to."""
    note.rank = 1
    work.publish(product(note.id, 1), of=note)
    if note.text == "bad":
        raise OverflowError(f"date value out of range: {note.id}")
    if note.text == "refused":
        await work.connection.execute("SELECT 1 / 0")


def ranking(at_once: int = 500, among: Sequence[UUID] = ()) -> Timer:
    """Sees to all notes, or to some among those of other tests."""

    def chosen(work: Work) -> Select[Any]:
        return unranked(work).where(col(Note.id).in_(among)) if among else unranked(work)

    return record_by_record("ranking", 30.0, Note, chosen, raise_rank, at_once=at_once)


async def some_notes(installation: Installation, *texts: str) -> list[UUID]:
    async with installation.work() as work:
        return [work.add(Note(text=text, parties=[])).id for text in texts]


async def tick(
    installation: Installation, at: datetime, at_once: int = 500, among: Sequence[UUID] = ()
) -> list[dict[str, Any]]:
    """Let the timer run once at an instant; what was logged as an error."""
    with clock.standing_at(at), structlog.testing.capture_logs() as logs:
        async with installation.work() as work:
            await ranking(at_once, among).run(work)
    return [dict(entry) for entry in logs if entry["log_level"] == "error"]


async def ranked(installation: Installation) -> set[UUID]:
    return {row["id"] for row in await installation.rows("SELECT id FROM note WHERE rank = 1")}


async def aside(installation: Installation) -> dict[UUID, Any]:
    return {row["record_id"]: row for row in await installation.rows("SELECT * FROM set_aside")}


@pytest.mark.parametrize("kind", ["bad", "refused"])
async def test_one_that_fails_is_set_aside_and_the_others_are_seen_to(installation: Installation, kind: str) -> None:
    first, bad, last = await some_notes(installation, "fine", kind, "fine")
    logged = await tick(installation, NOON)
    assert await ranked(installation) == {first, last}
    assert await installation.value("SELECT count(*) FROM outbox WHERE data LIKE '%' || $1 || '%'", str(bad)) == 0
    (entry,) = logged
    assert (entry["event"], entry["record"], entry["timer"]) == ("set aside", str(bad), "ranking")
    kept = (await aside(installation))[bad]
    assert (kept["timer"], kept["attempts"], kept["since"]) == ("ranking", 1, NOON)
    assert kept["reason"].startswith("OverflowError: date value" if kind == "bad" else "DivisionByZeroError: ")


async def test_500_bad_ones_keep_no_other_from_its_turn(installation: Installation) -> None:
    bad = await some_notes(installation, *["bad"] * 6)
    (late,) = await some_notes(installation, "fine")
    await tick(installation, NOON, at_once=3)
    await tick(installation, NOON + timedelta(seconds=30), at_once=3)
    await tick(installation, NOON + timedelta(seconds=60), at_once=3)
    assert await ranked(installation) == {late}
    assert (await aside(installation)).keys() == set(bad)


async def test_it_is_tried_again_after_growing_waits_and_told_once(installation: Installation) -> None:
    (bad,) = await some_notes(installation, "bad")
    at, waits, logged = NOON, [], []
    for _ in range(14):
        logged += await tick(installation, at)
        kept = (await aside(installation))[bad]
        waits.append(kept["try_again_at"] - at)
        assert await tick(installation, kept["try_again_at"] - timedelta(seconds=1)) == []
        assert (await aside(installation))[bad]["attempts"] == len(waits), "not before its time"
        at = kept["try_again_at"]
    assert waits[:4] == [timedelta(minutes=minutes) for minutes in (1, 2, 4, 8)]
    assert waits == sorted(waits)
    assert waits[-1] == timedelta(days=1)
    assert len(logged) == 1
    assert (await aside(installation))[bad]["since"] == NOON


async def test_it_leaves_the_list_when_it_works(installation: Installation) -> None:
    (bad,) = await some_notes(installation, "bad")
    await tick(installation, NOON)
    async with installation.work() as work:
        (await work.get(Note, bad)).text = "mended"
    await tick(installation, NOON + timedelta(minutes=2))
    assert await ranked(installation) == {bad}
    assert await aside(installation) == {}


async def test_it_leaves_the_list_when_nothing_is_left_to_do(installation: Installation) -> None:
    (bad,) = await some_notes(installation, "bad")
    await tick(installation, NOON)
    async with installation.work() as work:
        (await work.get(Note, bad)).rank = 7
    await tick(installation, NOON + timedelta(seconds=59))
    assert (await aside(installation)).keys() == {bad}
    await tick(installation, NOON + timedelta(minutes=2))
    assert await aside(installation) == {}


async def test_a_record_that_somebody_holds_is_left_for_the_next_time(installation: Installation) -> None:
    held, free = await some_notes(installation, "fine", "fine")
    async with installation.work() as work:
        await work.get(Note, held)
        await tick(installation, NOON)
        assert await ranked(installation) == {free}
    await tick(installation, NOON)
    assert await ranked(installation) == {held, free}


async def test_what_passes_by_itself_sets_nothing_aside(installation: Installation) -> None:
    await some_notes(installation, "fine")

    async def away(work: Work, note: Note) -> None:
        raise ConnectionResetError("the database is away")

    async def run(work: Work) -> None:
        await record_by_record("ranking", 30.0, Note, unranked, away).run(work)

    with pytest.raises(ConnectionResetError):
        async with installation.work() as work:
            await run(work)
    assert await aside(installation) == {}


async def _shown(notes: Notes, ids: Sequence[UUID]) -> list[dict[str, Any]]:
    answer = await notes.client.get("/set-aside", params={"limit": 500})
    assert answer.status_code == 200, answer.text
    return [item for item in answer.json()["items"] if item["record_id"] in map(str, ids)]


async def test_operators_see_what_is_set_aside(notes: Notes) -> None:
    (bad,) = await some_notes(notes.installation, "bad")
    before = (await notes.client.get("/status")).json()["set_aside"]
    await tick(notes.installation, NOON, among=[bad])
    (item,) = await _shown(notes, [bad])
    assert item.items() >= {"timer": "ranking", "attempts": 1, "since": "2026-03-14T12:00:00Z"}.items()
    assert "date value out of range" in item["reason"]
    assert (await notes.client.get("/status")).json()["set_aside"] == before + 1
    assert metrics.SET_ASIDE.labels("notes")._value.get() == before + 1
    async with notes.as_("partner_quality", partner_id=bad) as partner:
        assert (await partner.get("/set-aside")).status_code == 403
    async with notes.installation.work() as work:
        (await work.get(Note, bad)).rank = 1
    await tick(notes.installation, NOON + timedelta(days=2), among=[bad])
    assert json.dumps(await _shown(notes, [bad])) == "[]"
