"""HTTP words for mappings."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from contracts import Role
from partner_feeds import examples
from partner_feeds.mappings import commands
from partner_feeds.mappings.model import MappingVersion
from partner_feeds.mappings.schemas import MappingRead
from runtime.access import SPONSORS, allowed
from runtime.problems import Problem
from runtime.routes import Command, CommandRoute
from runtime.routes import Query as Reading
from serving.actions import Actions
from serving.listing import equal
from serving.paging import each

mappings = Actions("mappings", MappingVersion, MappingRead, each(MappingRead.of), readers=SPONSORS, noun="mapping")
mappings.post("approval", MappingVersion.approve, command=commands.approve)
mappings.get()
mappings.list(equal(MappingVersion, "code", "state"), "Versions of mappings, newest first.")
drafting = APIRouter(prefix="/mappings", tags=["mappings"], route_class=CommandRoute)

DRAFTERS = (Role.quality, Role.supply, Role.lab, Role.msat)
_TEXT: dict[str, Any] = {"schema": {"type": "string"}}
_FORMS = {"application/yaml": examples.MAPPING, "application/json": examples.MAPPING_IN_JSON}
_CONTENT = {form: _TEXT | {"example": document} for form, document in _FORMS.items()}
_BODY = {"requestBody": {"required": True, "content": _CONTENT}}


_SAME: dict[int | str, dict[str, Any]] = {200: {"model": MappingRead, "description": "The same document as before"}}


@drafting.post("", status_code=201, responses=_SAME, openapi_extra=_BODY)
@allowed(*DRAFTERS)
async def draft(request: Request, response: Response, work: Command) -> MappingRead:
    """Draft a mapping from its document, in YAML or JSON. The same document again answers 200 with what is there."""
    try:
        document = (await request.body()).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Problem(422, "invalid-mapping", f"the document is not UTF-8: {error}") from error
    record, new = await commands.draft(work, document)
    response.status_code = 201 if new else 200
    return (await mappings.shown(work, [record]))[0]


@mappings.router.get(
    "/{mapping_id}/document", response_class=Response, responses={200: {"content": {"application/yaml": _TEXT}}}
)
@allowed(*SPONSORS)
async def document(mapping_id: UUID, work: Reading) -> Response:
    """The document as it was sent."""
    record = await work.get(MappingVersion, mapping_id)
    return Response(record.document, media_type="application/yaml")
