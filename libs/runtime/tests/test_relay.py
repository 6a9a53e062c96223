"""The outbox and its relay: every committed fact reaches Kafka, and each key keeps its order."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from notes.consumers import Heading
from notes.installation import Installation, product
from notes.ledger import LEADERS, everything_arrives, ids, in_order, some_notes, write_from_many
from notes.model import Note
from runtime import relay
from runtime.outbox import LARGEST_PAYLOAD
from serving import operations


async def test_each_committed_fact_arrives_once_and_in_order(installation: Installation) -> None:
    notes = await some_notes(installation, 12)
    async with installation.relaying():
        await write_from_many(installation, notes)
        log = await everything_arrives(installation)
    assert len(log) == len(set(ids(log))) > 100
    ledger = "SELECT key, array_agg(sequence ORDER BY position) AS found FROM outbox GROUP BY key"
    assert in_order(log) == {row["key"]: row["found"] for row in await installation.rows(ledger)}


async def test_only_one_of_two_relays_leads(installation: Installation) -> None:
    async with installation.relaying(), installation.relaying():
        await installation.publish(uuid4(), range(1, 1201))
        log = await everything_arrives(installation)
        assert len(await installation.rows(LEADERS)) == 1
    assert len(log) == 1200


async def test_a_payload_is_measured_in_bytes_and_refused_beyond_the_limit(installation: Installation) -> None:
    for text in ("x" * LARGEST_PAYLOAD, "€" * (LARGEST_PAYLOAD // 2)):
        with pytest.raises(ValueError, match="bytes; the limit is"):
            async with installation.work() as work:
                work.publish(product(uuid4(), 1, name=text), of=Note(text="n", parties=[]))
    assert await installation.value("SELECT count(*) FROM outbox") == 0


async def test_the_largest_payload_that_is_taken_reaches_kafka(installation: Installation) -> None:
    async with installation.work() as work:
        work.publish(product(uuid4(), 1, name="x" * (LARGEST_PAYLOAD - 300)), of=Note(text="n", parties=[]))
    async with installation.relaying():
        assert len(await everything_arrives(installation)) == 1


async def pending(installation: Installation) -> int:
    return int((await operations.status_of(installation.place))["outbox_pending"])


async def test_what_commits_late_is_pending(installation: Installation) -> None:
    async with installation.work() as late:
        late.publish(product(uuid4(), 0), of=Heading([], 0))
        await late.flush()
        async with installation.relaying():
            await installation.publish(uuid4(), [0])
            await installation.eventually(lambda: sent(installation, 1))
    assert await pending(installation) == 1
    async with installation.relaying():
        await installation.eventually(lambda: sent(installation, 2))
        await installation.eventually(lambda: nothing_pending(installation))


async def sent(installation: Installation, count: int) -> bool:
    return len(await installation.log()) == count


async def nothing_pending(installation: Installation) -> bool:
    return await pending(installation) == 0


async def test_a_relay_that_is_told_to_stop_leaves_the_rest(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on, send = asyncio.Event(), asyncio.Event(), relay.send

    async def held(*arguments: Any) -> None:
        begun.set()
        await go_on.wait()
        await send(*arguments)

    monkeypatch.setattr(relay, "send", held)
    await installation.publish(uuid4(), range(1, 2001))
    async with installation.relaying(go_on):
        await begun.wait()
    assert 0 < len(await installation.log()) < 2000
    monkeypatch.undo()
    async with installation.relaying():
        assert len(await everything_arrives(installation)) == 2000
