"""Use cases of documents."""

from asyncpg import UniqueViolationError
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from contracting.documents.model import Document
from runtime.database import Context
from runtime.work import Store, Work
from serving.uploads import Upload


async def note(
    store: Store, context: Context, upload: Upload, file_name: str, media_type: str
) -> tuple[Document, bool]:
    """Note who handed in bytes that are kept; give the document, and whether it is new to this person."""
    while True:
        try:
            async with store.work(context) as work:
                if known := await _of_the_caller(work, upload.sha256):
                    return known, False
                return _noted(work, upload, file_name, media_type), True
        except IntegrityError as error:
            if getattr(error.orig, "sqlstate", None) != UniqueViolationError.sqlstate:
                raise
            # The same person sent the same twice at once: the other one is committed now, and found.
            continue


async def _of_the_caller(work: Work, digest: str) -> Document | None:
    mine = select(Document).where(Document.digest == digest, Document.uploaded_by == work.principal.subject)
    found: Document | None = await work.session.scalar(mine)
    return found


def _noted(work: Work, upload: Upload, file_name: str, media_type: str) -> Document:
    partner_id = work.principal.partner_id
    document = Document(
        digest=upload.sha256,
        file_name=file_name,
        media_type=media_type,
        size=upload.size,
        uploaded_by=work.principal.subject,
        partner_id=partner_id,
        parties=[partner_id] if partner_id else [],
    )
    return work.add(document)
