"""Other numbers of the same goods: an alias names a batch, and is none of its own.

What is told under an alias that is known is told of the batch. What was told before anybody said so stands as a batch
of its own: nothing moves it, and the readiness of either says that it stands there.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final, TypeVar
from uuid import UUID

from contracts import Fact, Lot, Recorded
from runtime.work import Work

F = TypeVar("F", bound=Fact)
_WITH_ALIASES: Final = """
SELECT id AS batch_id, lot_id, number, material, site_id, aliases FROM batch
WHERE aliases <> '{}' AND (site_id, material) IN (SELECT * FROM unnest($1::uuid[], $2::text[])) ORDER BY id
"""
_OF_THEIR_OWN: Final = "SELECT lot_id FROM batch WHERE lot_id = ANY ($1::uuid[])"


def alias_lots(site_id: UUID, material: str, aliases: Iterable[str]) -> list[UUID]:
    """The lots that other numbers of a batch would be."""
    return [Lot.identify(site_id, material, alias) for alias in aliases]


async def named_by(work: Work, lots: Collection[Lot]) -> dict[UUID, list[Any]]:
    """The batches of which the numbers of lots are aliases: by the id of the lot."""
    ids = {lot.id for lot in lots}
    places = sorted({(lot.site_id, lot.material) for lot in lots}, key=str)
    rows = await work.connection.fetch(_WITH_ALIASES, [site for site, _ in places], [of for _, of in places])
    found: defaultdict[UUID, list[Any]] = defaultdict(list)
    for row in rows:
        for id in alias_lots(row["site_id"], row["material"], row["aliases"]):
            if id in ids and id != row["lot_id"]:
                found[id].append(row)
    return found


async def under_own_numbers(work: Work, lots: Sequence[Lot]) -> list[Lot]:
    """The lots, each that an alias names under the batch's own number.

    One under which a batch of its own stands already stays there, and so does one that is the alias of two.
    """
    named = {id: rows[0] for id, rows in (await named_by(work, lots)).items() if len(rows) == 1} if lots else {}
    own = {row["lot_id"] for row in await work.connection.fetch(_OF_THEIR_OWN, [*named])} if named else set()
    moved = {id: {"id": row["lot_id"], "number": row["number"]} for id, row in named.items() if id not in own}
    return [lot.model_copy(update=moved[lot.id]) if lot.id in moved else lot for lot in lots]


async def told_of_batches(work: Work, facts: Sequence[Recorded[F]]) -> list[Recorded[F]]:
    """Facts about lots, each about the batch's own lot where it names an alias."""
    lots = list({lot.id: lot for each in facts for lot in _lots_of(each.fact)}.values())
    own = dict(zip((lot.id for lot in lots), await under_own_numbers(work, lots), strict=True))
    if all(id == lot.id for id, lot in own.items()):
        return [*facts]
    return [each._replace(fact=_about(each.fact, [own[lot.id] for lot in _lots_of(each.fact)])) for each in facts]


def _lots_of(fact: Any) -> Sequence[Lot]:
    if hasattr(fact, "lots"):
        return tuple(fact.lots)
    return (fact.lot,) if fact.lot else ()


def _about(fact: F, lots: Sequence[Lot]) -> F:
    """A lot that a fact names by two numbers is one."""
    if hasattr(fact, "lots"):
        return fact.model_copy(update={"lots": tuple({lot.id: lot for lot in lots}.values())})
    return fact.model_copy(update={"lot": lots[0]}) if lots else fact


async def stand_apart(work: Work, lots: Sequence[UUID]) -> bool:
    """Whether facts stand under other numbers of a batch, as batches of their own."""
    return bool(lots and await work.connection.fetch(_OF_THEIR_OWN, list(lots)))
