"""HTTP words for joint decisions."""

from contracting.authority import loaded_side
from contracting.joint_decisions import commands, queries
from contracting.joint_decisions.model import DECIDERS, JointDecision
from contracting.joint_decisions.schemas import JointDecisionRead, ProposeTogether
from runtime.bodies import Reason
from serving.actions import Actions

joint_decisions = Actions(
    "joint-decisions", JointDecision, JointDecisionRead, queries.show, loads={"side": loaded_side}
)
joint_decisions.create(commands.propose, ProposeTogether, *DECIDERS)
joint_decisions.post("consent", JointDecision.agree, command=commands.agree)
joint_decisions.post("refusal", JointDecision.decline, Reason)
joint_decisions.post("withdrawal", JointDecision.withdraw)
joint_decisions.get()
joint_decisions.list(queries.FILTERS)
