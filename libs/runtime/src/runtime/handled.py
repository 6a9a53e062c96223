"""What a database's consumers handle: a handler that a release adds is given the whole history. See docs/adr/0010.

The inbox drops what a handler was given before. It need not remember that for ever: for each handler there is a floor,
an instant before which everything was received.
"""

from collections.abc import Sequence
from datetime import timedelta

import structlog

from contracts import PARTITIONS, Fact, contract_of
from runtime.applying import Place
from runtime.offsets import Outdated
from runtime.settings import Settings
from runtime.work import Work

log = structlog.get_logger()
LATEST_ARRIVAL = timedelta(days=90)
"""No fact reaches its topic for the first time later than so long after it was recorded, nor, where the log lost it,
again later than so long after that was found."""
FORGET_EVERY = 60.0
"""Seconds. Each time some rows go: all in all more than a service ever receives."""
_LONGEST_REBUILD = 1800
# Who registers, rebuilds or raises floors does so alone.
_ALONE = "LOCK TABLE handled IN SHARE ROW EXCLUSIVE MODE"
_REGISTERED = "SELECT topic, type, handler_group FROM handled WHERE registered"
_REGISTER = """
INSERT INTO handled (topic, type, handler_group, registered)
SELECT *, true FROM unnest($1::text[], $2::text[], $3::text[])
ON CONFLICT (topic, type, handler_group) DO UPDATE SET registered = true
"""
# Floors and rows in the inbox stay: what a handler was given, it was given.
_REMOVE = """
UPDATE handled SET registered = false
WHERE (topic, type, handler_group) NOT IN (SELECT * FROM unnest($1::text[], $2::text[], $3::text[]))
"""
_BEGIN = """
INSERT INTO consumer_offset (topic, partition, next) SELECT topic, partition, 0
FROM unnest($1::text[]) AS topic, generate_series(0, $2 - 1) AS partition ON CONFLICT DO NOTHING
"""
_FENCE = "UPDATE consumer_offset SET handlers = $1 WHERE handlers <> $1"
_REWIND = "UPDATE consumer_offset SET next = 0, last_id = NULL, read_to_end_at = NULL, rewinds = rewinds + 1"
# Who receives holds the row of its partition: when all are held, nobody is receiving who has seen the lower floor.
# Where one is in hand no floor rises: who waited for it would hold up all others.
_HOLD_RECEIVERS = """
SELECT count(*) = (SELECT count(*) FROM consumer_offset) FROM (SELECT FROM consumer_offset FOR UPDATE SKIP LOCKED) held
"""
_RAISE_FLOORS = """
UPDATE handled SET floor = reached.at - $1::interval FROM (
    SELECT topic, min(read_to_end_at) AS at FROM consumer_offset GROUP BY topic
    HAVING bool_and(read_to_end_at IS NOT NULL AND read_to_end_at > coalesce(lost_at + $1::interval, '-infinity'))
) AS reached
WHERE handled.topic = reached.topic AND registered AND floor < reached.at - $1::interval
"""
_UNREAD = "SELECT * FROM unread($1, $2, $3)"
_FORGET = """
DELETE FROM inbox WHERE ctid = ANY(ARRAY(SELECT inbox.ctid FROM inbox LEFT JOIN handled ON handled.id = handled_id
    WHERE recorded_at < (SELECT max(floor) FROM handled) AND recorded_at < coalesce(handled.floor,
        (SELECT min(floor) - interval '1 day' FROM handled WHERE handler_group = '')) LIMIT 50000))
"""


async def register(place: Place, settings: Settings, *, begins: bool) -> None:
    """Register this release's handlers, and let new ones begin at the beginning of their topics.

    Only a process that ``begins`` registers; later on it sees whether they still are what is registered. Raises
    Outdated when another release's are, which this one removes only when it is told to roll back.
    """
    ours = {(settings.topic(topic), type_, group) for topic, type_, group in place.subscriptions.handled()}
    async with place.store.work(place.context()) as work:
        await work.connection.execute(_ALONE)
        registered = {tuple(row) for row in await work.connection.fetch(_REGISTERED)}
        new, gone = ours - registered, registered - ours
        if gone and not (begins and settings.roll_back):
            what = f"another release handles here what this one does not: {_listed(gone)}"
            raise Outdated(f"{what}; this one waits, unless it is started with ENTENTE_ROLL_BACK=true")
        if new and not begins:
            what = f"a release that was rolled back to removed what this one handles: {_listed(new)}"
            raise Outdated(f"{what}; this one waits until it is started again")
        columns = [list(column) for column in zip(*ours, strict=True)]
        await work.connection.execute(_REMOVE, *columns)
        await work.connection.execute(_REGISTER, *columns)
        await work.connection.execute(_BEGIN, sorted(set(columns[0])), PARTITIONS)
        await work.connection.execute(f"{_REWIND} WHERE topic = ANY($1)", sorted({topic for topic, _, _ in new}))
        await work.connection.execute(_FENCE, place.subscriptions.digest())
    if new or gone:
        log.warning("handlers registered", service=place.service, new=_listed(new), removed=_listed(gone))


async def unread(work: Work, *handlers: tuple[type[Fact], str], everywhere: bool) -> list[str]:
    """Of what the newest may not be known, so that nobody decides on it: topics that were rewound and are not read to
    their end since, and the types of these handlers, each with its group, that are not registered yet.

    The topics of the handlers' types, or ``everywhere`` those of all that the service handles.
    """
    types, groups = [contract_of(fact).type for fact, _ in handlers], [group for _, group in handlers]
    return [row[0] for row in await work.connection.fetch(_UNREAD, types, groups, everywhere)]


def _listed(handled: set[tuple[str, str, str]]) -> str:
    return ", ".join(f"{type_}/{group}" if group else type_ for _, type_, group in sorted(handled))


async def forget(work: Work) -> None:
    """Drop inbox rows below the floors of last time, and raise the floors where topics were read to their end.

    While a batch is in hand somewhere none rises: the next time comes soon.
    """
    await work.connection.execute(_FORGET)
    await work.connection.execute(_ALONE)
    if await work.connection.fetchval(_HOLD_RECEIVERS):
        await work.connection.execute(_RAISE_FLOORS, LATEST_ARRIVAL)


async def rebuild(work: Work, projections: Sequence[str]) -> None:
    """Empty the tables that consumers build from facts, and let them begin at the beginning."""
    await work.allow(_LONGEST_REBUILD)
    await work.connection.execute(_ALONE)
    await work.connection.execute(_REWIND)  # waits for batches in hand, and fences their members
    for table in (*projections, "inbox", "parked"):
        await work.connection.execute(f'DELETE FROM "{table}"', timeout=_LONGEST_REBUILD)  # noqa: S608
    await work.connection.execute("UPDATE handled SET floor = '-infinity'")
