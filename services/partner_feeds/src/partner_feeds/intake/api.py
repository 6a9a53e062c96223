"""HTTP words for what streams in: no command, for a command reads its body whole and holds a transaction meanwhile."""

import asyncio
from dataclasses import replace
from typing import Annotated, Any, Self
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field, model_validator

from contracts import clock
from partner_feeds import examples
from partner_feeds.attempts import commands as attempts
from partner_feeds.attempts.batches import NO_LIVE_MAPPING, XML, Form
from partner_feeds.attempts.translator import Translator
from partner_feeds.feeds import queries as feeds
from partner_feeds.feeds.model import Feed, FeedFormat, FeedState
from partner_feeds.intake import commands, trial
from partner_feeds.intake.upload import TAKEN, Heading, as_event, check_type, heading, too_large
from partner_feeds.mappings.api import DRAFTERS
from partner_feeds.mappings.commands import live
from partner_feeds.mappings.model import MappingVersion
from partner_feeds.messages import queries
from partner_feeds.messages.model import SENDERS, Message
from partner_feeds.messages.schemas import MessageAnswer
from partner_feeds.readers.form import CONTENT_TYPES, CSV, JSON, JSON_LINES, XLSX
from partner_feeds.reporting.codes import Scope
from partner_feeds.settings import IntakeSettings
from partner_feeds.translation.about import Origin
from partner_feeds.translation.envelope import BATCHED, SINGLE
from runtime.access import Asking, allowed, requirement
from runtime.applying import Place
from runtime.bodies import Plain
from runtime.database import Context
from runtime.principal import Principal
from runtime.problems import Problem
from runtime.routes import StrictRoute, correlation_of, reason_of
from serving.uploads import Upload, content_type, file_name, received

# The house's limit is for bodies that are read whole. IntakeSettings.largest_message is the one that holds here.
router = APIRouter(tags=["messages"], route_class=StrictRoute, max_body_size=2**62)
_EXAMPLES = {
    **{CSV: examples.FILE, XLSX: examples.WORKBOOK, JSON: examples.JSON_FILE, JSON_LINES: examples.JSON_LINES},
    **{SINGLE: examples.EVENT, BATCHED: examples.EVENTS},
    **dict.fromkeys(XML, examples.RECORD),
}


def _body(*types: str) -> dict[str, Any]:
    bytes_ = {"schema": {"type": "string", "format": "binary"}}
    content = {type_: bytes_ | {"example": _EXAMPLES[type_]} for type_ in types}
    return {"requestBody": {"required": True, "content": content}}


_MESSAGE_ID = {
    "name": "Message-Id",
    "in": "header",
    "required": False,
    "description": "the sender's own id for the message",
    "schema": {"type": "string"},
}


_VALUES = "how many of the rows that are taken are answered value by value, each beside where it stands"


class Shown(BaseModel):
    """What of a trial is to be shown."""

    values: Annotated[int, Field(ge=0, le=100, description=_VALUES), Plain] = 0


class Options(Shown):
    """How a message is to be taken."""

    dry_run: bool = Field(False, description="try the content, and keep nothing")

    @model_validator(mode="after")
    def _of_a_trial(self) -> Self:
        if self.values and not self.dry_run:
            raise ValueError("values are shown of a dry run: add dry_run=true")
        return self


@router.post(
    "/feeds/{feed}/messages",
    status_code=202,
    responses={200: {"model": MessageAnswer, "description": "Of a dry run: nothing was kept"}},
    openapi_extra=_body(*(type_ for types in TAKEN.values() for type_ in types)) | {"parameters": [_MESSAGE_ID]},
)
@allowed(*SENDERS)
async def send(
    feed: str, request: Request, response: Response, sender: Asking, options: Annotated[Options, Query()]
) -> MessageAnswer:
    """Send a message: a file of CSV, XLSX, JSON or JSON Lines, batch records in B2MML, or CloudEvents as JSON: one, a
    batch, or one in binary mode.

    Rows are answered one by one; a bad one does not keep the others from being taken, and what was sent is kept. With
    `dry_run` the answer is the same, and nothing is kept; `values` shows so many rows value by value, each beside where
    it stands. The header Message-Id is the sender's own id for the message.
    """
    request.scope["route"].check_parameters(request)
    chosen = await _feed_to_send_to(request, sender, feed)
    settings: IntakeSettings = request.app.state.intake
    head = heading(request, chosen, settings)
    async with received(request, head.limit, too_large(head.limit)) as upload:
        if head.attributes is not None:
            upload = await asyncio.to_thread(as_event, head.attributes, upload)
        if options.dry_run:
            response.status_code = 200
            return await _try_on_feed(request.app.state.place, chosen, head, upload, options.values)
        id, new = await commands.receive(
            request.app.state.store, _context(request, sender, correlation_of(request)), chosen, head, upload
        )
    return await _translated(request, response, sender, id, again=not new)


