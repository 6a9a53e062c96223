"""Use cases of events outside of our records, and what they mean for sites' risks."""

from collections.abc import Collection, Sequence
from uuid import UUID, uuid5

from sqlmodel import col, or_, select

from contracts.oversight import OutsideEventRecorded
from partner_registry.names import partners_of
from partner_registry.outside_events.model import OutsideEvent
from partner_registry.outside_events.schemas import OutsideEventRead, OutsideEventState, RecordOutsideEvent
from partner_registry.partners.model import Partner
from partner_registry.risk.commands import hold
from partner_registry.risk.floors import OUTSIDE, Floor, Raised
from partner_registry.risk.standing import RiskFloor
from partner_registry.sites.model import Site
from runtime.numbers import next_number
from runtime.problems import RuleViolated
from runtime.work import Work


async def record(work: Work, body: RecordOutsideEvent) -> OutsideEvent:
    """Write down what happened. Raises NotFound for an unknown partner, RuleViolated for sites that are not its own."""
    (await work.get(Partner, body.partner_id)).check_goes_on()  # locked: it does not merge before this is kept
    own = {each.id for each in await _sites(work, body.partner_id)}
    if strange := sorted(str(each) for each in body.site_ids if each not in own):
        raise RuleViolated(f"not sites of that partner: {', '.join(strange)}", unknown=strange)
    number = await next_number(work, "OUT", "outside_event_number")
    event, recorded = OutsideEvent.record(
        now=work.now, number=number, recorded_by=work.principal.subject, **body.model_dump()
    )
    work.subject = work.add(event)
    work.publish(recorded, of=event)
    return event


async def hold_risks(work: Work, event_id: UUID) -> None:
    """Hold the risks of its sites up, or no more: by how the event stands now, whatever was told in between."""
    if event := await work.session.get(OutsideEvent, event_id, populate_existing=True):
        for site in await _sites(work, event.partner_id, await _held(work, event)):
            await _hold(work, event, site)


async def hold_risk_of_new(work: Work, site: Site) -> None:
    """What happened to all sites of a partner happened to one that is registered later, or bought, too."""
    of = OutsideEvent
    found = select(of).where(of.partner_id == site.partner_id, of.state == OutsideEventState.recorded)
    for event in (await work.session.scalars(found.order_by(col(of.id)))).all():
        await _hold(work, event, site)


async def _hold(work: Work, event: OutsideEvent, site: Site) -> None:
    if not event.is_at(site.id):
        return
    cause = f"{event.number} {event.kind.replace('_', ' ')} ({event.source})"
    floors = [Raised(_floor(event, site.id, floor), cause, floor, event.happened_at) for floor in OUTSIDE[event.kind]]
    withdrawn = event.state == OutsideEventState.withdrawn
    raised, but = ((), [each.id for each in floors]) if withdrawn else (floors, [])
    await hold(work, site, OutsideEventRecorded.__name__, raised, but=but)


def _floor(event: OutsideEvent, site_id: UUID, floor: Floor | RiskFloor) -> UUID:
    """Which one an event raises in a dimension at a site."""
    return uuid5(event.id, f"{site_id} {floor.dimension}")


async def _held(work: Work, event: OutsideEvent) -> Collection[UUID]:
    """The sites whose risks it holds up already: one may be another partner's since."""
    floors = await work.session.scalars(select(RiskFloor).where(RiskFloor.fact == OutsideEventRecorded.__name__))
    return {each.site_id for each in floors if each.id == _floor(event, each.site_id, each)}


async def _sites(work: Work, partner_id: UUID, others: Collection[UUID] = ()) -> Sequence[Site]:
    """A partner's sites, and others, in the order in which they are locked."""
    found = select(Site).where(or_(Site.partner_id == partner_id, col(Site.id).in_(others)))
    return (await work.session.scalars(found.order_by(col(Site.id)))).all()


async def show(work: Work, events: Sequence[OutsideEvent]) -> list[OutsideEventRead]:
    """The events with their partners' names."""
    partners = await partners_of(work, events)
    return [OutsideEventRead.model_validate(dict(one) | {"partner": partners[one.partner_id]}) for one in events]
