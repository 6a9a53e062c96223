"""What a sender needs to know to be understood: its feed's mapping, and what the specifications call their tests."""

from collections.abc import Collection
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from sqlmodel import Field, col, select

from contracts.partner_feeds import TestStage
from partner_feeds import specifications
from partner_feeds.feeds import queries
from partner_feeds.feeds.model import Feed
from partner_feeds.mappings.model import MappingState, MappingVersion
from partner_feeds.metadata import Table
from runtime.access import EVERYBODY, Asking, allowed
from runtime.applying import Place
from runtime.database import Context
from runtime.principal import Principal
from runtime.problems import Problem
from runtime.work import Work
from serving.shown import Answer

router = APIRouter(prefix="/feeds", tags=["feeds"])


class FeedProduct(Table, table=True):
    """A product of which something came by a feed: what its tests are called is no secret from that sender."""

    __tablename__ = "feed_product"

    feed_id: UUID = Field(primary_key=True)
    product_id: UUID = Field(primary_key=True)


_NOTE = "INSERT INTO feed_product (feed_id, product_id) SELECT $1, unnest($2::uuid[]) ON CONFLICT DO NOTHING"
_CODES = """
SELECT product.id, product.code FROM feed_product JOIN known_product AS product ON product.id = product_id
WHERE feed_id = $1 ORDER BY code
"""

_CODE = "SELECT id, code FROM known_product WHERE code = $1"


class TestRead(Answer):
    """A test as a specification calls it. Its limits are the sponsor's."""

    __test__ = False

    product: str
    """The product's code."""
    test: str
    stage: TestStage
    unit: str
    """In which the limit is; a result may be in any that converts to it."""


class Vocabulary(Answer):
    """The tests of the products of which something came by the feed."""

    items: list[TestRead]


async def note(work: Work, feed: Feed, product_ids: Collection[UUID]) -> None:
    """Of these products something came."""
    if product_ids:
        await work.connection.execute(_NOTE, feed.id, sorted(product_ids))


@router.get(
    "/{feed}/mapping",
    response_class=Response,
    responses={
        200: {"content": {"application/yaml": {"schema": {"type": "string"}}}},
        409: {"$ref": "#/components/responses/Refused409"},
    },
)
@allowed(*EVERYBODY)
async def live_mapping(feed: str, request: Request, principal: Asking) -> Response:
    """The document of the mapping by which the feed's files are read now."""
    found = await _seen(request, principal, feed)
    async with _as_worker(request) as work:
        version = await work.session.scalar(
            select(MappingVersion).where(
                MappingVersion.code == found.mapping, col(MappingVersion.state) == MappingState.live
            )
        )
    if version is None:
        why = "no version of its mapping is live" if found.mapping else "its messages are in our own words"
        raise Problem(409, "no-live-mapping", f"the feed {found.code} has no mapping: {why}", mapping=found.mapping)
    return Response(version.document, media_type="application/yaml")


@router.get("/{feed}/tests")
@allowed(*EVERYBODY)
async def names_of_tests(
    feed: str,
    request: Request,
    principal: Asking,
    product: Annotated[str | None, Query(description="a product's code")] = None,
) -> Vocabulary:
    """What the specifications in force call the tests of the products of which something came by the feed.

    The sponsor's people may ask for any `product`, before a first file is sent.
    """
    found = await _seen(request, principal, feed)
    async with _as_worker(request) as work:
        # The sponsor may ask before anything was sent; a partner is told of products that it sent something of.
        asked = (_CODE, product) if product and principal.partner_id is None else (_CODES, found.id)
        codes = {row["id"]: row["code"] for row in await work.connection.fetch(*asked)}
        in_force = await specifications.in_force(work, codes)
    named = {
        (codes[id], limit.test, limit.stage, limit.unit)
        for id, of_product in in_force.items()
        for each in of_product
        for limit in each.limits.values()
        if product in (None, codes[id])
    }
    items = [TestRead(product=code, test=test, stage=stage, unit=unit) for code, test, stage, unit in sorted(named)]
    return Vocabulary(items=items)


async def _seen(request: Request, principal: Principal, feed: str) -> Feed:
    async with request.app.state.store.work(Context(principal, read_only=True)) as work:
        return await queries.find(work, feed)


def _as_worker(request: Request) -> AbstractAsyncContextManager[Work]:
    place: Place = request.app.state.place
    return place.store.work(replace(place.context(), read_only=True))
