"""Topics were lost, or made anew: ledgers are sent again, and whoever reads them does so from the beginning."""

from collections.abc import Sequence
from datetime import UTC, datetime

from cli.failures import Failure
from cli.installing import Installing
from cli.ledgers.databases import database, note
from contracts import topics_of
from runtime import cursor

_ALL = datetime.fromtimestamp(0, UTC)
# Not left to the consumers, who notice a lost log by the record at which they stopped: a log that is filled again in
# another order may have that very record there, behind others than before. What was lost counts as found now, so that
# no floor passes over what comes again (docs/adr/0010).
_REWIND = """
UPDATE consumer_offset SET next = 0, last_id = NULL, read_to_end_at = NULL, lost_at = now(), rewinds = rewinds + 1
WHERE topic = ANY($1)
"""


async def send_again(settings: Installing, owners: Sequence[str], reason: str) -> dict[str, int]:
    """Let each owner's relay send its whole ledger; gives the number of facts by service, and notes it there."""
    facts = dict[str, int]()
    for package in owners:
        async with database(settings, package) as connection, connection.transaction():
            facts[package] = await cursor.replay(connection, _ALL)
            await note(connection, "refill", reason, facts=facts[package], partitions=0)
    return facts


async def read_anew(settings: Installing, readers: Sequence[str], owners: Sequence[str], reason: str) -> dict[str, int]:
    """Let each reader begin the owners' topics at the beginning; gives the number of partitions, and notes it there.

    Facts that it knows are dropped. It may run, and may be stopped.
    """
    names = [settings.topic(topic) for owner in owners for topic in topics_of(owner.replace("_", "-"))]
    partitions = dict[str, int]()
    for package in readers:
        async with database(settings, package) as connection, connection.transaction():
            partitions[package] = int((await connection.execute(_REWIND, names)).split()[-1])
            await note(connection, "refill", reason, facts=0, partitions=partitions[package])
    return partitions


async def refill(
    settings: Installing, readers: Sequence[str], owners: Sequence[str], reason: str
) -> dict[str, dict[str, int]]:
    """Both, readers first; gives by service what was begun. Raises Failure without a reason."""
    if not reason:
        raise Failure("no reason was given", "The audit wants one: --reason.")
    partitions = await read_anew(settings, readers, owners, reason)
    facts = await send_again(settings, owners, reason)
    return {each: {"facts": facts.get(each, 0), "partitions": partitions[each]} for each in readers}
