"""Obstacles before handlers, and what became of the facts."""

from uuid import UUID

from contracts import Fact, Recorded
from notes.consumers import Obstacle
from notes.installation import Installation
from runtime.work import Work


class Impossible(Exception):
    """What no second try mends."""


def refusing(*refused: tuple[UUID, int], error: Exception | None = None) -> Obstacle:
    """An obstacle that lets all facts pass but these."""

    async def refuse(work: Work, recorded: Recorded[Fact]) -> None:
        if (getattr(recorded.fact, "product_id", None), recorded.sequence) in refused:
            raise error or Impossible(f"cannot take number {recorded.sequence}")

    return refuse


async def applied(installation: Installation, count: int) -> None:
    """So many records are behind the consumer, applied or parked."""
    total = "SELECT coalesce(sum(next), 0) >= $1 FROM consumer_offset WHERE topic LIKE '%product'"
    await installation.eventually(lambda: installation.value(total, count), 30)


async def numbers(installation: Installation, key: UUID) -> list[int]:
    heard = await installation.rows("SELECT number FROM heard WHERE key = $1 ORDER BY position", str(key))
    return [row["number"] for row in heard]


async def parked(installation: Installation, key: UUID) -> list[int]:
    sql = "SELECT convert_from(value, 'utf8')::json ->> 'code' AS number FROM parked WHERE key = $1 ORDER BY id"
    return [int(row["number"]) for row in await installation.rows(sql, str(key))]
