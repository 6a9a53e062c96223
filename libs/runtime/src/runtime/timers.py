"""What is to be done every so many seconds, and the records that are set aside because it failed on them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

import structlog
from sqlalchemy import Select, Uuid, column, inspect, select, table

from runtime.problems import cause_of, is_transient, storable
from runtime.work import Identified, Work

log = structlog.get_logger()
M = TypeVar("M", bound=Identified)
Find = Callable[[Work], Select[Any]]
_set_aside = table("set_aside", column("timer"), column("record_id", Uuid))
_DUE = "SELECT record_id FROM set_aside WHERE timer = $1 AND try_again_at <= $2 ORDER BY try_again_at LIMIT $3"
_FAILED = """
INSERT INTO set_aside AS kept (timer, record_id, reason, since, try_again_at)
VALUES ($1, $2, $3, $4::timestamptz, $4 + interval '1 minute')
ON CONFLICT (timer, record_id) DO UPDATE SET reason = excluded.reason, attempts = kept.attempts + 1,
    try_again_at = $4 + least(interval '1 day', interval '1 minute' * 2 ^ least(kept.attempts, 20)) RETURNING attempts
"""
_TAKE_BACK = "DELETE FROM set_aside WHERE timer = $1 AND record_id = ANY($2::uuid[])"


@dataclass(frozen=True, slots=True)
class Timer:
    """Something to do every so many seconds, in one transaction, by one replica at a time, or by each of them."""

    name: str
    seconds: float
    run: Callable[[Work], Awaitable[None]]
    by_each: bool = False
    """What a process knows for itself, such as what it says to Prometheus."""


def record_by_record(
    name: str, seconds: float, model: type[M], find: Find, act: Callable[[Work, M], Awaitable[None]], at_once: int = 500
) -> Timer:
    """A timer that acts on each record that ``find`` selects, in a savepoint of its own.

    At most ``at_once`` a time, those that somebody holds not among them. A record that failed is left out until its
    time has come; it is tried beside the others then, and leaves the list when it worked or is not found any more.
    """
    id = inspect(model).columns["id"]

    async def found(work: Work, where: Any) -> list[UUID]:
        ids = find(work).where(where).with_only_columns(id).limit(at_once)
        return list(await work.session.scalars(ids.with_for_update(skip_locked=True, of=model)))

    async def run(work: Work) -> None:
        due = [row["record_id"] for row in await work.connection.fetch(_DUE, name, work.now, at_once)]
        others = id.not_in(select(_set_aside.c.record_id).where(_set_aside.c.timer == name))
        failed = set()
        for each in [*(await found(work, id.in_(due)) if due else ()), *await found(work, others)]:
            try:
                async with work.savepoint():
                    await act(work, await work.session.get_one(model, each))
            except Exception as error:
                if is_transient(error):
                    raise
                failed.add(each)
                why = storable(f"{type(cause_of(error)).__name__}: {cause_of(error)}"[:1000])
                # Told when it fails for the first time, and not at each try.
                if await work.connection.fetchval(_FAILED, name, each, why, work.now) == 1:
                    log.error("set aside", service=work.principal.name, timer=name, record=str(each), exc_info=error)
        await work.connection.execute(_TAKE_BACK, name, [each for each in due if each not in failed])

    return Timer(name, seconds, run)
