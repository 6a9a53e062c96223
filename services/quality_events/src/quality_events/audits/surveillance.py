"""Surveillance audits that follow from the sponsor's plans of oversight: planned 90 days ahead, one for each site."""

from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, exists
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Field, col, select

from contracts import Recorded
from contracts.audits import AuditKind, AuditMode
from contracts.oversight import OversightPlanChanged
from quality_events.audits import queries
from quality_events.audits.model import TO_BE_DONE, SiteAudit
from quality_events.audits.schemas import AuditState
from quality_events.metadata import INSTANT, Table
from runtime.numbers import next_number
from runtime.timers import record_by_record
from runtime.work import Identified, Work

AHEAD: Final = timedelta(90)
"""How long before its day a surveillance audit is planned, for the site to confirm."""
SCOPE: Final = "Surveillance of the site"


class NextAudit(Identified, Table, table=True):
    """When the newest plan of a site wants the next audit. Its id is the site's; the sponsor's alone."""

    __tablename__ = "next_audit"

    partner_id: UUID
    due_on: date | None = None
    told_at: datetime = Field(sa_type=INSTANT)
    """When that plan was recorded: one that is told late says nothing of now."""


async def follow(work: Work, recorded: Recorded[OversightPlanChanged]) -> None:
    """Keep what the newest plan states. An audit that is planned follows it, one that is confirmed does not move."""
    fact = recorded.fact
    row = {"partner_id": fact.partner_id, "due_on": fact.next_audit_on, "told_at": recorded.time}
    kept: Any = insert(NextAudit).values(id=fact.site_id, **row)
    older = col(NextAudit.told_at) < kept.excluded.told_at
    newest = kept.on_conflict_do_update(index_elements=["id"], set_=row, where=older).returning(NextAudit.id)
    if await work.session.scalar(newest) is None:
        return
    known = await queries.surveillance_of(work, fact.site_id)
    if known and known.state == AuditState.planned and fact.next_audit_on:
        if scheduled := known.follow_plan(fact.next_audit_on, work.now):
            work.publish(scheduled, of=known)
    elif await work.session.scalar(to_plan(work).where(col(NextAudit.id) == fact.site_id)):
        await _plan(work, await work.session.get_one(NextAudit, fact.site_id))


def to_plan(work: Work) -> Select[Any]:
    """The sites of which an audit is due so soon, and that have none which waits for its report.

    What a plan stated before the last report was that audit's day, and not the next one's.
    """
    of_it = (SiteAudit.site_id == NextAudit.id, SiteAudit.kind == AuditKind.surveillance)
    served = col(SiteAudit.state).in_(TO_BE_DONE) | (col(SiteAudit.reported_at) >= NextAudit.told_at)
    soon = col(NextAudit.due_on) <= work.now.date() + AHEAD
    there = exists(select(SiteAudit.id).where(*of_it, served))
    return select(NextAudit).where(soon, ~there).order_by(col(NextAudit.id))


async def _plan(work: Work, due: NextAudit) -> None:
    audit, scheduled = SiteAudit.plan(
        number=await next_number(work, "AUD", "audit_number"),
        site_id=due.id,
        partner_id=due.partner_id,
        kind=AuditKind.surveillance,
        mode=AuditMode.on_site,
        scope=SCOPE,
        planned_on=due.due_on,
        now=work.now,
    )
    work.add(audit)
    work.publish(scheduled, of=audit)


planning = record_by_record("surveillance-audit", 30.0, NextAudit, to_plan, _plan)
