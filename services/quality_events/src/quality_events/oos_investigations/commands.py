"""Use cases of OOS investigations."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select
from sqlmodel import col, select

from contracts import Classification
from contracts.quality_events import OosConclusion
from contracts.sample_tracking import OosDetected
from directory import queries as directory
from quality_events import moments
from quality_events.batches import statements
from quality_events.capas import commands as capas
from quality_events.changes.queries import country_of
from quality_events.deviations import commands as deviations
from quality_events.deviations.model import Deviation
from quality_events.deviations.terms import OPEN, Report
from quality_events.oos_investigations import queries
from quality_events.oos_investigations.fields import OosState
from quality_events.oos_investigations.former import FormerConclusion
from quality_events.oos_investigations.model import Finding, OosInvestigation
from quality_events.oos_investigations.schemas import Conclude, PlanRetests, ReopenOos
from runtime.numbers import next_number
from runtime.timers import record_by_record
from runtime.work import Work
from serving.signatures import content_of

CATEGORY = "out_of_specification"
"""Of the deviation that a confirmed result opens."""


async def open(work: Work, detected: OosDetected, recorded_at: datetime) -> None:
    """Open the investigation of a result, exactly one per result."""
    await statements.among_others(work)
    await queries.hold_result(work, detected.result_id)
    if await work.session.scalar(select(OosInvestigation.id).where(OosInvestigation.result_id == detected.result_id)):
        return
    (lot,) = await statements.as_known(work, [detected.lot])
    detected = detected.model_copy(update={"lot": lot})
    batches = await statements.announce(work, [lot])
    investigation, opened = OosInvestigation.open(
        detected,
        number=await next_number(work, "OOS", "oos_number"),
        batches=batches,
        zone=await directory.zone_of(work, lot.site_id),
        country=await country_of(work, lot.site_id),
        recorded_at=recorded_at,
    )
    work.add(investigation)
    work.publish(opened, of=investigation)


def _outlasting(work: Work) -> Select[Any]:
    over = (OosInvestigation.state == OosState.phase_1, col(OosInvestigation.phase_1_until) <= work.now)
    return select(OosInvestigation).where(*over, ~col(OosInvestigation.historic)).order_by(col(OosInvestigation.id))


async def _outlast(work: Work, investigation: OosInvestigation) -> None:
    investigation.outlast_phase_1(work.now)
    work.publish(of=investigation)


phase_2 = record_by_record("oos-phase-2", 30.0, OosInvestigation, _outlasting, _outlast)


async def plan_retests(work: Work, investigation_id: UUID, body: PlanRetests) -> OosInvestigation:
    """Fix how many tests are made again, and by whom."""
    investigation = await work.get(OosInvestigation, investigation_id)
    investigation.plan_retests(body.plan(), work.principal.subject, work.now)
    work.publish(of=investigation)
    return investigation


async def conclude(work: Work, investigation_id: UUID, body: Conclude) -> OosInvestigation:
    """Conclude. A confirmed result opens a deviation on its batch in the same transaction."""
    investigation, finding = await work.get(OosInvestigation, investigation_id), body.finding()
    if finding.conclusion is OosConclusion.confirmed and investigation.state == OosState.phase_2:
        # Before the conclusion: what has ended is not changed again, also not to name its deviation.
        deviation = await _deviation(work, investigation, finding)
        investigation.deviation_id = deviation.id
        if body.open_capa:
            capa = await capas.open_for(work, deviation, "oos", investigation.id, finding.cause)
            if deviation.state in OPEN:  # else it has another already, or did without
                deviation.capa_reference = capa.number
    tested, sponsor = await queries.tested_of(work, investigation), work.principal.partner_id is None
    work.publish(*investigation.conclude(finding, tested, work.now, sponsor), of=investigation)
    return investigation


async def reopen(work: Work, investigation_id: UUID, body: ReopenOos) -> OosInvestigation:
    """Reopen it. What was concluded is kept as it was signed: that signature is over it, and over nothing since."""
    investigation = await work.get(OosInvestigation, investigation_id)
    version, concluded = investigation.version, await content_of(work, investigation)
    work.publish(*investigation.reopen(body.reason, body.evidence, work.principal.subject, work.now), of=investigation)
    former = FormerConclusion(
        investigation_id=investigation.id, version=version, content=concluded, created_at=work.now
    )
    work.session.add(former)
    return investigation


async def _deviation(work: Work, investigation: OosInvestigation, finding: Finding) -> Deviation:
    """The deviation of a confirmed result: the one that it opened already, where it was confirmed and reopened."""
    if investigation.deviation_id:
        return await work.get(Deviation, investigation.deviation_id)
    return await deviations.record(work, _deviation_of(investigation, finding, work))


# The partner knows of it since the result was found, not since it is confirmed: no clock begins anew by that.
def _deviation_of(investigation: OosInvestigation, finding: Finding, work: Work) -> Report:
    lot = investigation.lot
    return Report(
        title=f"{investigation.test} of lot {lot.number} is out of specification",
        description=f"Confirmed by {investigation.number}. {finding.cause or ''}".strip(),
        category=CATEGORY,
        site_id=lot.site_id,
        partner_id=lot.partner_id,
        occurred_at=moments.read(investigation.detected_at),
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
