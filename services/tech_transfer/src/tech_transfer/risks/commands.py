"""Use cases of risks."""

from uuid import UUID

from runtime.bodies import Reason
from runtime.numbers import next_number
from runtime.work import Work
from tech_transfer.gates import marks
from tech_transfer.risks.model import Risk
from tech_transfer.risks.schemas import NameRisk, RescoreRisk, RiskScores
from tech_transfer.risks.scores import Scores
from tech_transfer.transfers import commands as transfers


async def name(work: Work, body: NameRisk) -> Risk:
    """Say what may go wrong, and how bad that is."""
    transfer = await transfers.locked(work, body.transfer_id, live=True)
    given = body.model_dump(include={"failure_mode", "effect", "sponsor_only"})
    number = await next_number(work, "TR", "risk_number")
    risk = work.add(Risk.begin(transfer, number, _scores(body), work.principal.subject, work.now, **given))
    await marks.follow(work, transfer)
    return risk


async def rescore(work: Work, risk_id: UUID, body: RescoreRisk) -> Risk:
    """Score it at the gate that is decided next."""
    risk, transfer = await transfers.part(work, Risk, risk_id, live=True)
    risk.rescore(transfer.gate, _scores(body), body.reason, work.principal.subject, work.now)
    await marks.follow(work, transfer)
    return risk


async def close(work: Work, risk_id: UUID, body: Reason) -> Risk:
    """It cannot happen any more."""
    risk, transfer = await transfers.part(work, Risk, risk_id, live=True)
    risk.close(body.reason)
    await marks.follow(work, transfer)
    return risk


def _scores(body: RiskScores) -> Scores:
    return Scores(body.severity, body.occurrence, body.detection)
