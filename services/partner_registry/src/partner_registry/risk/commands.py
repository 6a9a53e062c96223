"""Use cases of a site's risk: beyond one assessment lies what is in force."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from contracts.audits import FindingOverdue
from partner_registry.audits import keep_overdue, overdue_of
from partner_registry.risk import queries
from partner_registry.risk.floors import OVERDUE_AGAIN, OWNERSHIP, Raised, raised_by, reassess_by, sites_of
from partner_registry.risk.model import OPEN, RiskAssessment
from partner_registry.risk.schemas import DraftRisk, RiskState, SignRisk
from partner_registry.risk.standing import RiskFloor, SiteRisk
from partner_registry.sites.model import Site
from runtime.numbers import next_number
from runtime.problems import NotFound, RuleViolated
from runtime.work import Work


async def draft(work: Work, body: DraftRisk) -> RiskAssessment:
    """Begin an assessment. Raises NotFound for an unknown site, RuleViolated while another one of it is open."""
    site = await work.session.get(Site, body.site_id)
    if site is None:
        raise NotFound("site", body.site_id)
    assessment = work.add(
        RiskAssessment.draft(
            **body.model_dump(),
            number=await next_number(work, "RISK", "risk_number"),
            partner_id=site.partner_id,
            drafted_by=work.principal.subject,
        )
    )
    await risk_of(work, site)  # locked: of two who begin at once one is refused
    others = (RiskAssessment.site_id == site.id, RiskAssessment.id != assessment.id)
    there = select(RiskAssessment).where(*others, col(RiskAssessment.state).in_(OPEN))
    if known := await work.session.scalar(there):
        raise RuleViolated(f"{known.number} of {site.name} is open: complete that")
    return assessment


async def sign(work: Work, id: UUID, body: SignRisk) -> RiskAssessment:
    """Quality signs; what takes no second signature is in force."""
    assessment = await work.get(RiskAssessment, id)
    risk = await _risk_of(work, assessment.site_id)
    holding = {each.id for each in await queries.floors_of(work, assessment.site_id)}
    assessment.sign(**dict(body), open_floors=holding, by=work.principal.subject, now=work.now)
    await _take_effect(work, assessment, risk)
    return assessment


async def countersign(work: Work, id: UUID) -> RiskAssessment:
    """A second function signs; it is in force."""
    assessment = await work.get(RiskAssessment, id)
    risk = await _risk_of(work, assessment.site_id)
    assessment.countersign(by=work.principal.subject, now=work.now)
    await _take_effect(work, assessment, risk)
    return assessment


async def raise_floors(work: Work, fact: Any) -> None:
    """What a fact means for the risk of its sites. Told late, twice or in any order, the end is the same."""
    for site_id, follows in sites_of(fact):
        raised = raised_by(fact, follows)
        site = await work.session.get(Site, site_id)
        if not raised or site is None:
            continue
        await hold(work, site, type(fact).__name__, raised, at=fact.occurred_at)


async def take_overdue(work: Work, fact: FindingOverdue) -> None:
    """Each finding of a site that is overdue, but the first one, holds its risk up; the first one may be told last."""
    site = await work.session.get(Site, fact.site_id)
    if site is None:
        return
    await risk_of(work, site)  # locked: of two facts that come at once one sees what the other told
    await keep_overdue(work, fact)
    again = (await overdue_of(work, site.id))[1:]
    why = "overdue, not the site's first"
    raised = [
        Raised(uuid5(each.id, "overdue"), f"{each.number} {why}", OVERDUE_AGAIN, each.overdue_at) for each in again
    ]
    await hold(work, site, type(fact).__name__, raised)


async def take_ownership(work: Work, fact: Any) -> None:
    """A new owner may have other plans and other debts: the risk of each site of the partner is held up."""
    cause = f"{fact.number} is owned by {fact.after} from {fact.effective_on} on"
    of_it = select(Site).where(Site.partner_id == fact.partner_id).order_by(col(Site.id))
    for site in await work.session.scalars(of_it):
        raised = [
            Raised(uuid5(site.id, f"{cause} {floor.dimension}"), cause, floor, fact.occurred_at) for floor in OWNERSHIP
        ]
        await hold(work, site, type(fact).__name__, raised, at=fact.occurred_at)


async def risk_of(work: Work, site: Site) -> SiteRisk:
    """The site's risk, its row locked; made where there is none."""
    row = SiteRisk.of(site).model_dump()
    await work.session.execute(insert(SiteRisk).values(row).on_conflict_do_nothing())
    return await _risk_of(work, site.id)


async def _risk_of(work: Work, site_id: UUID) -> SiteRisk:
    return await work.session.get_one(SiteRisk, site_id, with_for_update=True, populate_existing=True)


async def hold(
    work: Work,
    site: Site,
    fact: str,
    raised: Iterable[Raised],
    *,
    but: Collection[UUID] = (),
    at: datetime | None = None,
) -> None:
    """Let floors hold at a site, and ``but`` these no more, and tell what is in force where it is another then.

    ``at`` is since when; now where that is not said.
    """
    risk = await risk_of(work, site)
    await work.session.execute(delete(RiskFloor).where(col(RiskFloor.id).in_(but)))
    for each in raised:
        await _raise(work, site, fact, each)
    await _restate(work, risk, at or work.now)


async def _raise(work: Work, site: Site, fact: str, raised: Raised) -> None:
    """One floor, once; told several times, it holds from the earliest."""
    due = reassess_by(raised.since, raised.floor.working_days, site.time_zone, site.country)
    floor = {"id": raised.id, "site_id": site.id, "cause": raised.cause, "fact": fact}
    floor |= {"holds_from": raised.since, "due_at": due}
    floor |= {name: getattr(raised.floor, name) for name in ("dimension", "band", "for_cause")}
    table: Any = RiskFloor.__table__  # type: ignore[attr-defined]
    statement = insert(table).values(floor)
    earlier = {name: getattr(statement.excluded, name) for name in ("fact", "holds_from", "due_at")}
    later = table.c.holds_from > statement.excluded.holds_from
    await work.session.execute(statement.on_conflict_do_update(index_elements=["id"], set_=earlier, where=later))


async def _take_effect(work: Work, assessment: RiskAssessment, risk: SiteRisk) -> None:
    if assessment.state == RiskState.signed:
        earlier = [each for each in await queries.signed_of(work, [risk.site_id]) if each.id != assessment.id]
        assessment.compare(earlier)
        for each in earlier:
            if each.state == RiskState.signed:
                each.supersede()
                work.publish(of=each)
        await work.session.flush()
        await _restate(work, risk, work.now)
    work.publish(of=assessment)


async def _restate(work: Work, risk: SiteRisk, at: datetime) -> None:
    """Work out what is in force from the signatures and floors that there are, and tell it where it is another."""
    signed = await queries.signed_of(work, [risk.site_id])
    last = next((each for each in signed if each.state == RiskState.signed), None)
    if changed := risk.stand(last, await queries.floors_of(work, risk.site_id), at):
        work.publish(changed, of=risk)
