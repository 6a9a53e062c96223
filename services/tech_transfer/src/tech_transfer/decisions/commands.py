"""Use cases of decisions."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from contracts.tech_transfer import GateVerdict
from runtime.bodies import Because
from runtime.numbers import next_number
from runtime.problems import RuleViolated
from runtime.work import Work
from tech_transfer.actions.opening import open_action
from tech_transfer.actions.schemas import ActionCause
from tech_transfer.decisions.model import GateDecision
from tech_transfer.decisions.queries import refuse_waiting
from tech_transfer.decisions.rules import refuse_late, refuse_past
from tech_transfer.decisions.schemas import DecisionState, GateCondition, ProposeDecision
from tech_transfer.gates import marks, rules
from tech_transfer.gates.dossier import dossier_of
from tech_transfer.gates.terms import GateRule, Unit, Unmet
from tech_transfer.transfers import commands as transfers
from tech_transfer.transfers.model import Transfer
from tech_transfer.transfers.plan import IN_ORDER, next_gate, read
from tech_transfer.transfers.schemas import ReopenGate, TechTransferState


async def propose(work: Work, body: ProposeDecision) -> GateDecision:
    """Put a decision before those who sign it.

    Raises RuleViolated where another one waits for them, or where a condition is due on a day that went by, or not
    before the next gate.
    """
    transfer = await transfers.locked(work, body.transfer_id)
    await refuse_waiting(work, transfer)
    dossier = await dossier_of(work, transfer)
    _refuse_untimely(body, transfer, dossier.today)
    unmet = rules.unmet(body.gate, dossier)
    number = await next_number(work, "GD", "gate_decision_number")
    decision = work.add(GateDecision.propose(transfer, body, unmet, number=number, by=work.principal.subject))
    await marks.follow(work, transfer)
    return decision


def signing(step: Callable[..., Any]) -> Callable[..., Any]:
    """The use case of one unit's signature."""

    async def run(work: Work, decision_id: UUID, _: Because | None = None) -> GateDecision:
        decision, transfer, unmet = await _as_it_is(work, decision_id)
        step(decision, unmet, work.principal.subject, work.now)
        await marks.follow(work, transfer)
        return decision

    return run


async def sign(work: Work, decision_id: UUID, _: Because | None = None) -> GateDecision:
    """Quality signs: the gate is decided, and what is to be done of it has its owners."""
    decision, transfer, unmet = await _as_it_is(work, decision_id)
    work.publish(decision.sign(unmet, work.principal.subject, work.now), of=transfer)
    if decision.passes:
        transfer.advance()
        work.publish(of=transfer)
    for each in decision.conditions:
        given = {"unit": Unit(each["unit"]), "owner": each["owner"], "due_on": date.fromisoformat(each["due_on"])}
        about = {"gate": decision.gate, "rule": GateRule(each["rule"]), "text": each["action"]}
        await open_action(work, transfer, cause=ActionCause.condition, decision_id=decision.id, **about, **given)
    await marks.follow(work, transfer)
    return decision


async def withdraw(work: Work, decision_id: UUID, _: Because | None = None) -> GateDecision:
    """It shall be proposed otherwise."""
    decision, transfer = await transfers.part(work, GateDecision, decision_id)
    decision.withdraw()
    work.publish(of=decision)
    await marks.follow(work, transfer)
    return decision


async def reopen(work: Work, transfer_id: UUID, body: ReopenGate) -> Transfer:
    """Quality goes back to a gate. Decisions of it and of later ones are void, and kept."""
    transfer = await work.get(Transfer, transfer_id)
    work.publish(transfer.reopen(body.gate, body.reason, work.now), of=transfer)
    since = IN_ORDER[IN_ORDER.index(body.gate) :]
    standing = [DecisionState.proposed, DecisionState.taken]
    found = select(GateDecision).where(_of(transfer), col(GateDecision.gate).in_(since))
    for decision in await work.session.scalars(found.where(col(GateDecision.state).in_(standing)).with_for_update()):
        decision.avoid()
    await marks.follow(work, transfer)
    return transfer


async def _as_it_is(work: Work, decision_id: UUID) -> tuple[GateDecision, Transfer, list[Unmet]]:
    """A decision that is to be signed, its transfer, and what its gate asks for and is not so now.

    Raises RuleViolated for a transfer that rests or has ended, and for a condition whose day does not fit any more.
    """
    decision, transfer = await transfers.part(work, GateDecision, decision_id, live=True)
    if transfer.state == TechTransferState.on_hold:
        raise RuleViolated(f"{transfer.number} is on hold: nothing of it is signed before it is resumed")
    dossier = await dossier_of(work, transfer)
    _refuse_untimely(decision, transfer, dossier.today)
    return decision, transfer, rules.unmet(decision.gate, dossier)


def _refuse_untimely(decision: ProposeDecision | GateDecision, transfer: Transfer, today: date) -> None:
    conditions = [GateCondition.model_validate(each) for each in decision.conditions]
    refuse_past(conditions, today)
    if decision.verdict == GateVerdict.conditional and (following := next_gate(decision.gate)):
        refuse_late(conditions, following, read(transfer.planned)[following])


def _of(transfer: Transfer) -> Any:
    return col(GateDecision.transfer_id) == transfer.id
