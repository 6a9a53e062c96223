"""Reads of documents: who may read one."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select
from sqlmodel import col, select

from contracting.agreement_drafts.model import AgreementDraft
from contracting.agreement_versions.model import AgreementVersion
from contracting.agreement_versions.rounds import AgreementRound
from contracting.documents.model import Document, DocumentFields
from runtime.problems import NotFound
from runtime.work import Work


async def readable(work: Work, digest: str) -> DocumentFields:
    """A document that the caller handed in, or that an agreement names which the caller may read.

    Raises NotFound for any other, in the same way whether there is one or not: each question looks through what the
    caller may read, and through nothing else.
    """
    own = select(Document).where(Document.digest == digest, Document.uploaded_by == work.principal.subject)
    if found := await work.session.scalar(own):
        return found
    for each in await _named(work, digest):
        if each["digest"] == digest:
            return DocumentFields.model_validate(each)
    raise NotFound("document", digest)


async def _named(work: Work, digest: str) -> Sequence[Any]:
    """The documents of one version, round or draft that names this one, as it names them."""
    one = [{"digest": digest}]
    given_back, drafted = col(AgreementRound.content), col(AgreementDraft.content)
    queries: Sequence[Select[Any]] = (
        select(AgreementVersion.documents).where(col(AgreementVersion.documents).contains(one)),
        select(given_back["documents"]).where(given_back.contains({"documents": one})),
        select(drafted["documents"]).where(drafted.contains({"documents": one})),
    )
    for query in queries:
        found: Sequence[Any] = await work.session.scalar(query.limit(1)) or ()
        if found:
            return found
    return ()
