"""Use cases of dispositions. Whoever decides holds the batch's row: what stands against it waits, or came before."""

from collections.abc import Callable
from typing import Any, Final

from sqlmodel import select

from contracts import Fact
from contracts.complaints import AuthorityRegime as Regime
from contracts.dispositions import Decision, DispositionReasoned
from quality_events import moments
from quality_events.batches.model import Batch
from quality_events.batches.terms import BatchState
from quality_events.concerned import about
from quality_events.dispositions import entries, queries
from quality_events.dispositions.authority import THE_SPONSOR, Authority, authority
from quality_events.dispositions.model import (
    DECIDED,
    REJECTABLE,
    Confirmable,
    Disposition,
    DispositionDecision,
    Signed,
    following,
)
from quality_events.dispositions.schemas import (
    CloseFollowUp,
    ConfirmStages,
    Decide,
    DispositionState,
    Entered,
    Reject,
    ReleaseForProcessing,
    Stop,
)
from quality_events.dispositions.weighing import must_be_shown, must_weigh
from quality_events.former_batches.queries import still_of
from quality_events.readiness.dossier import dossier_of, local_day
from quality_events.readiness.events import GRAVE, makers_deviations, makers_stages
from quality_events.readiness.places import holder
from quality_events.readiness.queries import of_market
from quality_events.readiness.schemas import MarketReadiness
from quality_events.readiness.terms import ConditionName, Dossier
from runtime.problems import RuleViolated
from runtime.work import Work
from serving.in_words import words

_NAMED: Final = 5
"""So many records of a condition a refusal names; readiness has them all."""
_LETS_OUT: Final = frozenset({Decision.released, Decision.released_for_processing, Decision.resumed})
_HOLDS: Final = frozenset({ConditionName.not_held, ConditionName.not_recalled})
Step = Callable[[Disposition, Signed], Fact]


async def confirm(work: Work, key: str, body: ConfirmStages) -> Disposition:
    """The maker answers for the stages at its own sites."""
    disposition = await queries.locked(work, key)
    batch, dossier = await still_of(work, disposition), await dossier_of(work, disposition.batch_id)
    known = Confirmable(
        lot=batch.lot,
        stages=makers_stages(dossier),
        deviations={each["number"] for each in makers_deviations(dossier)},
        record_version=batch.record_version if batch.maker_reviewed_at else None,
    )
    by = work.principal.subject
    work.publish(disposition.confirm(body.stages, body.deviations, known, by, work.now), of=disposition)
    return disposition


async def release(work: Work, key: str, body: Decide) -> Disposition:
    """Release it, where every condition is met at this moment."""
    return await _decide(work, key, body, Decision.released, _by(work, Disposition.release))


async def release_for_processing(work: Work, key: str, body: ReleaseForProcessing) -> Disposition:
    """Let it go on under quarantine. Raises RuleViolated for a follow-up in the past."""
    if body.follow_up_on < work.now.date():
        raise RuleViolated(
            "follow_up_on lies in the past: it is the day until which it is done", fields=["follow_up_on"]
        )
    step = _by(work, Disposition.release_for_processing, follow_up_on=body.follow_up_on)
    return await _decide(work, key, body, Decision.released_for_processing, step)


async def close_follow_up(work: Work, key: str, body: CloseFollowUp) -> Disposition:
    """Say that what it waited for is done: by who might release it, and where every condition is met."""
    disposition = await queries.locked(work, key)
    dossier, shown = await _read(work, disposition, body.readiness_digest)
    as_whom = await _authority(work, disposition, dossier)
    lot = (await work.session.get_one(Batch, disposition.batch_id)).lot
    work.publish(disposition.close_follow_up(lot, _blocking(shown), work.now), of=disposition)
    entry = await entries.enter(work, disposition, shown, as_whom, Entered.follow_up_closed, body.reason)
    work.publish(of=entry)
    return disposition


