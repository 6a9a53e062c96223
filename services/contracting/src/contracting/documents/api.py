"""HTTP words for documents: they stream in and out, outside of any transaction."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import quote

import structlog
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse

from contracting.documents import commands, media, queries
from contracting.documents.folder import FolderStore
from contracting.documents.model import UPLOADERS
from contracting.documents.s3 import BucketStore
from contracting.documents.schemas import DocumentRead
from contracting.documents.settings import DocumentSettings
from contracting.documents.store import DocumentStore, NotKept, StoreAway, unchanged
from runtime.access import READERS, Asking, allowed
from runtime.bodies import Digest, Line
from runtime.database import Context
from runtime.problems import Problem
from runtime.routes import StrictRoute, correlation_of, reason_of
from serving.uploads import Upload, check_length, content_type, received

log = structlog.get_logger()
# The house's limit is for bodies that are read whole: DocumentSettings.largest is the one that holds here.
router = APIRouter(prefix="/documents", tags=["documents"], route_class=StrictRoute, max_body_size=2**62)
_BYTES: Mapping[str, Any] = {"schema": {"type": "string", "format": "binary"}}
_EXAMPLES = {
    media.PDF: "%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer <<>>\nstartxref\n9\n%%EOF\n",
    media.DOCX: "the bytes of a DOCX file",
    media.TEXT: "Quality agreement for tablets made in Kranj\n",
}
_CONTENT = {each: {**_BYTES, "example": example} for each, example in _EXAMPLES.items()}
_BODY = {"requestBody": {"required": True, "content": _CONTENT}}
_ENDS = f"The file's name, which ends as its media type does: {', '.join(media.ENDINGS.values())}"
FileName = Annotated[Line, Query(description=_ENDS, examples=["quality-agreement.pdf"])]


@dataclass(frozen=True, slots=True)
class Keeping:
    """Where documents go, and how large they may be."""

    store: DocumentStore
    largest: int


def keeping(settings: DocumentSettings) -> Keeping:
    """The store that the settings name."""
    in_bucket = settings.store.startswith("s3://")
    return Keeping(BucketStore(settings) if in_bucket else FolderStore(settings.store), settings.largest)


@router.post("", status_code=201, openapi_extra=_BODY, responses={200: {"model": DocumentRead}})
@allowed(*UPLOADERS)
async def upload(request: Request, response: Response, sender: Asking, file_name: FileName) -> DocumentRead:
    """Hand in a document: a PDF, a DOCX without macros, or plain text in UTF-8.

    Agreements name it by the digest in the answer. The same bytes again are the same document, and answered with 200
    if the same person sends them. Until an agreement names it, nobody but who handed it in can read it.
    """
    request.scope["route"].check_parameters(request)
    kept: Keeping = request.app.state.documents
    media_type = _checked_type(request, file_name, kept.largest)
    async with received(request, kept.largest, _too_large(kept.largest)) as sent:
        if wrong := await asyncio.to_thread(media.what_is_wrong, media_type, sent.file):
            raise _invalid("body", wrong)
        await _keep(kept.store, sent)
        context = Context(sender, correlation_of(request), reason_of(request, ""))
        document, new = await commands.note(request.app.state.store, context, sent, file_name, media_type)
    response.status_code = 201 if new else 200
    response.headers["Location"] = f"{request.scope.get('root_path', '')}/v1/documents/{document.digest}"
    return DocumentRead.model_validate(document)


@router.get(
    "/{digest}",
    response_class=StreamingResponse,
    responses={200: {"content": {each: _BYTES for each in media.ENDINGS}}},
)
@allowed(*READERS)
async def download(digest: Digest, request: Request, reader: Asking) -> StreamingResponse:
    """A document's bytes, for who handed it in, and for who may read an agreement that names it."""
    request.scope["route"].check_parameters(request)
    async with request.app.state.store.work(Context(reader, read_only=True)) as work:
        found = await queries.readable(work, digest)
    kept: Keeping = request.app.state.documents
    try:
        pieces = unchanged(digest, await kept.store.open(digest))
    except (NotKept, StoreAway) as error:
        raise _away(error) from error
    return StreamingResponse(pieces, media_type=found.media_type, headers=_headers(found))


def _headers(found: Any) -> Mapping[str, str]:
    return {
        "Content-Length": str(found.size),
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(found.file_name, safe='')}",
        "ETag": f'"{found.digest}"',
        # Somebody else's bytes are never to be run by a browser.
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "private, no-store",
    }


def _checked_type(request: Request, file_name: str, largest: int) -> str:
    """The media type. Raises a Problem for one that is not taken, or not what the name says, and for a long body."""
    given = content_type(request)
    if given not in media.ENDINGS:
        taken = list(media.ENDINGS)
        detail = f"this takes {' or '.join(taken)}, not {given or 'a body without Content-Type'}"
        raise Problem(415, "unsupported-media-type", detail, headers={"Accept-Post": ", ".join(taken)}, accepted=taken)
    if not media.is_named_as(given, file_name):
        why = f"the name of a file of {given} ends with {media.ENDINGS[given]}, and names no folder"
        raise _invalid("query.file_name", why, file_name)
    check_length(request, largest, _too_large(largest))
    return given


async def _keep(store: DocumentStore, sent: Upload) -> None:
    try:
        await store.keep(sent.sha256, sent.file)
    except StoreAway as error:
        raise _away(error) from error


def _too_large(limit: int) -> Problem:
    return Problem(413, "too-large", f"a document has at most {limit} bytes", limit=limit)


def _invalid(field: str, reason: str, value: str = "") -> Problem:
    error = {"field": field, "reason": reason} | ({"value": value[:80]} if value else {})
    return Problem(422, "invalid-request", f"1 invalid: {field}: {reason}", errors=[error])


def _away(error: Exception) -> Problem:
    log.error("document store", exc_info=error)
    detail = "documents cannot be read or kept at the moment; try again"
    return Problem(503, "unavailable", detail, headers={"Retry-After": "5"})
