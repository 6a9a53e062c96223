"""Reads of joint decisions."""

from collections.abc import Sequence

from contracting.joint_decisions.model import JointDecision
from contracting.joint_decisions.schemas import JointDecisionRead
from directory.names import names_of
from runtime.work import Work
from serving.listing import days, equal

_PARTNER = {"partner": "partner_id"}
FILTERS = equal(JointDecision, "agreement_id", "agreement_number", "kind", "subject", "state", "partner_id") | days(
    JointDecision.created_at, "proposed"
)


async def show(work: Work, decisions: Sequence[JointDecision]) -> list[JointDecisionRead]:
    """The decisions, with what their partners are called."""
    known = await names_of(work, decisions, _PARTNER)
    return [JointDecisionRead.model_validate(dict(each) | known.of(each, None, _PARTNER)) for each in decisions]
