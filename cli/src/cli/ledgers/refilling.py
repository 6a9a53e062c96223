"""Kafka was lost, or made anew: every ledger is sent again, and every service reads all of it from the beginning."""

from collections.abc import Sequence
from datetime import UTC, datetime

from cli.failures import Failure
from cli.installing import Installing
from cli.ledgers.databases import database, note
from runtime import cursor

_ALL = datetime.fromtimestamp(0, UTC)
# Not left to the consumers, who notice a lost log by the record at which they stopped: a log that is filled again in
# another order may have that very record there, behind others than before. What was lost counts as found now, so that
# no floor passes over what comes again (docs/adr/0010).
_REWIND = """
UPDATE consumer_offset SET next = 0, last_id = NULL, read_to_end_at = NULL, lost_at = now(), rewinds = rewinds + 1
"""


async def refill(settings: Installing, services: Sequence[str], reason: str) -> dict[str, dict[str, int]]:
    """Let each relay send its whole ledger and each consumer begin anew, and note it; gives how much by service.

    Consumers drop what they know. Services may run, and may be stopped. Raises Failure without a reason.
    """
    if not reason:
        raise Failure("no reason was given", "The audit wants one: --reason.")
    refilled = dict[str, dict[str, int]]()
    for package in services:
        async with database(settings, package) as connection, connection.transaction():
            partitions = int((await connection.execute(_REWIND)).split()[-1])
            facts = await cursor.replay(connection, _ALL)
            refilled[package] = {"facts": facts, "partitions": partitions}
            await note(connection, "refill", reason, **refilled[package])
    return refilled
