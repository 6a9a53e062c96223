"""What runs beside the API until the process stops: relay, consumer and timers."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError

from runtime.health import Health, described
from runtime.problems import is_transient

Job = Callable[[asyncio.Event], Awaitable[None]]


async def supervised(name: str, job: Job, stopping: asyncio.Event, health: Health) -> None:
    """Run a job until told to stop. Database and broker may go away and come back; what fails begins again."""
    while not stopping.is_set():
        try:
            await job(stopping)
        except (Exception, asyncio.CancelledError) as error:
            # aiokafka lets cancellations of its own tasks out, when Kafka goes away; they are not meant for this one.
            if (task := asyncio.current_task()) and task.cancelling():
                raise
            passes = error.retriable if isinstance(error, KafkaError) else is_transient(error)
            health.failing(name, described(error), None if passes else error)
            await pause(stopping, 1.0)


async def pause(event: asyncio.Event, seconds: float) -> bool:
    """Wait for an event, at most so long; whether it came."""
    with suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)
    return event.is_set()


async def close(client: Any, log: Any) -> None:
    """Stop a client of Kafka, which may be beyond answering."""
    await asyncio.wait({stopped := asyncio.ensure_future(client.stop())}, timeout=10)
    if not stopped.done() or stopped.cancelled() or stopped.exception():
        log.warning("a Kafka client did not stop cleanly", reason=repr(stopped))
        stopped.cancel()
        # It ends before that, and would leave connections and a task for as long as the process lives.
        connections = client._client if isinstance(client, AIOKafkaConsumer) else client.client
        # That task may have died: uvloop tells of a lost connection by an error that aiokafka does not expect. Closing
        # awaits it: where it raised that error again, the connections would stay open.
        connections._sync_task = asyncio.gather(*filter(None, [connections._sync_task]), return_exceptions=True)
        await asyncio.wait({asyncio.ensure_future(connections.close())}, timeout=10)
