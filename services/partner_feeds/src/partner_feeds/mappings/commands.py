"""Use cases of mappings."""

from uuid import UUID

from sqlmodel import col, select

from partner_feeds.language.faults import MappingInvalid
from partner_feeds.language.load import load_any
from partner_feeds.mappings.model import MappingState, MappingVersion
from runtime.problems import NotFound, Problem, RuleViolated
from runtime.work import Work

_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended('mapping:' || $1, 0))"


async def draft(work: Work, document: str) -> tuple[MappingVersion, bool]:
    """Keep a version of a mapping, and whether it is new: the same document again is the same record.

    Raises a 422 Problem with every fault of the document, and RuleViolated when the version has another document.
    """
    try:
        mapping = load_any(document)
    except MappingInvalid as error:
        faults = [{"field": fault.where, "reason": fault.reason} for fault in error.faults]
        raise Problem(422, "invalid-mapping", str(error)[:2000], errors=faults) from error
    await work.connection.execute(_ONE_AT_A_TIME, mapping.code)
    same = (MappingVersion.code == mapping.code) & (MappingVersion.number == mapping.version)
    known = await work.session.scalar(select(MappingVersion).where(same))
    if known is None:
        return work.add(MappingVersion.draft(mapping, document, work.principal.subject)), True
    if known.document != document:
        raise RuleViolated(f"{known.label} is another document: raise the version in yours")
    work.about(known)
    return known, False


async def approve(work: Work, id: UUID) -> MappingVersion:
    """Make a draft live and retire the version that was, in one moment.

    Raises NotFound, NotAllowedNow, and RuleViolated for a draft older than what is live.
    """
    code = await work.session.scalar(select(MappingVersion.code).where(MappingVersion.id == id))
    if code is None:
        raise NotFound("mapping", id)
    # Taken before any row: two who approve two versions would wait for each other.
    await work.connection.execute(_ONE_AT_A_TIME, code)
    record = await work.get(MappingVersion, id)
    before = await live(work, code)
    if before is not None and before.id != record.id:
        if before.number > record.number:
            raise RuleViolated(f"{before.label} is live and newer: send what shall be live as a new version")
        before.retire()
        await work.session.flush()
    record.approve(work.principal.subject, work.now)
    await work.session.flush()  # its version rises with this, and is in the answer
    return record


async def live(work: Work, code: str) -> MappingVersion | None:
    """The version that translates now."""
    record: MappingVersion | None = await work.session.scalar(
        select(MappingVersion).where(MappingVersion.code == code, col(MappingVersion.state) == MappingState.live)
    )
    return record
