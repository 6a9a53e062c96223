"""Sites and products by their ids, and by what people and partners' systems call them."""

from collections.abc import Collection
from dataclasses import dataclass, field
from uuid import UUID

from runtime.problems import NotFound, Problem
from runtime.work import Work

_SITE = "SELECT id, partner_id, number, time_zone FROM known_site WHERE id = $1"
_ZONE = "SELECT time_zone FROM known_site WHERE id = $1"
_PRODUCT = "SELECT id, code FROM known_product WHERE id = $1 OR code = $2"
_CODES = "SELECT code FROM known_product"
_BY_CODE = "SELECT code, id FROM known_product WHERE code = ANY ($1::text[])"
_BY_NUMBER = "SELECT number, id, partner_id FROM known_site WHERE number = ANY ($1::text[])"


@dataclass(frozen=True, slots=True)
class Place:
    """A site and whose it is."""

    id: UUID
    partner_id: UUID


@dataclass(frozen=True, slots=True)
class Site:
    """A site, whose it is, and by which local time its days are counted."""

    id: UUID
    partner_id: UUID
    number: str
    time_zone: str | None
    """An IANA name. None where the copy is from before this was kept, until its registration is read again."""


@dataclass(frozen=True, slots=True)
class Product:
    """A product and its code, which is the material of its lots."""

    id: UUID
    code: str


@dataclass(frozen=True, slots=True)
class Directory:
    """What is known of the codes that some records use. A code that is missing is unknown."""

    products: dict[str, UUID] = field(default_factory=dict)
    sites: dict[str, Place] = field(default_factory=dict)


async def named_site(work: Work, id: UUID, field: str) -> Site:
    """The site that a body names in a field. Raises a 409 Problem that says where sites come from.

    Raises NotFound for a partner's person, also for another partner's site: which there are is the sponsor's to know.
    """
    row = await work.connection.fetchrow(_SITE, id)
    if row is None and work.principal.partner_id is not None:
        raise NotFound("site", id)
    if row is None:
        raise Problem(
            409,
            "unknown-site",
            f"{field}: no site {id} is known here: register it at partner-registry (POST /v1/sites) and repeat; "
            "news of a new one takes a moment",
            field=field,
        )
    return Site(**row)


async def asked_site(work: Work, id: UUID) -> Site:
    """The site that a question is about. Raises NotFound for one that is not known, or not the asker's to know."""
    row = await work.connection.fetchrow(_SITE, id)
    if row is None:
        raise NotFound("site", id)
    return Site(**row)


async def zone_of(work: Work, site_id: UUID) -> str | None:
    """The time zone of a site, or None where it is not known yet."""
    zone: str | None = await work.connection.fetchval(_ZONE, site_id)
    return zone


async def named_product(work: Work, id: UUID | None, code: str | None) -> Product:
    """The product of an id or a code, one of which is given. Raises a 409 Problem that says where they come from."""
    row = await work.connection.fetchrow(_PRODUCT, id, code)
    if row is None:
        raise Problem(
            409,
            "unknown-product",
            f"no product {id or code} is known here: register it at partner-registry (POST /v1/products) and repeat; "
            "news of a new one takes a moment",
        )
    return Product(**row)


async def look_up(work: Work, codes: Collection[str], numbers: Collection[str]) -> Directory:
    """Products by code and sites by number, those of one batch in one statement each."""
    directory = Directory()
    if codes:
        directory.products.update(await work.connection.fetch(_BY_CODE, list(codes)))
    if numbers:
        rows = await work.connection.fetch(_BY_NUMBER, list(numbers))
        directory.sites.update({row["number"]: Place(row["id"], row["partner_id"]) for row in rows})
    return directory


async def codes(work: Work) -> list[str]:
    """The codes of all products."""
    return [row["code"] for row in await work.connection.fetch(_CODES)]
