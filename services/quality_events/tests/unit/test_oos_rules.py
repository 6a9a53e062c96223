"""Who may conclude an OOS investigation, how, and when its clocks start."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from contracts import Lot, Moment
from contracts.partner_feeds import ResultRole, TestStage
from contracts.quality_events import OosConclusion
from contracts.sample_tracking import Limit, OosDetected
from quality_events.oos_investigations.model import Finding, OosInvestigation, State
from runtime.problems import RuleViolated

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
MAKER, LABORATORY = uuid4(), uuid4()


def opened(found: Moment = "2018-11", laboratory: UUID = LABORATORY) -> OosInvestigation:
    """An investigation that was recorded now."""
    detected = OosDetected(
        result_id=uuid4(),
        lot=Lot(id=uuid4(), number="1", material="P", product_id=uuid4(), site_id=uuid4(), partner_id=MAKER),
        test="assay",
        stage=TestStage.release,
        role=ResultRole.original,
        value=Decimal("94.9"),
        text=None,
        unit="%",
        laboratory_site_id=uuid4(),
        laboratory_partner_id=laboratory,
        specification_id=uuid4(),
        limit=Limit(test="assay", stage=TestStage.release, lower=Decimal(95), unit="%", decimals=1),
        occurred_at=found,
    )
    return OosInvestigation.open(detected, number="OOS-2026-00001", batches={}, recorded_at=NOW)[0]


@pytest.mark.parametrize(
    ("found", "aware_at"),
    [
        ("2018-11", NOW),
        (NOW.date(), NOW),
        (NOW - timedelta(hours=5), NOW - timedelta(hours=5)),
        (NOW + timedelta(minutes=2), NOW),
    ],
)
def test_the_clocks_start_when_the_result_was_found_if_that_is_known(found: Moment, aware_at: datetime) -> None:
    investigation = opened(found)
    assert investigation.aware_at == aware_at
    assert investigation.due_at == aware_at + timedelta(days=30)


@pytest.mark.parametrize(
    "finding",
    [
        Finding(OosConclusion.invalidated),
        Finding(OosConclusion.invalidated, cause="pipette"),
        Finding(OosConclusion.invalidated, evidence="record"),
    ],
)
def test_a_result_is_invalidated_only_with_cause_and_evidence(finding: Finding) -> None:
    investigation = opened()
    with pytest.raises(RuleViolated, match="assignable laboratory cause"):
        investigation.conclude(finding, NOW, None)
    assert investigation.state == State.phase_1


PROVEN = Finding(OosConclusion.invalidated, "pipette", "calibration record")


def test_a_laboratory_may_only_invalidate_and_only_in_phase_1() -> None:
    for conclusion in (OosConclusion.confirmed, OosConclusion.inconclusive):
        with pytest.raises(RuleViolated, match="manufacturer's quality unit"):
            opened().conclude(Finding(conclusion), NOW, LABORATORY)
    assert opened().conclude(PROVEN, NOW, LABORATORY).conclusion is OosConclusion.invalidated
    in_phase_2 = opened()
    with pytest.raises(RuleViolated):
        in_phase_2.open_phase_2("no error", NOW, LABORATORY)
    in_phase_2.open_phase_2("no error", NOW, MAKER)
    with pytest.raises(RuleViolated):
        in_phase_2.conclude(PROVEN, NOW, LABORATORY)
    assert in_phase_2.conclude(Finding(OosConclusion.confirmed), NOW, MAKER).cause is None


def test_a_maker_that_is_its_own_laboratory_may_confirm() -> None:
    investigation = opened(laboratory=MAKER)
    assert investigation.parties == [MAKER]
    assert investigation.conclude(Finding(OosConclusion.confirmed), NOW, MAKER)
