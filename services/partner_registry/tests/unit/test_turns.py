"""Whose turn it is with what the sponsor is to decide, and that nobody's is where nothing is."""

from typing import Any

import pytest

from contracts import Side
from contracts.partner_registry import PartnerRegistryBallHeld
from contracts.registrations import RegistrationState
from partner_registry.duplicates.model import DuplicateCandidate
from partner_registry.duplicates.schemas import DuplicateState
from partner_registry.exits.model import PartnerExit
from partner_registry.exits.schemas import ExitState
from partner_registry.mutual_recognition.model import MutualRecognition
from partner_registry.mutual_recognition.schemas import MutualRecognitionState
from partner_registry.oversight.model import OversightPlan
from partner_registry.oversight.schemas import PlanState
from partner_registry.qp_capacities.model import QpCapacity
from partner_registry.qp_capacities.schemas import QpNamingState
from partner_registry.registrations.model import Registration
from partner_registry.risk.model import RiskAssessment
from partner_registry.risk.schemas import RiskState
from partner_registry.segments.model import Segmentation
from partner_registry.segments.schemas import SegmentationState
from partner_registry.sub_suppliers.model import SubSupplierUse
from partner_registry.sub_suppliers.schemas import UseState

OURS: list[tuple[Any, Any, set[str]]] = [
    (DuplicateCandidate, DuplicateState, {"open"}),
    (PartnerExit, ExitState, {"preparing"}),
    (QpCapacity, QpNamingState, {"proposed"}),
    (Registration, RegistrationState, {"submitted"}),
    (OversightPlan, PlanState, {"derived"}),
    (Segmentation, SegmentationState, {"proposed"}),
    (RiskAssessment, RiskState, {"draft", "half_signed"}),
    (MutualRecognition, MutualRecognitionState, {"unconfirmed", "checked"}),
    (SubSupplierUse, UseState, {"in_use"}),
]


def waiting(model: Any, states: Any) -> set[str]:
    return {state for state in states if model(state=state).turn() == {Side.sponsor}}


@pytest.mark.parametrize(("model", "states", "ours"), OURS)
def test_what_the_sponsor_is_to_decide_waits_for_it_and_nothing_else_for_anybody(
    model: Any, states: Any, ours: set[str]
) -> None:
    assert waiting(model, states) == ours
    assert all(not model(state=state).turn() for state in states if state not in ours)
    assert model.ball is PartnerRegistryBallHeld
