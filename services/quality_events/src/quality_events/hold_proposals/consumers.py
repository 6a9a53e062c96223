"""What facts mean for batches that nobody has decided on: of their sites, and of the batches themselves.

A site is judged on the day of the work, so what is suspended later changes no readiness: a hold is proposed, and
quality answers. Whether the batch or what is told of its site comes first is the same, also where that has passed by
then. Only what somebody judged meanwhile to concern none of our goods is not asked of what comes later.
"""

from collections.abc import Collection, Sequence
from typing import Any, Final, TypeVar
from uuid import UUID

from sqlmodel import col, select

from contracts import Fact, Recorded
from contracts.audits import AuditCompleted, AuditOutcome
from contracts.batches import BatchRecordReceived
from contracts.partner_registry import PartnerStatusChanged, RegulatoryInspectionRecorded
from contracts.partner_work import PartnerWorkDecided
from contracts.qualifications import SiteQualificationChanged
from contracts.quality_events import BatchManufactured, BatchStarted, QualityEventsBallHeld
from contracts.sample_tracking import ResultsReported
from quality_events.audits.model import SiteAudit
from quality_events.batches.aliases import told_of_batches
from quality_events.batches.locking import batches_locked
from quality_events.copies.known import KnownFact
from quality_events.hold_proposals import commands
from quality_events.hold_proposals.rules import BATCH, Cause, not_going_on, noted_by, taken_from
from quality_events.readiness.standings import last_word
from quality_events.stages.model import PartnerStage
from runtime.attribution import caused_by
from runtime.subscriptions import Subscriptions
from runtime.work import Work
from serving.canonical import sha256

GROUP: Final = "hold-proposals"
_OF_PARTNERS: Final = [each.__name__ for each in (PartnerStatusChanged, PartnerWorkDecided)]
F = TypeVar("F", bound=Fact)
_TESTED: Final = """
EXISTS (SELECT FROM known_fact AS told WHERE told.kind = 'ResultsReported' AND told.about = batch.lot_id::text
        AND told.said ->> 'laboratory_site_id' = worked.id::text)
"""
_OPEN: Final = """
batch.state <> 'terminated' AND (batch.state <> 'dispositioned' OR EXISTS (
    SELECT FROM disposition AS one WHERE one.batch_id = batch.id AND one.state IN ('open', 'confirmed')))
"""
_NAMED: Final = f"SELECT batch.id FROM batch WHERE batch.id = ANY ($1) AND {_OPEN}"  # noqa: S608
_UNDECIDED: Final = f"""
SELECT DISTINCT batch.id, worked.id AS site_id, batch.product_id,
       coalesce(batch.started_at, batch.completed_at) AS began
FROM batch, unnest($1::uuid[]) AS worked (id)
WHERE (batch.lot_id = ANY ($2) OR $2 IS NULL)
AND coalesce(batch.started_at, batch.completed_at) IS NOT NULL AND {_OPEN}
AND (batch.site_id = worked.id
    OR EXISTS (SELECT FROM stage_at AS stage WHERE stage.batch_id = batch.id AND stage.site_id = worked.id)
    OR {_TESTED})
ORDER BY batch.id, worked.id
"""  # noqa: S608
_SITES: Final = """
SELECT batch.site_id FROM batch WHERE lot_id = ANY ($1)
UNION SELECT stage.site_id FROM batch JOIN stage_at AS stage ON stage.batch_id = batch.id
    WHERE batch.lot_id = ANY ($1)
UNION SELECT (told.said ->> 'laboratory_site_id')::uuid FROM known_fact AS told
    WHERE told.kind = 'ResultsReported' AND told.about = ANY ($2)
"""


def propose_holds(subscriptions: Subscriptions) -> None:
    """Listen to what is told of sites, and of batches that may have been made or tested there before.

    A person's stage is no fact of its own: all of them stand when the record is handed in. Of a stage at another
    partner's site it is told whose turn it is, from its beginning on.
    """
    for of_site in (AuditCompleted, RegulatoryInspectionRecorded, SiteQualificationChanged):
        subscriptions.on_batch(of_site, GROUP)(_of_sites)
    for of_partner in (PartnerStatusChanged, PartnerWorkDecided):
        subscriptions.on_batch(of_partner, GROUP)(_of_partners)
    for of_batch in (BatchStarted, BatchManufactured, BatchRecordReceived, ResultsReported):
        subscriptions.on_batch(of_batch, GROUP)(_of_batches)
    subscriptions.on_batch(QualityEventsBallHeld, GROUP)(_of_stages)


