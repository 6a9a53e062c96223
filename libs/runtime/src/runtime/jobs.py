"""What runs beside the API until the process stops: relay, consumer and timers."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError

from runtime import clock, metrics
from runtime.problems import is_transient
from runtime.work import Work

Job = Callable[[asyncio.Event], Awaitable[None]]
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Timer:
    """Something to do every so many seconds, in one transaction, by one replica at a time."""

    name: str
    seconds: float
    run: Callable[[Work], Awaitable[None]]


@dataclass(slots=True)
class Trouble:
    """Something that fails again and again."""

    what: str
    since: datetime
    reason: str
    logged: bool = False
    """Whether the log has it as an error."""

    @property
    def seconds(self) -> float:
        """How long it has been failing."""
        return (clock.now() - self.since).total_seconds()


@dataclass
class Health:
    """What fails in a service's process, since when and why: jobs, partitions, facts that are not sent."""

    LONG = 10.0
    """Seconds after which it is no hiccup any more."""

    service: str
    troubles: dict[str, Trouble] = field(default_factory=dict)

    def failing(self, what: str, reason: str, error: BaseException | None = None) -> None:
        """It failed once more. ``error`` is one that does not pass by itself. The log is told once that, and why."""
        if what not in self.troubles:
            new = self.troubles[what] = Trouble(what, clock.now(), reason)
            metrics.FAILING.labels(self.service, what).set_function(lambda: new.seconds)
            if error is None:
                log.warning("waits", service=self.service, what=what, reason=reason)
        trouble = self.troubles[what]
        trouble.reason = reason
        if not trouble.logged and (error is not None or trouble.seconds > self.LONG):
            trouble.logged = True
            log.error("fails", service=self.service, what=what, reason=reason, since=trouble.since, exc_info=error)

    def well(self, what: str) -> None:
        """It works."""
        if trouble := self.troubles.pop(what, None):
            metrics.FAILING.remove(self.service, what)
            log.info("works again", service=self.service, what=what, seconds=round(trouble.seconds, 1))

    def long(self, what: str) -> Trouble | None:
        """What is failing, if it has been for long."""
        trouble = self.troubles.get(what)
        return trouble if trouble and trouble.seconds > self.LONG else None

    def degraded(self) -> list[dict[str, Any]]:
        """All that has been failing for long, the oldest first: what, since, reason."""
        found = sorted(filter(None, map(self.long, self.troubles)), key=lambda trouble: trouble.since)
        return [{"what": trouble.what, "since": trouble.since, "reason": trouble.reason} for trouble in found]


def described(error: BaseException) -> str:
    """An error in one line."""
    return "; ".join([f"{type(error).__name__}: {error}", *getattr(error, "__notes__", ())])


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
    stopped = asyncio.ensure_future(client.stop())
    await asyncio.wait({stopped}, timeout=10)
    if not stopped.done() or stopped.cancelled() or stopped.exception():
        log.warning("a Kafka client did not stop cleanly", reason=repr(stopped))
        stopped.cancel()
        # It ends before that, and would leave connections and a task for as long as the process lives.
        connections = client._client if isinstance(client, AIOKafkaConsumer) else client.client
        await asyncio.wait({asyncio.ensure_future(connections.close())}, timeout=10)
