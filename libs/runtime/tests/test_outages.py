"""The broker goes away and comes back, also between a write and its acknowledgement."""

import asyncio
from uuid import uuid4

import pytest

from notes.installation import Installation, message
from notes.ledger import everything_arrives, some_notes, write_from_many
from notes.proxy import Proxy
from telemetry import metrics

pytestmark = pytest.mark.durable_broker


async def test_facts_wait_in_the_outbox_while_kafka_is_away(installation: Installation, proxy: Proxy) -> None:
    notes = await some_notes(installation, 12)
    proxy.cut()
    async with installation.behind(proxy.address).relaying():
        await write_from_many(installation, notes, rounds=5)
        assert await installation.log() == []
        proxy.reachable = True
        await everything_arrives(installation)


async def test_a_relay_that_stops_meanwhile_leaves_them_to_the_next(installation: Installation, proxy: Proxy) -> None:
    proxy.cut()
    await installation.publish(uuid4(), range(1, 601))
    refused = metrics.RELAY_ERRORS.labels("notes")._value
    before = refused.get()

    async def failed() -> bool:
        return bool(refused.get() > before)

    async with installation.behind(proxy.address).relaying():
        await installation.eventually(failed)
    async with installation.relaying():
        assert len(await everything_arrives(installation)) == 600


async def test_lost_acknowledgements_lose_no_fact_and_no_order(installation: Installation, proxy: Proxy) -> None:
    notes = await some_notes(installation, 12)
    cuts = 0
    async with installation.behind(proxy.address).relaying():
        writing = asyncio.create_task(write_from_many(installation, notes, rounds=25))
        while not writing.done() or cuts < 3:
            proxy.cut_after(cuts % 3)
            await installation.publish(uuid4(), range(1, 30))
            await installation.eventually(lambda: asyncio.sleep(0, not proxy.reachable))
            proxy.reachable, cuts = True, cuts + 1
        await writing
        await everything_arrives(installation)


async def heard(installation: Installation, count: int) -> None:
    await installation.eventually(lambda: installation.value("SELECT count(*) >= $1 FROM heard", count), 40)


async def test_a_consumer_whose_broker_goes_away_hears_each_fact_once(installation: Installation, proxy: Proxy) -> None:
    key = uuid4()
    async with installation.behind(proxy.address).consuming():
        for start in range(0, 750, 250):
            await installation.produce([message(key, number) for number in range(start, start + 200)])
            await heard(installation, start + 1)
            proxy.cut()
            await installation.produce([message(key, number) for number in range(start + 200, start + 250)])
            proxy.reachable = True
        await heard(installation, 750)
    rows = await installation.rows("SELECT number FROM heard ORDER BY position")
    assert [row["number"] for row in rows] == list(range(750))
