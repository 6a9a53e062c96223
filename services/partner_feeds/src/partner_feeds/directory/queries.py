"""Sites and products by what partners' systems call them."""

from collections.abc import Collection
from dataclasses import dataclass, field
from uuid import UUID

from partner_feeds.directory.model import KnownSite
from runtime.problems import Problem
from runtime.work import Work

_PRODUCTS = "SELECT code, id FROM known_product WHERE code = ANY ($1::text[])"
_CODES = "SELECT code FROM known_product"
_SITES = "SELECT number, id, partner_id FROM known_site WHERE number = ANY ($1::text[])"


@dataclass(frozen=True, slots=True)
class Place:
    """A site and whose it is."""

    id: UUID
    partner_id: UUID


@dataclass(frozen=True, slots=True)
class Directory:
    """What is known of the codes that some records use. A code that is missing is unknown."""

    products: dict[str, UUID] = field(default_factory=dict)
    sites: dict[str, Place] = field(default_factory=dict)


async def look_up(work: Work, codes: Collection[str], numbers: Collection[str]) -> Directory:
    """Products by code and sites by number, those of one batch in one statement each."""
    directory = Directory()
    if codes:
        directory.products.update(await work.connection.fetch(_PRODUCTS, list(codes)))
    if numbers:
        rows = await work.connection.fetch(_SITES, list(numbers))
        directory.sites.update({row["number"]: Place(row["id"], row["partner_id"]) for row in rows})
    return directory


async def codes(work: Work) -> list[str]:
    """The codes of all products."""
    return [row["code"] for row in await work.connection.fetch(_CODES)]


async def site(work: Work, id: UUID, field: str) -> KnownSite:
    """The site of an id. Raises a 409 Problem that names the field."""
    found = await work.session.get(KnownSite, id)
    if found is None:
        raise Problem(
            409,
            "unknown-site",
            f"{field}: no site {id} is known here: register it at partner-registry (POST /v1/sites) and repeat; "
            "news of a new one takes a moment",
            field=field,
        )
    return found
