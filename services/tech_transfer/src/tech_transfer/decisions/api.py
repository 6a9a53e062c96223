"""HTTP words for decisions of gates."""

from contracts import Role
from serving.actions import Actions
from tech_transfer.decisions import commands, queries
from tech_transfer.decisions.model import GateDecision
from tech_transfer.decisions.schemas import GateDecisionRead, ProposeDecision
from tech_transfer.transfers.commands import locking

decisions = Actions("gate-decisions", GateDecision, GateDecisionRead, queries.show, locks=locking(GateDecision))
decisions.create(commands.propose, ProposeDecision, Role.msat)
decisions.post("sending-signature", GateDecision.sign_as_sender, command=commands.signing(GateDecision.sign_as_sender))
decisions.post(
    "own-unit-signature", GateDecision.sign_for_own_unit, command=commands.signing(GateDecision.sign_for_own_unit)
)
decisions.post(
    "receiving-signature", GateDecision.sign_as_receiver, command=commands.signing(GateDecision.sign_as_receiver)
)
decisions.post("signature", GateDecision.sign, command=commands.sign)
decisions.post("withdrawal", GateDecision.withdraw, command=commands.withdraw)
decisions.get()
decisions.list(queries.FILTERS)
