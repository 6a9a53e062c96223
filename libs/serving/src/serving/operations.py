"""What every service offers to the people who run it: status, parked facts, replay.

It works under the worker's database role, for plumbing has no tenant; a partner has no business here.
"""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

import structlog
from fastapi import APIRouter, Depends, Path, Request
from pydantic import Field

from contracts import HappenedAt, Role
from runtime import cursor, handled, parking
from runtime.access import SPONSORS, Asking, allowed
from runtime.applying import Place
from runtime.bodies import Body, Plain, Text
from runtime.database import Context
from runtime.health import described
from runtime.problems import RuleViolated
from runtime.routes import StrictRoute, correlation_of, json_body, reason_of, strictly_read
from serving import cursors
from serving.audit import note_operation
from serving.paging import Part
from telemetry import metrics

log = structlog.get_logger()
router = APIRouter(tags=["operations"], route_class=StrictRoute)
_STATUS = f"""
SELECT (SELECT count(*) FROM parked) AS parked,
       (SELECT min(parked_at) FROM parked) AS parked_since,
       (SELECT extract(epoch FROM now() - min(parked_at))::float FROM parked) AS parked_seconds,
       (SELECT count(*) FROM set_aside) AS set_aside,
       (SELECT count(*) FROM consumer_offset WHERE read_to_end_at IS NULL
        AND topic IN (SELECT topic FROM handled WHERE registered)) AS partitions_to_read,
       (SELECT sent_up_to FROM relay_cursor) AS sent_up_to,
       (SELECT max(time) FROM outbox) AS last_fact_at, {cursor.LED} AS relay_leads
"""  # noqa: S608
_SET_ASIDE = """
SELECT * FROM set_aside WHERE (since, record_id, timer) > ($1, $2, $3) ORDER BY since, record_id, timer LIMIT $4
"""
_KEY = datetime.fromisoformat, UUID, str
_FROM_THE_BEGINNING = datetime.fromtimestamp(0, UTC), UUID(int=0), ""
_HANDLED_BY_OTHERS = "SELECT count(*) > 0 FROM consumer_offset WHERE handlers <> $1"


async def _looking(request: Request, principal: Asking) -> Place:
    request.scope["route"].check_parameters(request)
    place: Place = request.app.state.place
    return replace(place, operator=Context(replace(principal, worker=True), correlation_of(request)))


async def _strict_json(request: Request) -> None:
    strictly_read(await json_body(request))


Looked = Annotated[Place, Depends(_looking)]
JSON = [Depends(_strict_json)]


class Operation(Body):
    """What an operator asks for: a field that is misspelt would leave out a bound that was meant."""

    reason: Text = Field("", description="Why, for the audit.", examples=["the broker was restored"])

    def by(self, request: Request, place: Place) -> Place:
        """The place, for whom the request is of."""
        return replace(place, operator=replace(place.context(), reason=reason_of(request, self.reason)))


class Retry(Operation):
    """Which parked fact; without ``id`` all of them, in order."""

    id: Annotated[int, Plain] | None = Field(None, examples=[17])


class Replay(Operation):
    """From which instant on the ledger is sent again; without it the whole ledger is."""

    since: HappenedAt | None = Field(None, examples=["2026-03-14T09:30:00Z"])


async def status_of(place: Place) -> dict[str, Any]:
    """How far behind a service is, as its database tells it; the gauges follow.

    ``partitions_to_read`` were begun at the beginning, for a new handler or a rebuild, and are not at their end yet.
    ``sent_up_to`` moves whenever the relay sends; where none ``relay_leads``, no worker of the service sends anything.
    """
    async with place.store.work(place.context()) as work:
        status = dict(await work.connection.fetchrow(_STATUS))
        status["outbox_pending"], waiting = await cursor.pending(work.connection)
        parked = await parking.by_kind(work) if status["parked"] else {}
    metrics.tell_status(place.service, status, waiting, status.pop("parked_seconds") or 0, parked)
    return status


@router.get("/status")
@allowed(*SPONSORS)
async def status(request: Request, place: Looked) -> dict[str, Any]:
    """What the service is for and how far behind it is; ``degraded`` is what has been failing in this process.

    ``lag`` is null in a process that does not consume, or does not know now.
    """
    app, state = request.app, request.app.state
    lag = state.consumer.lag() if state.consumer else None
    about = {"service": place.service, "about": app.description, "role": state.settings.role, "lag": lag}
    return about | {"degraded": place.health.degraded()} | await status_of(place)


