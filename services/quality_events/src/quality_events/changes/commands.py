"""Use cases of changes."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from contracts import Side
from contracts.partner_registry import SiteRegistered
from directory import queries as directory
from quality_events import clocks, moments
from quality_events.batches.model import Batch
from quality_events.changes.model import Change, ChangeFiling, SiteCalendar
from quality_events.changes.schemas import (
    AssessChange,
    ImplementChange,
    ImplementInEmergency,
    MarketAssessment,
    ProposeChange,
    ReassessChange,
    RecordFiling,
)
from quality_events.changes.terms import FilingKind, Told
from quality_events.deviations import commands as deviations
from quality_events.deviations.terms import Report
from quality_events.impacts.commands import weigh_change
from quality_events.lots import products_by_code
from runtime.numbers import next_number
from runtime.problems import NotFound, RuleViolated
from runtime.work import Work

CATEGORY = "change"
"""Of the deviation that a change is which was made in an emergency."""


async def propose(work: Work, body: ProposeChange) -> Change:
    """Propose a change. Raises NotFound, or a 409 Problem, for a site that there is not, or not for who asks."""
    partner = work.principal.partner_id is not None
    if partner and body.told_at is not None:
        raise RuleViolated("the sponsor is told by this: told_at is the sponsor's to state", fields=["told_at"])
    if body.told_at and body.told_at > work.now:
        raise RuleViolated("told_at is in the future", fields=["told_at"])
    site = await directory.named_site(work, body.site_id, "site_id")
    codes = sorted(set(body.products))
    known = await products_by_code(work, codes)
    if unknown := [code for code in codes if code not in known]:
        raise RuleViolated(f"no product {', '.join(unknown)} is known: name registered ones", fields=["products"])
    change, proposed = Change.propose(
        number=await next_number(work, "CHG", "change_number"),
        site_id=site.id,
        partner_id=site.partner_id,
        product_ids=[known[code] for code in codes],
        materials=codes,
        proposed_side=Side.owner if partner else Side.sponsor,
        proposed_by=work.principal.subject,
        told_at=body.told_at or work.now,
        now=work.now,
        **body.model_dump(include={"title", "description", "effective_from"}),
    )
    work.add(change)
    work.publish(proposed, of=change)
    return change


async def assess(work: Work, id: UUID, body: AssessChange) -> Change:
    """Say how it is reported in each market; remarks stay with the sponsor."""
    change = await work.get(Change, id)
    change.assess(body.markets, body.lots_already_made)
    await _remark(work, change, body.markets)
    return change


async def reassess(work: Work, id: UUID, body: ReassessChange) -> Change:
    """Add markets or correct categories; remarks stay with the sponsor."""
    change = await work.get(Change, id)
    filed: defaultdict[str, list[Told]] = defaultdict(list)
    for each in await filings_of(work, id):
        filed[each.market].append(each.told)
    change.reassess(body.markets, filed)
    await _remark(work, change, body.markets)
    await _weigh(work, change)
    return change


async def implement(work: Work, id: UUID, body: ImplementChange) -> Change:
    """Name the first lot that is made so."""
    change = await work.get(Change, id)
    first = await _batch(work, body.first_batch_id)
    work.publish(change.implement(first, work.principal.subject, work.now), of=change)
    return change


async def implement_in_emergency(work: Work, id: UUID, body: ImplementInEmergency) -> Change:
    """Name the first lot that was made so before anybody approved it, and open the deviation that this is."""
    change = await work.get(Change, id)
    first = await _batch(work, body.first_batch_id)
    report = Report(
        title=f"{change.number} was made before it was approved",
        description=body.emergency_reason,
        category=CATEGORY,
        site_id=change.site_id,
        partner_id=change.partner_id,
        occurred_at=moments.read(first.started_at) if first.started_at else work.now,
        partner_aware_at=work.now,
        sponsor_aware_at=work.now,
        zone=await directory.zone_of(work, change.site_id),
        reporter=work.principal.subject,
        lots=(first.lot,),
        batches={first.lot_id: first.id},
    )
    deviation = await deviations.record(work, report)
    reason, by = body.emergency_reason, work.principal.subject
    implemented = change.implement_in_emergency(first, reason, deviation.id, by, work.now)
    work.publish(implemented, of=change)
    return change


async def file(work: Work, id: UUID, body: RecordFiling) -> ChangeFiling:
    """Record what passed between the sponsor and an authority. The change itself follows where it opens or closes."""
    change = await work.get(Change, id)
    if moments.is_ahead(body.happened_on, work.now):
        raise RuleViolated(f"{body.happened_on} lies ahead: state it when it has happened", fields=["happened_on"])
    filed = [each.told for each in await filings_of(work, id) if each.market == body.market]
    filing = ChangeFiling(change_id=id, recorded_by=work.principal.subject, **body.model_dump())
    change.file(body.market, filing.told, filed)
    work.session.add(filing)
    await _weigh(work, change)
    return filing


async def filings_of(work: Work, change_id: UUID) -> Sequence[ChangeFiling]:
    """What passed between the sponsor and authorities, oldest first."""
    query = select(ChangeFiling).where(ChangeFiling.change_id == change_id).order_by(col(ChangeFiling.id))
    return (await work.session.scalars(query)).all()


async def keep_calendar(work: Work, fact: SiteRegistered) -> None:
    """Keep in which country a site is."""
    row = {"partner_id": fact.partner_id, "country": fact.country}
    kept = insert(SiteCalendar).values(id=fact.site_id, **row)
    await work.session.execute(kept.on_conflict_do_update(index_elements=["id"], set_=row))


async def _weigh(work: Work, change: Change) -> None:
    """What is out, and may not be by what an authority or the regulatory unit says now, is asked about."""
    await work.flush()
    await weigh_change(work, change.id)


async def _batch(work: Work, id: UUID) -> Batch:
    batch = await work.session.get(Batch, id)
    if batch is None:
        raise NotFound("batch", id)
    return batch


async def _remark(work: Work, change: Change, markets: Sequence[MarketAssessment]) -> None:
    today = clocks.day_of(work.now, await directory.zone_of(work, change.site_id))
    for each in markets:
        if each.remark:
            said: dict[str, Any] = {"market": each.market, "kind": FilingKind.assessment, "remark": each.remark}
            by = work.principal.subject
            work.session.add(ChangeFiling(change_id=change.id, happened_on=today, recorded_by=by, **said))