async def reject(work: Work, key: str, body: Reject) -> Disposition:
    """Reject it, or for safety and contamination the batch in every market; where it is released it is stopped."""
    rejected = await _decide(work, key, body, Decision.rejected, _by(work, Disposition.reject))
    if body.every_market:
        of_it = select(Disposition).where(Disposition.batch_id == rejected.batch_id, Disposition.id != rejected.id)
        others = (await work.session.scalars(of_it.order_by(Disposition.market))).all()
        found = [(other, decision) for other in others if (decision := following(other.state))]
        work.follows = [await _follow(work, other, body, decision, rejected) for other, decision in found]
        await _reject_everywhere(work, rejected)
        await _dispositioned(work, rejected)
    return rejected


async def _reject_everywhere(work: Work, rejected: Disposition) -> None:
    """Keep it on the batch: a market that was only stopped by it, or that comes later, is rejected too."""
    batch = await work.session.get_one(Batch, rejected.batch_id)
    if batch.rejected_everywhere_at is None:
        batch.rejected_everywhere_at, batch.rejected_everywhere_by = work.now, rejected.number
        work.publish(of=batch)


async def stop(work: Work, key: str, body: Stop) -> Disposition:
    """Stop its distribution."""
    step = _by(work, Disposition.stop)
    return await _decide(work, key, body, Decision.stopped, step)


async def resume(work: Work, key: str, body: Stop) -> Disposition:
    """Let its distribution go on."""
    return await _decide(work, key, body, Decision.resumed, _by(work, Disposition.resume))


def _by(work: Work, transition: Callable[..., Fact], **given: Any) -> Step:
    return lambda disposition, signed: transition(
        disposition, signed=signed, by=work.principal.subject, now=work.now, **given
    )


async def _decide(work: Work, key: str, body: Decide, decision: Decision, step: Step) -> Disposition:
    """Take a decision that names the readiness as it is now. Raises RuleViolated where that is another one."""
    disposition = await queries.locked(work, key)
    await _refuse_decided(work, disposition, decision)
    dossier, shown = await _read(work, disposition, body.readiness_digest)
    must_be_shown(shown, body.weighed)
    await _enter(work, disposition, dossier, shown, body, decision, step)
    await _dispositioned(work, disposition)
    return disposition


async def _read(work: Work, disposition: Disposition, digest: str) -> tuple[Dossier, MarketReadiness]:
    """All that is known now, under the lock of the register: who waits for it reads after, and not before."""
    dossier = await dossier_of(work, disposition.batch_id)
    shown = of_market(work, dossier, disposition.market)
    if digest != shown.digest:
        detail = f"the readiness for {disposition.market} is another one now: read it again, and sign that"
        raise RuleViolated(detail, fields=["readiness_digest"], readiness_digest=shown.digest)
    return dossier, shown


async def _follow(
    work: Work, other: Disposition, body: Decide, decision: Decision, signed: Disposition
) -> list[tuple[str, str]]:
    """Another market follows from the same signature; gives what who signs reads of it."""
    before, dossier = other.state, await dossier_of(work, other.batch_id)
    shown = of_market(work, dossier, other.market)
    step = _by(work, Disposition.reject if decision == Decision.rejected else Disposition.stop)
    entry = await _enter(work, other, dossier, shown, body, decision, step, follows=signed.number)
    of_it = [("market", other.market), ("disposition", other.number), ("it is", words(before))]
    of_it += [("it becomes", words(other.state)), ("register", f"{entry.legal_entity}, {entry.regime}")]
    return [*of_it, ("readiness digest", shown.digest or "")]


async def _register(work: Work, disposition: Disposition, dossier: Dossier) -> Authority:
    """Where what follows is entered: where its last decision stands, which would look as if it held there."""
    last = await queries.last_decision(work, disposition)
    if last:
        return Authority(last.legal_entity)
    return Authority(holder(dossier, disposition.market, local_day(dossier, work.now)) or THE_SPONSOR)


