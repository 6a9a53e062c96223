"""Finding partners, sites and products by what people call them, and what ids are called."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from kpi.dimensions.schemas import NONE, Asked, Chosen, Dimension
from runtime.problems import Problem
from runtime.work import Work
from serving.shown import Ref

_BY_NAME = {
    Dimension.partner: "SELECT id FROM partner WHERE number = $1",
    Dimension.site: "SELECT id FROM site WHERE number = $1",
    Dimension.product: "SELECT id FROM product WHERE code = $1",
}
_NAMES = {
    Dimension.partner: "SELECT id, number AS called, name FROM partner WHERE id = ANY($1::uuid[])",
    Dimension.site: "SELECT id, number AS called, name FROM site WHERE id = ANY($1::uuid[])",
    Dimension.product: "SELECT id, code AS called, name FROM product WHERE id = ANY($1::uuid[])",
}


async def chosen(work: Work, asked: Asked) -> Chosen:
    """The ids that a caller's words mean. Raises a 422 Problem for a number or code that the caller cannot know."""
    named = {dimension: getattr(asked, dimension) for dimension in Dimension}
    ids = {dimension: await resolve(work, dimension, word) for dimension, word in named.items() if word}
    return Chosen(ids)


async def resolve(work: Work, dimension: Dimension, word: str) -> UUID | None:
    """The id that a word means: itself, or whose number or code it is; None for no product."""
    if dimension is Dimension.product and word == NONE:
        return None
    try:
        return UUID(word)
    except ValueError:
        id: UUID | None = await work.connection.fetchval(_BY_NAME[dimension], word)
    if id is None:
        raise Problem(422, f"unknown-{dimension}", f"no {dimension} is known here by the id, number or code {word!r}")
    return id


@dataclass
class Names:
    """What ids are called."""

    known: dict[Dimension, dict[UUID, Any]] = field(default_factory=dict)

    def ref(self, dimension: Dimension, id: UUID | None) -> Ref | None:
        """What is known of an id."""
        row = self.known.get(dimension, {}).get(id) if id else None
        return Ref(id=id, number=row and row["called"], name=row and row["name"]) if id else None


async def names(work: Work, ids: Iterable[tuple[Dimension, UUID | None]]) -> Names:
    """What these ids are called, one statement a dimension. What has not been registered yet is missing."""
    wanted: dict[Dimension, set[UUID]] = {}
    for dimension, id in ids:
        if id is not None:
            wanted.setdefault(dimension, set()).add(id)
    found = Names()
    for dimension, group in wanted.items():
        rows = await work.connection.fetch(_NAMES[dimension], list(group))
        found.known[dimension] = {row["id"]: row for row in rows}
    return found
