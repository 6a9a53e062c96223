"""What each gate asks for, and what of that is not so: pure rules (WHO TRS 1044 annex 4, phases of a transfer)."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Final

from contracts.tech_transfer import Gate
from tech_transfer.actions.required import conditions_met
from tech_transfer.gaps.required import critical_gaps, gaps_looked_for
from tech_transfer.gates import scope
from tech_transfer.gates.dossier import Dossier
from tech_transfer.gates.terms import GateRule, Unmet
from tech_transfer.method_transfers.required import entitled
from tech_transfer.package_items.required import package
from tech_transfer.ppq_series.required import engineering_batch, ppq_series, stability_started
from tech_transfer.qbd.required import qbd_matrix
from tech_transfer.qualifications.required import receiving_site
from tech_transfer.risks.required import risk_list
from tech_transfer.statements.required import stated
from tech_transfer.submissions.required import submissions

Judge = Callable[[Dossier], Collection[Unmet]]
"""Says what is not so of one or several rules; nothing where all is."""

ASKED: Final[Mapping[Gate, Sequence[Judge]]] = {
    Gate.initiation: (scope.scope, scope.team, scope.success_criteria, stated(GateRule.quality_agreement)),
    Gate.planning: (stated(GateRule.transfer_plan), stated(GateRule.protocols), receiving_site, gaps_looked_for),
    Gate.knowledge_transfer: (package, critical_gaps),
    Gate.process_development: (
        qbd_matrix,
        stated(GateRule.equipment_qualified),
        entitled(GateRule.methods_for_batches),
        engineering_batch,
    ),
    Gate.validation: (
        ppq_series,
        stated(GateRule.cleaning_verified),
        entitled(GateRule.methods_entitled),
        stability_started,
    ),
    Gate.readiness: (
        submissions,
        stated(GateRule.commercial_order),
        stated(GateRule.verification_plan),
        stated(GateRule.trained_people),
    ),
}


def unmet(gate: Gate, dossier: Dossier) -> list[Unmet]:
    """What a gate asks for and is not so, in the order in which it asks."""
    return list(_unmet(gate, dossier))


def _unmet(gate: Gate, dossier: Dossier) -> Iterator[Unmet]:
    for judge in (*ASKED[gate], risk_list(gate), conditions_met(gate)):
        yield from judge(dossier)
