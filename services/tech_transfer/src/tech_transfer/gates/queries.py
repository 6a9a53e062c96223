"""Reads of gates."""

from collections.abc import Sequence
from datetime import date

from contracts.tech_transfer import Gate, GateVerdict
from runtime.work import Work
from serving.shown import Ref
from tech_transfer.gates import marks, rules
from tech_transfer.gates.dossier import Dossier, dossier_of
from tech_transfer.gates.schemas import GateRead, GateStanding, TransferGates, Unmatched
from tech_transfer.gates.terms import Unmet
from tech_transfer.timeline.forecast import forecast
from tech_transfer.transfers import plan
from tech_transfer.transfers.model import Transfer
from tech_transfer.transfers.schemas import LIVE, TechTransferState


async def gates_of(work: Work, transfer: Transfer) -> TransferGates:
    """What each gate asks for and is not so, the same for whoever may ask: it names nobody's single results.

    The sending partner reads of the receiving unit's batches no more than that they are not there. Of a transfer that
    was cancelled partners read what was decided: what blocks tells of records that are closed to one of them.
    """
    dossier = await dossier_of(work, transfer)
    decided_alone = work.principal.partner_id is not None and transfer.state == TechTransferState.cancelled
    sender = work.principal.partner_id not in (None, transfer.receiving_partner_id)
    lost = {} if decided_alone else marks.no_longer_true(dossier)
    days = forecast(dossier)
    gates = [
        one(gate, dossier, gate in lost, days.get(gate), [] if decided_alone else _read(gate, dossier, sender=sender))
        for gate in plan.IN_ORDER
    ]
    end = days.get(plan.IN_ORDER[-1])
    return TransferGates(transfer_id=transfer.id, number=transfer.number, forecast_on=end, gates=gates)


def _read(gate: Gate, dossier: Dossier, *, sender: bool) -> list[Unmet]:
    """What a gate asks for and is not so, for the sending partner or for the others."""
    return [each.as_sender_reads if sender else each for each in rules.unmet(gate, dossier)]


def one(gate: Gate, dossier: Dossier, lost: bool, forecast_on: date | None, unmet: Sequence[Unmet]) -> GateRead:
    """One gate, as it stands now, with what is read of what it asks for and is not so."""
    transfer, decision = dossier.transfer, dossier.passed.get(gate)
    longest = longest_open(unmet)
    return GateRead(
        gate=gate,
        standing=_standing(gate, dossier, lost),
        planned_on=plan.read(transfer.planned)[gate],
        first_planned_on=plan.read(transfer.first_planned)[gate],
        forecast_on=forecast_on,
        decided_at=decision.decided_at if decision else None,
        decision_id=decision.id if decision else None,
        unmet=[_shown(each) for each in unmet],
        blocked_by=longest.unit if longest else None,
        blocked_since=longest.since if longest else None,
    )


def longest_open(unmet: Sequence[Unmet]) -> Unmet | None:
    """What has been open for the longest time, of what anybody can say since when."""
    dated = [(each.since, place) for place, each in enumerate(unmet) if each.since is not None]
    return unmet[min(dated)[1]] if dated else None


def _standing(gate: Gate, dossier: Dossier, lost: bool) -> GateStanding:
    decision = dossier.passed.get(gate)
    if lost:
        return GateStanding.no_longer_true
    if decision is not None:
        return GateStanding.conditional if decision.verdict == GateVerdict.conditional else GateStanding.passed
    goes_on = dossier.transfer.state in LIVE | {TechTransferState.on_hold}
    return GateStanding.next if goes_on and dossier.transfer.gate == gate else GateStanding.ahead


def _shown(unmet: Unmet) -> Unmatched:
    record = unmet.record
    ref = Ref(id=record.id, number=record.number) if record else None
    return Unmatched(
        rule=unmet.rule,
        why=unmet.why,
        unit=unmet.unit,
        since=unmet.since,
        due_on=unmet.due_on,
        record_type=record.type if record else None,
        record=ref,
    )
