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


async def registered(work: Work, dimension: Dimension, word: str) -> UUID:
    """The id that a word means, of what is registered. Raises a 422 Problem for anything else, an id included."""
    id = await resolve(work, dimension, word)
    if not await work.connection.fetchval(f"SELECT true FROM known_{dimension} WHERE id = $1", id):  # noqa: S608
        raise _unknown(dimension, word)
    return id  # type: ignore[return-value]


async def resolve(work: Work, dimension: Dimension, word: str) -> UUID | None:
    """The id that a word means: itself, or whose number or code it is; None for no product."""
    if dimension is Dimension.product and word == NONE:
        return None
    try:
        return UUID(word)
    except ValueError:
        id: UUID | None = await work.connection.fetchval(_BY_NAME[dimension], word)
    if id is None:
        raise _unknown(dimension, word)
    return id


def _unknown(dimension: Dimension, word: str) -> Problem:
    detail = f"no {dimension} is known here by the id, number or code {word!r}"
    errors = [{"field": f"query.{dimension}", "reason": "is not known here", "value": word}]
    return Problem(422, f"unknown-{dimension}", detail, errors=errors)
