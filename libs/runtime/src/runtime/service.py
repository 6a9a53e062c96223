"""A service: its API, relay, consumer and timers wired together, as one FastAPI app."""

import asyncio
import gc
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

import structlog
from aiokafka.errors import KafkaError
from fastapi import APIRouter, FastAPI, Request

from runtime import audit, edge, idempotency, operations, refusals, telemetry, topics
from runtime.applying import Place
from runtime.consumer import Consumer
from runtime.database import Context
from runtime.jobs import Job, Timer, pause, supervised
from runtime.limits import Limits
from runtime.principal import Verifier, worker
from runtime.problems import Problem
from runtime.relay import Relay
from runtime.settings import Settings
from runtime.subscriptions import Subscriptions
from runtime.work import Busy, Store

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
    stores: bool = True,
) -> FastAPI:
    """The app of a service. ``publishes`` are the topics of its own facts, verified with those that it listens to.

    One that ``stores`` nothing has no database, and so no relay, consumer, timers and operations.
    """
    telemetry.configure()
    spans_only = {"operation_spans": False, "logs": False, "metrics": False}
    options: dict[str, Any] = {"telemetry": spans_only, "lifespan": _lifespan}
    app = FastAPI(title=f"Entente {name}", description=about, version="1.0", **options)
    listens = subscriptions or Subscriptions()
    store = Store(settings, name) if stores else None
    app.state.service, app.state.settings, app.state.store = name, settings, store
    app.state.place = Place(name, store, listens) if store else None
    app.state.verifier, app.state.consumer, app.state.timers = Verifier(settings), None, (idempotency.timer, *timers)
    app.state.limits = Limits(settings.requests_per_second, settings.requests_burst)
    app.state.services = {name: app}
    app.state.topics = sorted({*publishes, *listens.topics()})
    app.state.stopping, app.state.unready = asyncio.Event(), "starting"
    edge.install(app, settings)
    for router in (*routers, audit.router, operations.router) if stores else routers:
        app.include_router(router, prefix="/v1")
    app.include_router(_health)
    refusals.document(app)
    return app


_health = APIRouter(include_in_schema=False)


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
    """Become ready, and then run what runs beside the API, where this process is to do so."""
    state = app.state
    jobs: dict[str, Job] = {}
    if state.store and state.settings.role != "api":
        jobs["relay"] = Relay(state.service, state.settings, state.store).run
        jobs |= {timer.name: _timer(state.place, timer) for timer in state.timers}
        if state.place.subscriptions.topics():
            state.consumer = Consumer(state.place, state.settings)
            jobs["consumer"] = state.consumer.run
    await _become_ready(app)
    here = log.bind(service=state.service)
    await asyncio.gather(*(supervised(name, job, state.stopping, here) for name, job in jobs.items()))


async def _become_ready(app: FastAPI) -> None:
    """Ready when the topics are as they must be; looked at again until they are."""
    state, said = app.state, ""
    while not state.stopping.is_set():
        try:
            state.unready = "; ".join(await topics.verify(state.settings, state.topics))
            if not state.unready:
                return
        except (KafkaError, OSError) as error:
            state.unready = f"Kafka cannot be reached: {error}"
        if state.unready != said:
            log.warning("not ready", service=state.service, reason=(said := state.unready))
        await pause(state.stopping, 0.5)


def _timer(place: Place, timer: Timer) -> Job:
    async def tick(stopping: asyncio.Event) -> None:
        while not await pause(stopping, timer.seconds):
            context = Context(worker(place.service), lock=f"{place.service}:{timer.name}")
            with suppress(Busy):  # then another replica runs it
                async with place.store.work(context) as work:
                    await timer.run(work)

    return tick


@_health.get("/livez")
async def livez() -> dict[str, str]:
    """The process answers."""
    return {"status": "alive"}


async def unready_reason(app: FastAPI) -> str:
    """Why the service cannot do its work now; nothing when it can."""
    if app.state.unready or not app.state.store:
        return str(app.state.unready)
    try:
        await operations.status_of(app.state.place)
    except Exception as error:  # whatever it is, the service cannot do its work
        return f"the database does not answer: {type(error).__name__}"
    return ""


@_health.get("/readyz")
async def readyz(request: Request) -> dict[str, str]:
    """Topics are verified and the database answers. Why not is for those who run it, on their own port."""
    if await unready_reason(request.app):
        raise Problem(503, "not-ready", "not ready yet; try again", headers={"Retry-After": "1"})
    return {"status": "ready"}
