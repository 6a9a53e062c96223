"""What every service offers to the people who run it: status, parked facts, replay."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Body, Depends, Query, Request

from contracts import Role
from runtime import metrics, parking, replay
from runtime.applying import Place
from runtime.principal import authenticate
from runtime.problems import NotFound, Problem
from runtime.routes import require

router = APIRouter(tags=["operations"])

_STATUS = """
SELECT (SELECT count(*) FROM parked) AS parked,
       (SELECT min(parked_at) FROM parked) AS parked_since,
       (SELECT extract(epoch FROM now() - min(parked_at))::float FROM parked) AS parked_seconds,
       greatest(0, coalesce((SELECT max(position) FROM outbox), 0)
                   - coalesce((SELECT greatest(floor, sent_up_to) FROM relay_cursor), 0)) AS outbox_pending,
       (SELECT max(time) FROM outbox) AS last_fact_at
"""


@dataclass(frozen=True, slots=True)
class Operator:
    """Somebody who runs the installation. Works under the worker's database role, for plumbing has no tenant."""

    subject: str
    place: Place


async def _operator(request: Request) -> Operator:
    principal = await authenticate(request)
    if principal.partner_id is not None:
        raise Problem(403, "forbidden", "operations are the sponsor's")
    if request.method != "GET":
        require(principal, frozenset({Role.admin}))
    return Operator(principal.subject, request.app.state.place)


Operating = Annotated[Operator, Depends(_operator)]


async def status_of(place: Place) -> dict[str, Any]:
    """How far behind a service is, as its database tells it; the gauges follow."""
    async with place.store.work(place.context()) as work:
        status = dict(await work.connection.fetchrow(_STATUS))
    metrics.PARKED.labels(place.service).set(status["parked"])
    metrics.PARKED_AGE.labels(place.service).set(status.pop("parked_seconds") or 0)
    metrics.OUTBOX_PENDING.labels(place.service).set(status["outbox_pending"])
    return status


@router.get("/status")
async def status(request: Request, operator: Operating) -> dict[str, Any]:
    """What the service is for and how far behind it is. ``lag`` is null in a process that does not consume."""
    consumer = request.app.state.consumer
    return {
        "service": operator.place.service,
        "about": request.app.description,
        "role": request.app.state.settings.role,
        "lag": consumer.lag() if consumer else None,
        **await status_of(operator.place),
    }


@router.get("/parked")
async def list_parked(operator: Operating, limit: Annotated[int, Query(ge=1, le=1000)] = 100) -> dict[str, Any]:
    """Facts that could not be applied, oldest first."""
    async with operator.place.store.work(operator.place.context()) as work:
        return {"items": await parking.listing(work, limit), "next": None}


@router.get("/parked/{id}")
async def explain_parked(id: int, operator: Operating) -> dict[str, Any]:
    """Why one fact is parked, and the record itself."""
    async with operator.place.store.work(operator.place.context()) as work:
        found = await parking.explain(work, id)
    if found is None:
        raise NotFound("parked fact", id)
    return found


@router.post("/parked/retries")
async def retry_parked(operator: Operating, id: Annotated[int | None, Body(embed=True)] = None) -> dict[str, Any]:
    """Apply parked facts in order, each in a transaction of its own; a key stops at its first failure."""
    return await parking.retry(operator.place, id)


@router.post("/replays", status_code=202)
async def request_replay(
    operator: Operating, since: Annotated[datetime | None, Body(embed=True)] = None
) -> dict[str, Any]:
    """Send the ledger to Kafka again. Poll the replay to see how far it is."""
    async with operator.place.store.work(operator.place.context()) as work:
        return await replay.request(work, since or datetime.fromtimestamp(0, UTC), operator.subject)


@router.get("/replays/{id}")
async def read_replay(id: UUID, operator: Operating) -> dict[str, Any]:
    """How far a replay is."""
    async with operator.place.store.work(operator.place.context()) as work:
        found = await replay.read(work, id)
    if found is None:
        raise NotFound("replay", id)
    return found
