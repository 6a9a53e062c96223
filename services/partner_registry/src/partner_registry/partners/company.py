"""A company that was registered twice is given work under both of its numbers, or under none.

Each of its registrations is told in its own name, so that whoever knows partners by these facts need not know which are
one company. No partner hears of another registration: it might be a mistake.
"""

from collections.abc import Collection, Sequence
from typing import Final
from uuid import UUID

from sqlmodel import col, select

from partner_registry.duplicates import known
from partner_registry.matters.queries import in_progress
from partner_registry.matters.schemas import DecideWork
from partner_registry.partners import causes
from partner_registry.partners.model import GOING_ON, Partner, PartnerState
from partner_registry.partners.succession import aliases, elders
from partner_registry.qualifications.queries import is_qualified
from runtime.attribution import forget_reason
from runtime.problems import RuleViolated
from runtime.work import Work

STOPPED: Final = "the sponsor suspended the company"
LEFT: Final = "the sponsor's relation with the company has ended"
_GOES_ON: Final = "the sponsor lifted the suspension of the company"
"""What a registration is told: why is said of the other one, which need not be its own to read."""


async def held(work: Work, partner_id: UUID) -> tuple[Partner, list[Partner]]:
    """A partner and the other registrations of its company, all locked. Raises NotFound.

    Nobody unites or splits them before the transaction ends: to be asked for before a partner is locked.
    """
    await known.one_at_a_time(work)
    ids = sorted({partner_id, *await _others(work, partner_id)})
    found = [await work.session.get(Partner, each, with_for_update=True, populate_existing=True) for each in ids]
    partner = await work.get(Partner, partner_id)  # which the command is about, whichever was locked first
    return partner, [each for each in found if each is not None and each.id != partner_id]


def why_closed(states: Collection[str]) -> str | None:
    """Why no work is given to a company whose registrations are in these states; None where it is."""
    if PartnerState.exited in states:
        return LEFT
    return STOPPED if PartnerState.suspended in states else None


async def begin(work: Work, partner: Partner, why: str) -> None:
    """What a qualification makes of a prospect: active, or suspended where its company is given no work elsewhere.

    It stays one while something proposes its suspension: quality judges that, and makes it active.
    """
    if partner.state != PartnerState.prospect:
        return
    others = await _others(work, partner.id)
    states = {*await work.session.scalars(select(Partner.state).where(col(Partner.id).in_(others)))}
    if closed := why_closed(states):
        await _begin_suspended(work, partner, closed)
    elif not await causes.proposed(work, {partner.id, *others}):
        work.publish(partner.activate(why, True, work.now), of=partner)


async def suspend(work: Work, others: Collection[Partner], why: str, decisions: Sequence[DecideWork] = ()) -> None:
    """Suspend those registrations that are at work, and tell each what becomes of its own."""
    for each in await _at_work(work, others, PartnerState.active):
        if each.state == PartnerState.prospect:
            await _begin_suspended(work, each, why)
            continue
        open_work = await in_progress(work, each)
        told = each.suspend(why, open_work.among(decisions), open_work, work.now)
        work.publish(told, of=each)
        await causes.keep(work, each, ())


async def activate(work: Work, others: Collection[Partner]) -> None:
    """Lift the suspension of those registrations that are suspended: what stands against it was asked of all."""
    for each in await _at_work(work, others, PartnerState.suspended):
        work.publish(each.activate(_GOES_ON, True, work.now), of=each)


async def decide(work: Work, others: Collection[Partner], decisions: Sequence[DecideWork]) -> None:
    """Tell each registration what becomes of its own work; one that was never active has none to be told of."""
    for each in await _done_to(work, [each for each in others if each.state in GOING_ON - {PartnerState.prospect}]):
        open_work = await in_progress(work, each)
        if own := open_work.among(decisions):
            work.publish(each.decide_work(own, open_work, work.now), of=each)


def check_stays(partner: Partner, others: Collection[Partner]) -> None:
    """Raises RuleViolated for one whose company has left under another number."""
    if left := ", ".join(each.number for each in others if each.state == PartnerState.exited):
        raise RuleViolated(f"{partner.number} is one company with {left}, which has left: split the union first")


async def _begin_suspended(work: Work, partner: Partner, why: str) -> None:
    work.publish(partner.begin_suspended(why, work.now), of=partner)
    await causes.keep(work, partner, ())


async def _at_work(work: Work, others: Collection[Partner], state: PartnerState) -> list[Partner]:
    """Those in a state, and prospects of which a site is qualified: what proposed their suspension kept them so."""
    begun = [each for each in others if each.state == PartnerState.prospect and await is_qualified(work, each)]
    return await _done_to(work, [*begun, *(each for each in others if each.state == state)])


async def _done_to(work: Work, found: list[Partner]) -> list[Partner]:
    """Those to which something is done. Why is in the past of what was asked for alone: that one may not be theirs."""
    if found:
        await forget_reason(work)
    return found


async def _others(work: Work, partner_id: UUID) -> set[UUID]:
    return {*await aliases(work, [partner_id]), *(await elders(work, [partner_id])).values()}
