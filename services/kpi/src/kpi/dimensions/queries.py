"""Finding partners, sites and products by what people call them."""

from uuid import UUID

from kpi.dimensions.schemas import NONE, Asked, Chosen, Dimension
from runtime.problems import Problem
from runtime.work import Work

_BY_NAME = {
    Dimension.partner: "SELECT id FROM known_partner WHERE number = $1",
    Dimension.site: "SELECT id FROM known_site WHERE number = $1",
    Dimension.product: "SELECT id FROM known_product WHERE code = $1",
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