async def _enter(
    work: Work,
    disposition: Disposition,
    dossier: Dossier,
    shown: MarketReadiness,
    body: Decide,
    decision: Decision,
    step: Step,
    *,
    follows: str | None = None,
) -> DispositionDecision:
    """Take the step and enter it in the register; ``follows`` is the number of the disposition that is signed."""
    batch = await work.session.get_one(Batch, disposition.batch_id)
    if decision in _LETS_OUT and disposition.market not in batch.markets:
        why = f"the batch is not meant for {disposition.market}: its intent names it first"
        raise RuleViolated(why, markets=batch.markets)
    whose = _register if follows else _authority
    as_whom = await whose(work, disposition, dossier)
    signed = Signed(
        lot=batch.lot,
        right_first_time=right_first_time(dossier, disposition.market, decision),
        manufactured_at=moments.read(made) if (made := batch.manufacture_date or batch.completed_at) else None,
        due_on=batch.due_on,
        blocking=_blocking(shown),
        held=[each for each in shown.blocking if each in _HOLDS],
    )
    refused = decision is Decision.released and signed.blocking  # what is not met is told first
    if decision in (Decision.released, Decision.resumed) and not refused:
        must_weigh(shown, body.weighed)
    work.publish(step(disposition, signed), of=disposition)
    impact = body.impact if isinstance(body, Stop) else None
    more = {"impact": impact, "weighed": sorted(set(body.weighed)), "follows": follows}
    entry = await entries.enter(work, disposition, shown, as_whom, Entered(decision), body.justification, **more)
    work.publish(DispositionReasoned.of(entry, work.now, weighed=tuple(entry.weighed), **about(batch)), of=entry)
    return entry


async def _refuse_decided(work: Work, disposition: Disposition, decision: Decision) -> None:
    """Of two who sign at once the second learns of the first one's entry."""
    if decision in (Decision.stopped, Decision.resumed) or disposition.state not in DECIDED:
        return
    if decision == Decision.rejected and disposition.state in REJECTABLE:
        return
    if last := await queries.last_decision(work, disposition):
        entry = f"entry {last.register_number} of {last.legal_entity}, {last.regime}"
        detail = f"{disposition.number} is {disposition.state} by {last.decided_by}: {entry}"
        raise RuleViolated(detail, decision_id=str(last.id), register_number=last.register_number)


async def _authority(work: Work, disposition: Disposition, dossier: Dossier) -> Authority:
    """As whom the person who asks decides."""
    eea = [each for each in dossier.dispositions if each["regime"] == Regime.eu_eea]
    today = local_day(dossier, work.now)
    return authority(
        disposition.regime,
        work.principal.roles,
        await queries.capacities(work),
        str(disposition.site_id),
        today,
        holder=holder(dossier, disposition.market, today),
        certified_in_the_eea=any(each["state"] == DispositionState.released for each in eea),
    )


def _blocking(shown: MarketReadiness) -> dict[str, list[str]]:
    """What it waits for, with the numbers of the first records of each."""
    conditions = [each for each in shown.conditions if each.blocks]
    return {each.name: [proof.number for proof in each.proof if proof.number][:_NAMED] for each in conditions}


def right_first_time(dossier: Dossier, market: str, decision: Decision) -> bool | None:
    """Whether it is released everywhere intended, and nothing went wrong on the way; None while it cannot be said.

    Of a part the way began with what it was split off.
    """
    own = [each for each in dossier.deviations if each["made"] and each["state"] != "cancelled"]
    confirmed = any(each["made"] and each["conclusion"] == "confirmed" for each in dossier.investigations)
    grave = any(each["classification"] in GRAVE for each in own)
    states = {each["market"]: each["state"] for each in dossier.dispositions} | {market: str(decision)}
    intended = [states.get(each, DispositionState.open) for each in dossier.batch["markets"]]
    undecided = any(state in (DispositionState.open, DispositionState.confirmed) for state in intended)
    went_wrong = bool(grave or confirmed or dossier.batch["reworked"])
    if went_wrong or any(state not in ("open", "confirmed", "released", "resumed") for state in intended):
        return False
    return None if undecided or not intended else True


async def _dispositioned(work: Work, disposition: Disposition) -> None:
    """The batch is through once each intended market is decided."""
    await work.session.flush()
    batch = await work.session.get_one(Batch, disposition.batch_id)
    of_it = select(Disposition.market, Disposition.state).where(Disposition.batch_id == batch.id)
    states = {market: state for market, state in await work.session.execute(of_it)}
    decided = all(states.get(market) in DECIDED for market in batch.markets)
    if batch.markets and decided and batch.state == BatchState.under_review:
        batch.decide()
        work.publish(of=batch)
