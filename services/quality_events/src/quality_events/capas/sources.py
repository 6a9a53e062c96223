"""The records of which a person opens a CAPA: what it has to know of them, as the person may read them."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlmodel import select

from quality_events.capas.schemas import StatedSource
from quality_events.changes.model import Change
from quality_events.complaints.model import Complaint
from quality_events.findings.model import AuditFinding
from quality_events.recalls.model import RecallPart
from runtime.problems import NotFound
from runtime.work import Work

_RECORDS: Final[dict[str, Any]] = {"finding": AuditFinding, "complaint": Complaint, "change": Change}


@dataclass(frozen=True, slots=True)
class Source:
    """Who knows of a record, and of which product it is, where it is of one."""

    parties: Collection[UUID]
    product_id: UUID | None


async def of_named(work: Work, type: StatedSource | None, id: UUID | None) -> Source | None:
    """The record of this type. Raises NotFound for one that there is not, or that the person may not read.

    Of a recall that is one that was started: before, no maker has a part in it.
    """
    if type is None or id is None:
        return None
    if type == "recall":
        parties = (await work.session.scalars(select(RecallPart.partner_id).where(RecallPart.recall_id == id))).all()
        if not parties:
            raise NotFound("recall that was started", id)
        return Source(parties, None)
    record = await work.session.get(_RECORDS[type], id)
    if record is None:
        raise NotFound(type, id)
    return Source(record.parties, getattr(record, "product_id", None))
