"""What the investigation states of a deviation, and what it lacks to be closed (EU GMP 1.8 xiv; ICH Q10 3.2.2)."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from contracts import Classification
from quality_events.deviations.clock import DeviationFields
from quality_events.deviations.lots import DeviationLot, without_impact
from runtime.problems import RuleViolated


def missing(
    found: DeviationFields,
    classification: Classification,
    lots: Sequence[DeviationLot],
    *,
    capa_cancelled: bool = False,
) -> list[str]:
    """What must still be stated, in words; a minor deviation may close without any of it.

    A CAPA of ours that was cancelled takes away no cause.
    """
    if classification is Classification.minor:
        return []
    lacks = [] if found.root_cause_category and found.root_cause else ["the root cause and its category"]
    if unstated := without_impact(lots):
        lacks.append(f"the impact on {', '.join(unstated)}")
    elif not found.impact and not any(lot.impact for lot in lots):
        lacks.append("the impact")
    if not ((found.capa_reference and not capa_cancelled) or found.capa_justification):
        lacks.append("a CAPA or a justification for none")
    return lacks


def state_impacts(number: str, lots: Sequence[DeviationLot], impacts: Mapping[UUID, str]) -> None:
    """State what a deviation means for its lots, by their ids; the rest stays as it was stated.

    Raises RuleViolated for a lot that it does not concern.
    """
    if strangers := impacts.keys() - {lot.lot_id for lot in lots}:
        raise RuleViolated(f"{number} does not concern {', '.join(sorted(map(str, strangers)))}")
    for lot in lots:
        lot.impact = impacts.get(lot.lot_id, lot.impact)