@router.post("/messages/{message_id}/replay", status_code=202)
@allowed(Message.replay)
async def replay(message_id: UUID, request: Request, response: Response, sender: Asking) -> MessageAnswer:
    """Try the refused rows again, with the mapping that is live and the sites and products that are known today."""
    request.scope["route"].check_parameters(request)
    async with request.app.state.store.work(_context(request, sender, str(message_id))) as work:
        work.needs = requirement(replay)
        await commands.replay(work, message_id)
    return await _translated(request, response, sender, message_id, again=False)


@router.post("/mappings/{mapping_id}/checks", tags=["mappings"], openapi_extra=_body(*CONTENT_TYPES.values(), *XML))
@allowed(*DRAFTERS)
async def check(
    mapping_id: UUID, request: Request, principal: Asking, options: Annotated[Shown, Query()]
) -> MessageAnswer:
    """Try a mapping, draft or not, on a file of its format. Nothing is kept, and no feed is asked what it knows."""
    request.scope["route"].check_parameters(request)
    async with request.app.state.store.work(Context(principal, read_only=True)) as work:
        mapping = attempts.compiled((await work.get(MappingVersion, mapping_id)).document)
    limit = request.app.state.intake.largest_message
    types = TAKEN[FeedFormat(mapping.format)]
    check_type(request, types, limit)
    async with received(request, limit, too_large(limit)) as upload:
        now, zone = clock.now(), mapping.time_zone or "UTC"
        origin = Origin(file_name(request), now.astimezone(ZoneInfo(zone)).date())
        form = Form(mapping.code, mapping, content_type(request), zone, now, origin, options.values)
        return await trial.dry_run(form, upload, trial.by_mapping(), None)


def _context(request: Request, sender: Principal, correlation_id: str) -> Context:
    return Context(sender, correlation_id, reason_of(request, ""))


async def _feed_to_send_to(request: Request, sender: Principal, given: str) -> Feed:
    """Raises NotFound for a feed to which the sender is no party, and a 403 Problem for one that it may only see."""
    async with request.app.state.store.work(Context(sender, read_only=True)) as work:
        feed = await feeds.find(work, given)
    requirement(send).check_record(sender, feed)
    return feed


async def _translated(
    request: Request, response: Response, sender: Principal, id: UUID, *, again: bool
) -> MessageAnswer:
    """Wait for the translation, as long as a sender waits, and answer with its state."""
    translator: Translator = request.app.state.translator
    await translator.settled(id)
    response.headers["Location"] = where = f"{request.scope.get('root_path', '')}/v1/messages/{id}"
    async with request.app.state.store.work(Context(sender, read_only=True)) as work:
        return await queries.answer(work, id, again=again, more=f"{where}/records")


async def _try_on_feed(place: Place, feed: Feed, head: Heading, upload: Upload, values: int) -> MessageAnswer:
    # Under the worker's role: a partner sees neither the mapping nor the list of products.
    context = replace(place.context(), read_only=True)
    async with place.store.work(context) as work:
        version = await live(work, feed.mapping) if feed.mapping else None
    mapping = attempts.compiled(version.document) if version else None
    now = clock.now()
    origin = Origin(head.file_name, attempts.day_in(feed, now))
    form = Form(feed.mapping, mapping, head.content_type, feed.time_zone, now, origin, values)
    historic = feed.state == FeedState.loading_history
    scope = Scope(feed, uuid4(), mapping, attempts.day_in(feed, form.now), historic)
    if feed.mapping and mapping is None:
        raise Problem(409, "no-live-mapping", NO_LIVE_MAPPING, mapping=feed.mapping)
    return await trial.dry_run(form, upload, trial.by_feed(place.store, context, scope), feed.code)