async def _of_sites(work: Work, facts: Sequence[Recorded[Any]]) -> None:
    for each in facts:
        await _propose(work, each, [each.fact.site_id], None)


async def _of_partners(work: Work, facts: Sequence[Recorded[Any]]) -> None:
    """What was decided of batches that are open at partners: each that does not go on by the last word."""
    for each in facts:
        decided = {one.work_id: one for one in each.fact.decided_work if one.kind == BATCH}
        if not decided:
            continue
        query = select(KnownFact.sequence, KnownFact.said).where(
            KnownFact.about == str(each.fact.partner_id), col(KnownFact.kind).in_(_OF_PARTNERS)
        )
        told = [{"sequence": sequence, "said": said} for sequence, said in await work.session.execute(query)]
        work.cause = each
        await caused_by(work, [each])
        rows = await work.connection.fetch(_NAMED, list(decided))
        await batches_locked(work, [row["id"] for row in rows])
        for row in rows:
            one = decided[row["id"]]
            if last_word(told, sha256(str(one.work_id))) == one.decision:
                reasons = not_going_on(one, each.fact.occurred_at)
                await commands.propose_for(work, one.work_id, one.site_id, reasons)
        await work.flush()
        work.cause = None


async def _of_batches(work: Work, facts: Sequence[Recorded[Any]]) -> None:
    for lot_id, each in {each.fact.lot.id: each for each in await told_of_batches(work, facts)}.items():
        rows = await work.connection.fetch(_SITES, [lot_id], [str(lot_id)])
        await _propose(work, each, [row["site_id"] for row in rows], [lot_id])


async def _of_stages(work: Work, facts: Sequence[Recorded[QualityEventsBallHeld]]) -> None:
    told = {each.fact.subject_id: each for each in facts if each.fact.subject_type == PartnerStage.__tablename__}
    if not told:
        return
    stages = select(PartnerStage).where(col(PartnerStage.id).in_(told)).order_by(col(PartnerStage.id))
    for stage in (await work.session.scalars(stages)).all():
        await _propose(work, told[stage.id], [stage.site_id], [stage.lot_id])


async def _propose(work: Work, told: Recorded[Any], site_ids: Sequence[UUID], lot_ids: Sequence[UUID] | None) -> None:
    causes = {site_id: found for site_id in site_ids if (found := await _causes_at(work, site_id))}
    if not causes:
        return
    work.cause = told
    await caused_by(work, [told])
    rows = await work.connection.fetch(_UNDECIDED, list(causes), lot_ids)
    await batches_locked(work, [row["id"] for row in rows])
    for row in rows:
        reasons = [each.text for each in causes[row["site_id"]] if each.concerns(row["began"], row["product_id"])]
        if reasons:
            await commands.propose_for(work, row["id"], row["site_id"], reasons)
    await work.flush()
    work.cause = None


async def _causes_at(work: Work, site_id: UUID) -> Collection[Cause]:
    """What stands against work at a site: its audits, what inspectors noted, each qualification that was taken away."""
    inspected = await _told(work, site_id, RegulatoryInspectionRecorded)
    taken = taken_from(await _told(work, site_id, SiteQualificationChanged))
    return [*await _audited(work, site_id), *noted_by(inspected), *taken]


async def _audited(work: Work, site_id: UUID) -> list[Cause]:
    """Its audits that found it unacceptable, whatever a later one found."""
    query = select(SiteAudit).where(SiteAudit.site_id == site_id, SiteAudit.outcome == AuditOutcome.unacceptable)
    return [
        Cause(f"{each.number} of {each.conducted_on} found the site unacceptable", each.conducted_on)
        for each in await work.session.scalars(query.order_by(SiteAudit.number))
        if each.conducted_on is not None
    ]


async def _told(work: Work, site_id: UUID, fact: type[F]) -> list[F]:
    """What was told of its qualifications or inspections, of each in its order."""
    query = select(KnownFact.said).where(KnownFact.kind == fact.__name__, KnownFact.about == str(site_id))
    told = await work.session.scalars(query.order_by(col(KnownFact.key), col(KnownFact.sequence)))
    return [fact.model_validate(said) for said in told]
