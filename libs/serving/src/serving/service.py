"""A service: its API, relay, consumer and timers wired together, as one FastAPI app."""

import asyncio
import gc
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

import structlog
from aiokafka.errors import KafkaError
from fastapi import APIRouter, FastAPI

from identity import installed
from identity.verifier import Verifier
from runtime import handled, idempotency, topics
from runtime.applying import Place
from runtime.consumer import Consumer
from runtime.database import Context
from runtime.health import Health
from runtime.jobs import Job, pause, supervised
from runtime.principal import worker
from runtime.relay import Relay
from runtime.settings import Settings
from runtime.subscriptions import Subscriptions
from runtime.timers import Timer
from runtime.work import Busy, Store
from serving import audit, documents, edge, health, logs, me, operations
from serving.limits import Limits
from serving.withheld import Records

log = structlog.get_logger()


def service(
    name: str,
    *,
    about: str,
    settings: Settings,
    routers: Sequence[APIRouter],
    subscriptions: Subscriptions | None = None,
    publishes: Sequence[str] = (),
    timers: Sequence[Timer] = (),
    projections: Sequence[str] = (),
    stores: bool = True,
) -> FastAPI:
    """The app of a service. ``publishes`` are the topics of its own facts, verified with those that it listens to.

    ``projections`` are the tables that its consumers alone write, where it has no others that depend on facts: they can
    be built anew from the topics.
    One that ``stores`` nothing has no database, and so no relay, consumer, timers and operations.
    Raises Unfit where the settings are those of a developer's machine, and do not say that it is one.
    """
    logs.configure()
    installed.check(settings, stores=stores)
    spans_only = {"operation_spans": False, "logs": False, "metrics": False}
    options: dict[str, Any] = {"telemetry": spans_only, "lifespan": _lifespan}
    options["generate_unique_id_function"] = documents.operation_id
    app = FastAPI(title=f"Entente {name}", description=about, version="1.0", **options)
    listens = subscriptions or Subscriptions()
    store = Store(settings, name) if stores else None
    app.state.service, app.state.settings, app.state.store = name, settings, store
    app.state.health = Health(name)
    app.state.place = Place(name, store, listens, app.state.health) if store else None
    app.state.verifier, app.state.consumer, app.state.timers = Verifier(settings), None, (idempotency.timer, *timers)
    app.state.limits = Limits(settings.requests_per_second, settings.requests_burst)
    app.state.services, app.state.projections = {name: app}, projections
    app.state.withheld = {
        table: columns for each in routers if isinstance(each, Records) for table, columns in each.withheld.items()
    }
    app.state.publishes = bool(publishes)
    app.state.topics = sorted({*publishes, *listens.topics()})
    app.state.stopping, app.state.unready = asyncio.Event(), "starting"
    edge.install(app, settings)
    for router in (*routers, me.router, *((audit.router, operations.router) if stores else ())):
        app.include_router(router, prefix="/v1")
    app.include_router(health.router)
    documents.document(app)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    state = app.state
    # What was imported stays: looking through it for garbage again and again took a tenth of the processor.
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    working = asyncio.create_task(_work(app))
    try:
        yield
    finally:
        state.unready = "stopping"
        state.stopping.set()
        await asyncio.wait([working], timeout=20)
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
        if state.store:
            await state.store.close()


async def _work(app: FastAPI) -> None:
    """Run what runs beside the API, where this process is to do so; what needs Kafka, once its topics are verified."""
    state, jobs, on_kafka = app.state, dict[str, Job](), dict[str, Job]()
    if state.store:
        jobs["outbox-watch"] = _watch_outbox(state.place)
    if state.store and state.settings.role != "api":
        if state.publishes:  # else it has nothing to send, and Kafka lets it send nothing
            on_kafka["relay"] = Relay(state.place, state.settings).run
        jobs |= {timer.name: _timer(state.place, timer) for timer in state.timers}
        if state.place.subscriptions.topics():
            state.consumer = Consumer(state.place, state.settings)
            on_kafka["consumer"] = state.consumer.run
            jobs["inbox"] = _timer(state.place, Timer("inbox", handled.FORGET_EVERY, handled.forget))

    async def run(chosen: dict[str, Job]) -> None:
        await asyncio.gather(*(supervised(name, job, state.stopping, state.health) for name, job in chosen.items()))

    async def run_on_kafka() -> None:
        await _become_ready(app)
        await run(on_kafka)

    await asyncio.gather(run(jobs), run_on_kafka())


async def _become_ready(app: FastAPI) -> None:
    """Ready when the topics are as they must be; looked at again until they are.

    With Kafka away for long the API is ready all the same: what it tells waits in the outbox.
    """
    state, health = app.state, app.state.health
    while not state.stopping.is_set():
        away = False
        try:
            reason = "; ".join(await topics.verify(state.settings, state.topics, state.service))
        except (KafkaError, OSError) as error:
            away, reason = True, f"Kafka cannot be reached: {error}"
        if not reason:
            health.well("topics")
            state.unready = ""
            return
        health.failing("topics", reason)
        state.unready = "" if away and health.long("topics") else reason
        await pause(state.stopping, 0.5)


def _timer(place: Place, timer: Timer) -> Job:
    async def tick(stopping: asyncio.Event) -> None:
        while not stopping.is_set():  # at once: one that failed is tried again when it begins anew, not an hour later
            lock = "" if timer.by_each else f"{place.service}:{timer.name}"
            context = Context(worker(place.service), read_only=timer.by_each, lock=lock)
            with suppress(Busy):  # then another replica runs it
                async with place.store.work(context) as work:
                    await timer.run(work)
            place.health.well(timer.name)
            await pause(stopping, timer.seconds)

    return tick


def _watch_outbox(place: Place) -> Job:
    """Notice facts that wait while the relay, in whichever process it is, sends nothing."""

    async def watch(stopping: asyncio.Event) -> None:
        before: tuple[Any, ...] = ()
        while not await pause(stopping, 2.0):
            status = await operations.status_of(place)
            place.health.well("outbox-watch")
            waiting = (status["sent_up_to"],) if status["outbox_pending"] else ()
            if waiting and waiting == before:
                place.health.failing("outbox", "facts wait to be sent to Kafka, and the relay does not move")
            else:
                place.health.well("outbox")
            before = waiting

    return watch
