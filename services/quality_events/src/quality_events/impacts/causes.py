"""What is known of a cause now: read from its record, so that it is the same in whatever order its facts come."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlmodel import col, select

from contracts import Classification
from contracts.impacts import ImpactCause, ImpactGround
from contracts.quality_events import OosConclusion
from quality_events.batches.model import Batch
from quality_events.complaints.model import Complaint
from quality_events.complaints.schemas import ComplaintState
from quality_events.deviations.model import Deviation
from quality_events.deviations.shared import made_on
from quality_events.deviations.terms import OPEN
from quality_events.genealogy.queries import batches_made_of
from quality_events.impacts.model import DistributionImpact
from quality_events.impacts.rules import OF_MAKING, Known
from quality_events.oos_investigations.fields import OosState
from quality_events.oos_investigations.model import OosInvestigation
from runtime.problems import NotFound
from runtime.work import Work
from serving.shown import Ref

_GRAVE: Final = frozenset({Classification.major, Classification.critical})
"""What quality classifies so it confirms: before, that was what its partner proposed, or what nobody had judged. Nor
does what a partner proposes spare an authority anything."""

_LOTS_OF_DEVIATION: Final = """
SELECT lot_id, batch_id FROM deviation_lot WHERE deviation_id = $1 AND (left_out_by_revision IS NULL OR $2)
"""
"""Of those that are no batches, such as raw materials, what they went into is asked."""


async def known(work: Work, type: ImpactCause, id: UUID) -> Known:
    """What is known of it. Raises NotFound for a cause that there is not."""
    return await _KNOWN[type](work, id)


async def _deviation(work: Work, id: UUID) -> Known:
    record = await _record(work, Deviation, "deviation", id)
    worst = record.classification or record.proposed_classification
    # What its source left out since is asked about too: else it hung on whether it was told apart, or at once.
    left_out_too = record.state in OPEN and record.classification != Classification.minor
    named = await work.connection.fetch(_LOTS_OF_DEVIATION, id, left_out_too)
    own = list(dict.fromkeys(row["batch_id"] for row in named if row["batch_id"]))
    went_into = await batches_made_of(work, [row["lot_id"] for row in named if not row["batch_id"]])
    return Known(
        *(ImpactGround.deviation, id, [*own, *await made_on(work, record), *went_into]),
        record.sponsor_aware_at,
        severity=Classification(record.classification) if record.classification else None,
        settled=record.state not in OPEN,
        confirmed_at=record.classified_at if record.classification in _GRAVE else None,
        possible_class_i=worst == Classification.critical,
    )


async def _oos(work: Work, id: UUID) -> Known:
    record = await _record(work, OosInvestigation, "oos", id)
    return Known(
        *(ImpactGround.oos, id, [record.batch_id] if record.batch_id else await batches_made_of(work, [record.lot_id])),
        min(record.opened_at, record.notified_at or record.opened_at),
        severity=None,
        settled=record.state == OosState.concluded,
        reopened_at=record.reopened_at,
        confirmed_at=record.concluded_at if record.conclusion == OosConclusion.confirmed else None,
    )


async def _complaint(work: Work, id: UUID) -> Known:
    record = await _record(work, Complaint, "complaint", id)
    return Known(
        *(ImpactGround.complaint, id, [record.batch_id] if record.batch_id else [], record.received_at),
        severity=Classification(record.severity) if record.severity else None,
        settled=record.state == ComplaintState.answered,
        confirmed_at=record.answered_at if record.substantiated else None,
        possible_class_i=record.concerns_authorities,
    )


async def _record(work: Work, model: type[Any], noun: str, id: UUID) -> Any:
    record = await work.session.get(model, id)
    if record is None:
        raise NotFound(noun, id)
    return record


async def causes_of(work: Work, impacts: Sequence[DistributionImpact]) -> dict[tuple[ImpactGround, UUID], Ref]:
    """The records that impacts are about, by what they are and their ids."""
    found: dict[tuple[ImpactGround, UUID], Ref] = {}
    for type, model in _MODELS.items():
        if ids := {one.cause_id for one in impacts if one.cause_type == type}:
            rows = await work.session.execute(select(model.id, model.number).where(col(model.id).in_(ids)))
            found |= {(type, id): Ref(id=id, number=number, name=type) for id, number in rows}
    return found


_MODELS: Final[Mapping[ImpactGround, Any]] = {
    ImpactGround.deviation: Deviation,
    ImpactGround.oos: OosInvestigation,
    ImpactGround.complaint: Complaint,
    **dict.fromkeys(OF_MAKING, Batch),
}
_KNOWN: Final[Mapping[ImpactCause, Callable[[Work, UUID], Awaitable[Known]]]] = {
    ImpactCause.deviation: _deviation,
    ImpactCause.oos: _oos,
    ImpactCause.complaint: _complaint,
}
