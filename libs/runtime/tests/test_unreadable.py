"""Records that are no facts of ours: whatever they hold, they park alone, and are retried alone."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from notes.installation import Installation, message
from notes.parked import applied, numbers, refusing
from runtime import parking


def spoilt(of: UUID, **changes: Any) -> dict[str, Any]:
    """A good record with something changed; a header that is None is left out."""
    record = message(of, 0)
    headers = dict(record["headers"]) | changes.pop("headers", {})
    return record | {"headers": [(name, value) for name, value in headers.items() if value != b"-"]} | changes


GARBAGE: dict[str, dict[str, Any]] = {
    "no JSON": {"value": b"hello"},
    "no value": {"value": None},
    "not text": {"value": b"\xff\xfe\x00"},
    "a field is missing": {"value": b"{}"},
    "half a character": {"value": b'{"product_id": "\\ud800"}'},
    "nested too deeply": {"value": b"[" * 100_000},
    "no id": {"headers": {"ce_id": b"-"}},
    "an id that is no UUID": {"headers": {"ce_id": b"7"}},
    "a NUL in the id": {"headers": {"ce_id": b"a\0b"}},
    "a NUL in a header": {"headers": {"ce_id": b"7", "other": b"\0\xff"}},
    "a header without a value": {"headers": {"ce_time": None}},
    "an id without a value": {"headers": {"ce_id": None}},
    "no headers": {"headers": {name: b"-" for name, _ in message(uuid4(), 0)["headers"]}},
    "a NUL in the key": {"key": b"\0", "headers": {"ce_id": b"7"}},
    "no key": {"key": None, "headers": {"ce_id": b"7"}},
    "a huge key": {"key": b"k" * 9000, "headers": {"ce_id": b"7"}},
    "a huge id": {"headers": {"ce_id": b"i" * 9000}},
    "a time that is none": {"headers": {"ce_time": b"yesterday"}},
    "a sequence that is none": {"headers": {"ce_sequence": b"one"}},
}


@pytest.mark.parametrize("changes", GARBAGE.values(), ids=GARBAGE.keys())
async def test_garbage_parks_alone(installation: Installation, changes: dict[str, Any]) -> None:
    key = uuid4()
    bad = spoilt(key, **changes)
    await installation.produce([message(key, 1), bad, message(key, 2)])
    async with installation.consuming():
        await applied(installation, 3)
    assert await numbers(installation, key) == [1, 2]
    found = await installation.rows("SELECT id, reason, blocks, value FROM parked")
    assert [(row["blocks"], bytes(row["value"])) for row in found] == [(False, bad["value"] or b"")]
    assert found[0]["reason"].startswith("Unreadable: this record is not a CloudEvent")
    explained = await parking.explain(installation.place, found[0]["id"])
    assert "Traceback" in explained["detail"]
    assert len(await parking.listing(installation.place, 10)) == 1


async def test_why_a_record_is_unreadable_is_told_by_field_in_one_line_and_again_after_a_retry(
    installation: Installation,
) -> None:
    value = b'{"product_id": "P-1", "code": 7, "name": "Rosuvastatin 10 mg"}'
    await installation.produce([spoilt(uuid4(), value=value)])
    async with installation.consuming():
        await applied(installation, 1)
    reason = (
        "Unreadable: this record is not a CloudEvent that its contract allows: occurred_at, dosage_form are missing; "
        "product_id is no UUID; code is no text"
    )
    assert await installation.value("SELECT reason FROM parked") == reason
    assert (await parking.retry(installation.place, None))["failed"][0]["reason"] == reason
    assert await installation.value("SELECT reason FROM parked WHERE attempts > 0") == reason


async def test_a_nul_in_a_good_fact_s_key_does_not_block(installation: Installation) -> None:
    key = uuid4()
    odd = {"key": b"\0odd"}
    installation.trouble.obstacle = refusing((key, 2))
    await installation.produce([message(key, number) | odd for number in (1, 2, 3)])
    async with installation.consuming():
        await applied(installation, 3)
    assert await numbers(installation, key) == [1]
    installation.trouble.obstacle = None
    assert (await parking.retry(installation.place, None))["applied"] == 2
    assert await numbers(installation, key) == [1, 2, 3]


async def test_an_unreadable_record_does_not_stop_the_retry_of_its_key(installation: Installation) -> None:
    key = uuid4()
    installation.trouble.obstacle = refusing((key, 1))
    await installation.produce([spoilt(key, value=b"?"), message(key, 1), spoilt(key, value=b"!"), message(key, 2)])
    async with installation.consuming():
        await applied(installation, 4)
    installation.trouble.obstacle = None
    outcome = await parking.retry(installation.place, None)
    assert (outcome["applied"], len(outcome["failed"])) == (2, 2)
    assert await numbers(installation, key) == [1, 2]


@pytest.mark.parametrize("retried_first", [True, False])
async def test_a_record_that_a_later_release_can_read_is_handled_once(
    installation: Installation, retried_first: bool
) -> None:
    """It was parked as unreadable; the ledger is sent again, before or after it is retried."""
    key, id = uuid4(), uuid4()
    await installation.produce([message(key, 1, id=id) | {"value": b"?"}])
    async with installation.consuming():
        await applied(installation, 1)
        readable = message(key, 1, id=id)["value"]
        await installation.rows("UPDATE parked SET value = $1", readable)
        if retried_first:
            assert (await parking.retry(installation.place, None))["applied"] == 1
        await installation.produce([message(key, 1, id=id)])
        await applied(installation, 2)
        await parking.retry(installation.place, None)
    assert await numbers(installation, key) == [1]
    assert await installation.value("SELECT count(*) FROM parked") == 0