@router.get("/parked")
@allowed(*SPONSORS)
async def list_parked(place: Looked, part: Part) -> dict[str, Any]:
    """Facts that could not be applied, oldest first."""
    after = cursors.decode("parked", part.cursor, int) if part.cursor else ()
    rows = await parking.listing(place, part.limit + 1, *after)
    items, more = cursors.part(rows, part.limit, "parked", lambda row: [row["id"]])
    return {"items": items, "next": more}


@router.get("/parked/{id}")
@allowed(*SPONSORS)
async def explain_parked(
    id: Annotated[int, Plain, Path(description="the parked fact's number")], place: Looked
) -> dict[str, Any]:
    """Why one fact is parked, and the record itself."""
    return await parking.explain(place, id)


@router.post("/parked/retries", dependencies=JSON)
@allowed(Role.admin)
async def retry_parked(request: Request, place: Looked, body: Retry = Retry()) -> dict[str, Any]:  # noqa: B008
    """Apply parked facts in order, each in a transaction of its own; a key stops at its first failure."""
    place = body.by(request, place)
    try:
        outcome = await parking.retry(place, body.id)
    except BaseException as error:  # some may have been applied
        await _note_retry(place, parked=body.id, broken_off=described(error))
        raise
    failed = [each["id"] for each in outcome["failed"]]
    await _note_retry(place, parked=body.id, applied=outcome["applied"], failed=failed)
    return outcome


async def _note_retry(place: Place, **detail: Any) -> None:
    async with place.store.work(place.context()) as work:
        await note_operation(work, "retry", **detail)


@router.get("/set-aside")
@allowed(*SPONSORS)
async def list_set_aside(place: Looked, part: Part) -> dict[str, Any]:
    """Records on which a timer failed, oldest first: why, since when, and when they are tried again."""
    after = cursors.decode("aside", part.cursor, *_KEY) if part.cursor else _FROM_THE_BEGINNING
    async with place.store.work(place.context()) as work:
        rows = await work.connection.fetch(_SET_ASIDE, *after, part.limit + 1)
    items, more = cursors.part(rows, part.limit, "aside", lambda row: (row["since"], row["record_id"], row["timer"]))
    return {"items": [dict(row) for row in items], "next": more}


@router.post("/replays", status_code=202, dependencies=JSON)
@allowed(Role.admin)
async def replay(request: Request, place: Looked, body: Replay = Replay()) -> dict[str, int]:  # noqa: B008
    """Send the ledger to Kafka again, from an instant on. ``outbox_pending`` in the status tells how far it is."""
    place, since = body.by(request, place), body.since
    async with place.store.work(place.context()) as work:
        facts = await cursor.replay(work.connection, since or datetime.fromtimestamp(0, UTC))
        await note_operation(work, "replay", service=place.service, since=since, facts=facts)
        log.warning("replay", service=place.service, by=work.principal.subject, since=since, facts=facts)
        return {"facts": facts}


@router.post("/projection-rebuilds", status_code=202, dependencies=JSON)
@allowed(Role.admin)
async def rebuild(request: Request, place: Looked, body: Operation = Operation()) -> dict[str, int]:  # noqa: B008
    """Empty what consumers built from facts, and build it anew from the whole history.

    ``partitions_to_read`` in the status tells how far it is; until it is none, numbers are too small. A service that
    owns records refuses: they are nowhere else.
    """
    place, projections = body.by(request, place), request.app.state.projections
    if not projections:
        raise RuleViolated(f"{place.service} owns its records: nothing could build them anew")
    async with place.store.work(place.context()) as work:
        if await work.connection.fetchval(_HANDLED_BY_OTHERS, place.subscriptions.digest()):
            raise RuleViolated("another release's handlers are registered: this one waits, and would build nothing")
        await handled.rebuild(work, projections)
        await note_operation(work, "rebuild", service=place.service, projections=list(projections))
        log.warning("rebuild", service=place.service, by=work.principal.subject, projections=projections)
    return {"partitions": (await status_of(place))["partitions_to_read"]}
