"""What runs beside the API begins again whatever it met, until it is told to stop."""

import asyncio
import gc
from typing import Any

import pytest
import structlog
from aiokafka import AIOKafkaConsumer

from runtime.health import Health
from runtime.jobs import close, supervised
from runtime.settings import Settings


@pytest.mark.parametrize("error", [ValueError("odd"), OSError("away"), asyncio.CancelledError()])
async def test_a_job_begins_again(error: BaseException) -> None:
    stopping, begun = asyncio.Event(), 0

    async def job(told: asyncio.Event) -> None:
        nonlocal begun
        begun += 1
        if begun == 1:
            raise error
        told.set()

    await asyncio.wait_for(supervised("job", job, stopping, Health("notes")), 10)
    assert begun == 2


async def test_a_job_ends_with_its_task() -> None:
    begun = asyncio.Event()

    async def job(_: asyncio.Event) -> None:
        begun.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(supervised("job", job, asyncio.Event(), Health("notes")))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 5)


async def test_a_client_of_kafka_that_stops_badly_leaves_no_connection(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without Kafka, what the consumer fetches with was cancelled, and its stop ends in the middle."""
    consumer = AIOKafkaConsumer(bootstrap_servers=settings.kafka_bootstrap_servers)
    await consumer.start()
    stop_fetching = consumer._fetcher.close

    async def cancelled() -> None:
        await stop_fetching()
        raise asyncio.CancelledError

    monkeypatch.setattr(consumer._fetcher, "close", cancelled)
    await close(consumer, structlog.get_logger())
    assert consumer._client._sync_task is None
    assert not any(connection.connected() for connection in consumer._client._conns.values())


async def test_a_client_whose_own_task_died_leaves_no_connection_and_says_nothing(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Under uvloop, where a connection is lost in the moment in which metadata are asked for."""
    consumer = AIOKafkaConsumer(bootstrap_servers=settings.kafka_bootstrap_servers)
    await consumer.start()
    connections, said = consumer._client, list[dict[str, Any]]()
    await connections.force_metadata_update()
    opened = list(connections._conns.values())
    assert [connection.connected() for connection in opened] == [True]

    async def lost(*_: Any) -> None:
        raise RuntimeError("unable to perform operation on <TCPTransport closed=True>; the handler is closed")

    monkeypatch.setattr(connections, "_metadata_update", lost)
    connections.force_metadata_update()
    await asyncio.wait({connections._sync_task})
    asyncio.get_running_loop().set_exception_handler(lambda _, context: said.append(context))
    try:
        await close(consumer, structlog.get_logger())
        gc.collect()
    finally:
        asyncio.get_running_loop().set_exception_handler(None)
    assert said == []
    assert [connection.connected() for connection in opened] == [False]
