"""HTTP words for mappings."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from contracts import Role
from partner_feeds.mappings import commands
from partner_feeds.mappings.record import MappingState, MappingVersion
from partner_feeds.mappings.schemas import MappingRead
from runtime.access import SPONSORS, allowed
from runtime.paging import Page, Paging, each, page
from runtime.problems import Problem
from runtime.routes import Command, CommandRoute, QueryRoute
from runtime.routes import Query as Reading

writing = APIRouter(prefix="/mappings", tags=["mappings"], route_class=CommandRoute)
reading = APIRouter(prefix="/mappings", tags=["mappings"], route_class=QueryRoute)

DRAFTERS = (Role.quality, Role.supply, Role.lab, Role.msat)
_TEXT = {"schema": {"type": "string"}}
_BODY = {"requestBody": {"required": True, "content": {"application/yaml": _TEXT, "application/json": _TEXT}}}


@writing.post("", status_code=201, openapi_extra=_BODY)
@allowed(*DRAFTERS)
async def draft(request: Request, response: Response, work: Command) -> MappingRead:
    """Draft a mapping from its document, in YAML or JSON. The same document again answers 200 with what is there."""
    try:
        document = (await request.body()).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Problem(422, "invalid-mapping", f"the document is not UTF-8: {error}") from error
    record, new = await commands.draft(work, document)
    response.status_code = 201 if new else 200
    return MappingRead.of(record)


@writing.post("/{mapping_id}/approval")
@allowed(MappingVersion.approve)
async def approve(mapping_id: UUID, work: Command) -> MappingRead:
    """Make a draft live; the version before it is retired in the same moment."""
    return MappingRead.of(await commands.approve(work, mapping_id))


@reading.get("/{mapping_id}")
@allowed(*SPONSORS)
async def read(mapping_id: UUID, work: Reading) -> MappingRead:
    """One version of a mapping."""
    return MappingRead.of(await work.get(MappingVersion, mapping_id))


@reading.get("/{mapping_id}/document", response_class=Response)
@allowed(*SPONSORS)
async def document(mapping_id: UUID, work: Reading) -> Response:
    """The document as it was sent."""
    record = await work.get(MappingVersion, mapping_id)
    return Response(record.document, media_type="application/yaml")


@reading.get("")
@allowed(*SPONSORS)
async def search(
    work: Reading,
    paging: Paging,
    code: Annotated[str | None, Query()] = None,
    state: Annotated[MappingState | None, Query()] = None,
) -> Page[MappingRead]:
    """Versions of mappings, newest first."""
    return await page(work, MappingVersion, paging, {"code": code, "state": state}, each(MappingRead.of))
