"""Reads of decisions."""

from sqlmodel import select

from runtime.problems import RuleViolated
from runtime.work import Work
from serving.listing import days, equal
from tech_transfer.decisions.model import GateDecision
from tech_transfer.decisions.schemas import DecisionState, GateDecisionRead
from tech_transfer.transfers.model import Transfer
from tech_transfer.transfers.shown import showing

FILTERS = equal(GateDecision, "number", "transfer_id", "gate", "verdict", "state") | days(
    GateDecision.created_at, "proposed"
)

show = showing(GateDecisionRead)


async def refuse_waiting(work: Work, transfer: Transfer) -> None:
    """Raise RuleViolated, naming it, while a decision of a transfer waits for signatures."""
    waiting = select(GateDecision.number).where(
        GateDecision.transfer_id == transfer.id, GateDecision.state == DecisionState.proposed
    )
    if number := await work.session.scalar(waiting):
        raise RuleViolated(f"{number} waits for signatures: withdraw it first")
