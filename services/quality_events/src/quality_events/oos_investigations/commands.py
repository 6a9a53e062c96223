"""Use cases of OOS investigations."""

from datetime import datetime
from uuid import UUID

from sqlmodel import select

from contracts import Classification
from contracts.quality_events import OosConclusion
from contracts.sample_tracking import OosDetected
from quality_events import moments
from quality_events.batches import statements
from quality_events.deviations import commands as deviations
from quality_events.deviations.terms import Report
from quality_events.directory import queries as directory
from quality_events.oos_investigations.model import Finding, OosInvestigation, State
from quality_events.oos_investigations.schemas import ProposeInvalidation
from runtime.numbers import next_number
from runtime.work import Work

CATEGORY = "out_of_specification"
"""Of the deviation that a confirmed result opens."""


async def open(work: Work, detected: OosDetected, recorded_at: datetime) -> None:
    """Open the investigation of a result, exactly one per result."""
    if await work.session.scalar(select(OosInvestigation.id).where(OosInvestigation.result_id == detected.result_id)):
        return
    await statements.among_others(work)
    (lot,) = await statements.with_products(work, [detected.lot])
    detected = detected.model_copy(update={"lot": lot})
    batches = await statements.announce(work, [lot])
    investigation, opened = OosInvestigation.open(
        detected,
        number=await next_number(work, "OOS", "oos_number"),
        batches=batches,
        zone=await directory.zone_of(work, lot.site_id),
        recorded_at=recorded_at,
    )
    work.add(investigation)
    work.publish(opened, of=investigation)


async def notify(work: Work, investigation_id: UUID) -> OosInvestigation:
    """Record that the sponsor was told."""
    investigation = await work.get(OosInvestigation, investigation_id)
    work.publish(investigation.notify(work.now), of=investigation)
    return investigation


async def propose_invalidation(work: Work, investigation_id: UUID, body: ProposeInvalidation) -> OosInvestigation:
    """The laboratory shows an assignable cause of its own."""
    investigation = await work.get(OosInvestigation, investigation_id)
    proposed = investigation.propose_invalidation(**body.model_dump(), by=work.principal.subject, now=work.now)
    work.publish(proposed, of=investigation)
    return investigation


async def approve_invalidation(work: Work, investigation_id: UUID) -> OosInvestigation:
    """A quality unit agrees."""
    investigation = await work.get(OosInvestigation, investigation_id)
    work.publish(investigation.approve_invalidation(work.now), of=investigation)
    return investigation


async def return_invalidation(work: Work, investigation_id: UUID, reason: str) -> OosInvestigation:
    """A quality unit does not agree."""
    investigation = await work.get(OosInvestigation, investigation_id)
    investigation.return_invalidation(reason)
    work.publish(of=investigation)
    return investigation


async def open_phase_2(work: Work, investigation_id: UUID, reason: str) -> OosInvestigation:
    """The manufacturer's quality unit takes the investigation over."""
    investigation = await work.get(OosInvestigation, investigation_id)
    investigation.open_phase_2(reason, work.now)
    work.publish(of=investigation)
    return investigation


async def conclude(work: Work, investigation_id: UUID, finding: Finding) -> OosInvestigation:
    """Conclude. A confirmed result opens a deviation on its batch in the same transaction."""
    investigation = await work.get(OosInvestigation, investigation_id)
    if finding.conclusion is OosConclusion.confirmed and investigation.state == State.phase_2:
        # Before the conclusion: what has ended is not changed again, also not to name its deviation.
        deviation = await deviations.record(work, _deviation_of(investigation, finding, work))
        investigation.deviation_id = deviation.id
    work.publish(investigation.conclude(finding, work.now), of=investigation)
    return investigation


# The partner knows of it since the result was found, not since it is confirmed: no clock begins anew by that.
def _deviation_of(investigation: OosInvestigation, finding: Finding, work: Work) -> Report:
    lot = investigation.lot
    return Report(
        title=f"{investigation.test} of lot {lot.number} is out of specification",
        description=f"Confirmed by {investigation.number}. {finding.cause or ''}".strip(),
        category=CATEGORY,
        site_id=lot.site_id,
        partner_id=lot.partner_id,
        occurred=moments.read(investigation.detected),
        discovered_at=investigation.aware_at,
        partner_aware_at=investigation.aware_at,
        sponsor_aware_at=investigation.notified_at or work.now,
        zone=investigation.due_zone,
        historic=investigation.historic,
        reporter=work.principal.subject,
        proposed_classification=Classification.major,
        lots=(lot,),
        batches={lot.id: investigation.batch_id} if investigation.batch_id else {},
    )
