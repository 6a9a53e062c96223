"""HTTP words for notes, and the ways in which a command can go wrong."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from contracts import Role, check_storable
from notes.model import WRITERS, Note, State
from runtime.access import READERS, allowed
from runtime.database import Context
from runtime.principal import authenticate
from runtime.problems import RuleViolated
from runtime.routes import Command, CommandRoute, Query, QueryRoute
from serving.paging import Page, Paging, each, page

writing = APIRouter(prefix="/notes", tags=["notes"], route_class=CommandRoute)
reading = APIRouter(prefix="/notes", tags=["notes"], route_class=QueryRoute)
streaming = APIRouter(prefix="/notes", tags=["notes"], max_body_size=2**62)
gates: dict[str, asyncio.Event] = {}
"""A command whose reason names a gate waits for it, in the middle of its transaction."""


class WriteNote(BaseModel):
    """A new note."""

    model_config = ConfigDict(extra="forbid")
    text: str
    parties: list[UUID] = []
    rank: int = Field(default=0, ge=-(2**31), lt=2**31)


class Because(BaseModel):
    """Why a note changes."""

    reason: Annotated[str, AfterValidator(check_storable)]


class NoteRead(BaseModel):
    """A note as its readers see it."""

    model_config = ConfigDict(from_attributes=True)
    id: UUID
    text: str
    rank: int
    pinned: bool
    state: State
    version: int


@writing.post("", status_code=201)
@allowed(*WRITERS)
async def write(body: WriteNote, work: Command, response: Response) -> NoteRead:
    """Write a note."""
    note, written = Note.write(body.text, body.parties, work.now, body.rank)
    work.add(note)
    work.publish(written, of=note)
    if body.text in gates:
        await work.session.flush()
        await gates[body.text].wait()
    response.headers["Location"] = f"/v1/notes/{note.id}"
    return NoteRead.model_validate(note)


@writing.post("/{note_id}/issue")
@allowed(Note.issue)
async def issue(note_id: UUID, body: Because, work: Command) -> NoteRead:
    """Issue it."""
    note = await work.get(Note, note_id)
    note.issued_by = work.principal.subject
    work.publish(note.issue(body.reason, work.now), of=note)
    return NoteRead.model_validate(note)


@writing.post("/{note_id}/withdrawal")
@allowed(Note.withdraw)
async def withdraw(note_id: UUID, body: Because, work: Command) -> NoteRead:
    """Withdraw it: not who issued it."""
    note = await work.get(Note, note_id)
    work.publish(note.withdraw(body.reason, work.now), of=note)
    return NoteRead.model_validate(note)


@writing.put("/{note_id}")
@allowed(Note.amend)
async def amend(note_id: UUID, body: WriteNote, work: Command) -> NoteRead:
    """Change it twice and publish twice: one version."""
    note = await work.get(Note, note_id)
    work.publish(note.amend(body.text, work.now), of=note)
    await work.session.flush()
    note.rank = body.rank
    work.publish(note.amend(body.text, work.now), of=note)
    return NoteRead.model_validate(note)


@writing.post("/{note_id}/ranks")
@allowed(Role.quality)
async def rank(note_id: UUID, body: WriteNote, work: Command) -> NoteRead:
    """A change that publishes nothing."""
    note = await work.get(Note, note_id)
    note.rank = body.rank
    return NoteRead.model_validate(note)


@writing.post("/{note_id}/failures/{kind}")
@allowed(Role.quality)
async def fail(note_id: UUID, kind: str, body: Because, work: Command) -> Any:
    """Change the note, publish, and then fail in one of many ways."""
    note = await work.get(Note, note_id)
    work.publish(note.amend(body.reason, work.now), of=note)
    await work.session.flush()
    match kind:
        case "returned":
            return JSONResponse({"sorry": True}, 409)
        case "returned-500":
            return JSONResponse({"sorry": True}, 500)
        case "problem":
            raise RuleViolated("no")
        case "http":
            raise HTTPException(418, "a teapot")
        case "stream":
            return StreamingResponse(_lines())
        case "row":
            await work.connection.execute("UPDATE note SET state = NULL WHERE id = $1", note_id)
        case "sql":
            await work.connection.execute("SELECT 1 / 0 AS secret_column")
    raise RuntimeError("secret: the password is hunter2")


async def _lines() -> AsyncIterator[bytes]:
    yield b"too early"


@streaming.get("/{note_id}/letters/{kind}")
async def letters(note_id: UUID, kind: str, request: Request) -> StreamingResponse:
    """The note's text in pieces that are read from the database one by one; some never end, some break off."""
    context = Context(await authenticate(request), read_only=True)

    async def pieces() -> AsyncIterator[str]:
        while True:
            async with request.app.state.store.work(context) as work:
                await work.connection.execute("SELECT pg_sleep(0.02)")
                yield (await work.get(Note, note_id)).text
            if kind == "broken":
                raise RuntimeError("broken off")

    return StreamingResponse(pieces())


@streaming.post("/{note_id}/uploads")
async def upload(note_id: UUID, request: Request) -> int:
    """Read a body piece by piece; give its size."""
    await authenticate(request)
    return sum([len(piece) async for piece in request.stream()])


@reading.get("/{note_id}")
@allowed(*READERS)
async def read(note_id: UUID, work: Query) -> NoteRead:
    """One note."""
    return NoteRead.model_validate(await work.get(Note, note_id))


@reading.get("")
@allowed(*READERS)
async def search(work: Query, paging: Paging, text: str | None = None) -> Page[NoteRead]:
    """Notes, newest first."""
    return await page(work, Note, paging, {"text": text}, each(NoteRead.model_validate))
