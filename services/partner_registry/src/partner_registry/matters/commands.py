"""What facts say of matters is kept: in any order, late and twice, the same is open in the end."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any, Final
from uuid import UUID

from contracts import Recorded
from partner_registry.matters.model import KnownMatter, seen
from runtime import bulk
from runtime.work import Work

_DESCRIBED: Final = ("number", "site_id", "partner_id", "lot_site_id", "lot_partner_id", "lot_id")
_NEWEST: Final = ", ".join(
    f"{name} = CASE WHEN excluded.sequence >= known_matter.sequence "
    f"THEN coalesce(excluded.{name}, known_matter.{name}) ELSE coalesce(known_matter.{name}, excluded.{name}) END"
    for name in _DESCRIBED
)
_MERGED: Final = f"""ON CONFLICT (id) DO UPDATE SET {_NEWEST},
    since = least(known_matter.since, excluded.since), made_on = least(known_matter.made_on, excluded.made_on),
    ended_at = greatest(known_matter.ended_at, excluded.ended_at),
    reopened_at = greatest(known_matter.reopened_at, excluded.reopened_at),
    marketed = known_matter.marketed OR excluded.marketed,
    sequence = greatest(known_matter.sequence, excluded.sequence)"""


async def keep(work: Work, facts: Sequence[Recorded[Any]]) -> None:
    """Keep what facts say; the rows are locked in one order, whoever else is told of the same."""
    rows = [asdict(seen(each.fact)) | {"sequence": each.sequence} for each in facts]
    for once in _each_once(rows):
        await bulk.insert(work, KnownMatter, once, _MERGED)


def _each_once(rows: Sequence[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """The rows in rounds, for a statement takes each record but once."""
    left = list(rows)
    while left:
        first: dict[UUID, dict[str, Any]] = {}
        behind = [row for row in left if first.setdefault(row["id"], row) is not row]
        yield [first[id] for id in sorted(first)]
        left = behind
