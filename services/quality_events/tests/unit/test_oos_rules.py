"""Who may conclude an OOS investigation, how, and when its clocks start."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from contracts import Lot, Moment, Role
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
        investigation.conclude(finding, NOW, None, {Role.quality})
    assert investigation.state == State.phase_1


PROVEN = Finding(OosConclusion.invalidated, "pipette", "calibration record")


def test_a_laboratory_may_only_invalidate_and_only_in_phase_1() -> None:
    for conclusion in (OosConclusion.confirmed, OosConclusion.inconclusive):
        with pytest.raises(RuleViolated, match="manufacturer's quality unit"):
            opened().conclude(Finding(conclusion), NOW, LABORATORY, {Role.partner_lab, Role.partner_quality})
    assert opened().conclude(PROVEN, NOW, LABORATORY, {Role.partner_lab}).conclusion is OosConclusion.invalidated
    in_phase_2 = opened()
    with pytest.raises(RuleViolated):
        in_phase_2.open_phase_2("no error", NOW, LABORATORY)
    in_phase_2.open_phase_2("no error", NOW, MAKER)
    with pytest.raises(RuleViolated):
        in_phase_2.conclude(PROVEN, NOW, LABORATORY, {Role.partner_quality})
    assert in_phase_2.conclude(Finding(OosConclusion.confirmed), NOW, MAKER, {Role.partner_quality}).cause is None


@pytest.mark.parametrize(("partner_id", "laboratory"), [(MAKER, Role.partner_lab), (None, Role.lab)])
def test_so_may_the_maker_s_laboratory_and_the_sponsor_s(partner_id: UUID | None, laboratory: Role) -> None:
    for conclusion in (OosConclusion.confirmed, OosConclusion.inconclusive):
        with pytest.raises(RuleViolated, match="quality unit"):
            opened(laboratory=MAKER).conclude(Finding(conclusion, "pipette", "record"), NOW, partner_id, {laboratory})
    with pytest.raises(RuleViolated, match="with evidence"):
        opened().conclude(Finding(OosConclusion.invalidated), NOW, partner_id, {laboratory})
    assert opened().conclude(PROVEN, NOW, partner_id, {laboratory}).conclusion is OosConclusion.invalidated
    in_phase_2 = opened()
    in_phase_2.open_phase_2("no error", NOW, partner_id)
    with pytest.raises(RuleViolated, match="quality unit"):
        in_phase_2.conclude(PROVEN, NOW, partner_id, {laboratory})
    assert in_phase_2.state == State.phase_2


def test_a_maker_that_is_its_own_laboratory_may_confirm() -> None:
    investigation = opened(laboratory=MAKER)
    assert investigation.parties == [MAKER]
    assert investigation.conclude(
        Finding(OosConclusion.confirmed), NOW, MAKER, {Role.partner_lab, Role.partner_quality}
    )
