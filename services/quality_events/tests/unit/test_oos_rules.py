"""Who may do what in an OOS investigation, and when its clocks start."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from contracts import Lot, Moment, Role
from contracts.partner_feeds import ResultRole, TestStage
from contracts.quality_events import OosConcluded, OosConclusion
from contracts.sample_tracking import Limit, OosDetected
from quality_events import clocks
from quality_events.oos_investigations.fields import OosState
from quality_events.oos_investigations.model import Finding, OosInvestigation
from quality_events.oos_investigations.retests import Repeated, RetestPlan
from runtime.lifecycle import NotAllowedNow, table
from runtime.principal import Principal
from runtime.problems import Problem, RuleViolated
from tests.quality_records import NO_RETESTS

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
MAKER, LABORATORY = uuid4(), uuid4()


def opened(found: Moment = "2018-11", laboratory: UUID = LABORATORY, historic: bool = False) -> OosInvestigation:
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
        historic=historic,
    )
    return OosInvestigation.open(
        detected, number="OOS-2026-00001", batches={}, zone="Europe/Ljubljana", country="SI", recorded_at=NOW
    )[0]


def test_phase_1_ends_by_itself_after_twenty_working_days_of_the_site() -> None:
    investigation = opened(NOW)
    until = investigation.phase_1_until
    # From Sunday 1 March 2026: no public holiday of Slovenia lies before the 27th, the twentieth working day.
    assert until == datetime(2026, 3, 27, 23, tzinfo=UTC)
    with pytest.raises(RuleViolated):
        investigation.outlast_phase_1(until - timedelta(seconds=1))
    investigation.outlast_phase_1(until)
    assert (investigation.state, investigation.phase_2_by) == (OosState.phase_2, None)


def test_reopening_gives_days_and_takes_no_lateness_away() -> None:
    investigation = opened(NOW)
    first, later = investigation.due_at, NOW + timedelta(60)
    investigation.open_phase_2("no error", "ana", NOW)
    confirmed = Finding(OosConclusion.confirmed, "worn punches", "weights")
    investigation.conclude(confirmed, Repeated(), NOW)
    investigation.reopen("new evidence", "chromatogram", "tom", later)
    anew = clocks.due_at(later, clocks.OOS_DUE_DAYS, "Europe/Ljubljana")
    assert (investigation.first_due_at, investigation.due_at) == (first, anew)
    investigation.count_days_in("America/New_York", "US", later)
    assert investigation.due_at == clocks.due_at(later, clocks.OOS_DUE_DAYS, "America/New_York"), "since the reopening"
    assert investigation.first_due_at == clocks.due_at(NOW, clocks.OOS_DUE_DAYS, "America/New_York")


def test_where_no_calendar_is_known_somebody_has_to_say_so() -> None:
    investigation = opened(NOW)
    investigation.count_days_in("Europe/Ljubljana", "XX", NOW)
    assert investigation.phase_1_until is None
    with pytest.raises(RuleViolated):
        investigation.outlast_phase_1(NOW + timedelta(365))


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
    # The end of the thirtieth local day, when summer time has begun in Ljubljana.
    assert investigation.due_at == datetime(2026, 3, 31, 22, tzinfo=UTC)


def test_history_is_not_overdue_and_nobody_had_to_be_told_in_time() -> None:
    investigation = opened(historic=True)
    assert not investigation.is_overdue(NOW + timedelta(days=900))
    assert investigation.notification(NOW) == clocks.NO_NOTIFICATION


def proposed() -> OosInvestigation:
    """An investigation whose laboratory proposes that it erred."""
    investigation = opened()
    investigation.plan_retests(RetestPlan(**NO_RETESTS), "lea", NOW)
    fact = investigation.propose_invalidation("pipette", "calibration record", "two more", [], Repeated(), "lea", NOW)
    assert (fact.cause, investigation.state) == ("pipette", OosState.awaiting_approval)
    return investigation


def test_a_quality_unit_agrees_that_the_laboratory_erred() -> None:
    investigation = proposed()
    (concluded,) = investigation.approve_invalidation(Repeated(), NOW)
    assert isinstance(concluded, OosConcluded)
    assert (concluded.conclusion, concluded.cause) == (OosConclusion.invalidated, "pipette")
    assert (investigation.state, investigation.retest_plan) == (OosState.concluded, "two more")


def test_a_proposal_that_does_not_convince_goes_back_and_leaves_nothing_of_itself() -> None:
    investigation = proposed()
    investigation.return_invalidation("the log shows no deviation of the pipette", NOW)
    assert (investigation.state, investigation.return_reason) == (
        OosState.phase_1,
        "the log shows no deviation of the pipette",
    )
    investigation.open_phase_2("no error", "maker", NOW)
    with pytest.raises(RuleViolated, match="or that none was found") as refused:
        investigation.conclude(Finding(OosConclusion.confirmed, "too moist"), Repeated(), NOW)
    assert refused.value.extensions["fields"] == ["evidence"]
    (concluded,) = investigation.conclude(Finding(OosConclusion.confirmed, "too moist", "page 12"), Repeated(), NOW)
    assert isinstance(concluded, OosConcluded)
    assert (concluded.cause, investigation.evidence) == ("too moist", "page 12")
    assert investigation.invalidation_proposed_by is None


def test_nothing_but_a_proposal_and_its_approval_invalidates_a_result() -> None:
    investigation = opened()
    with pytest.raises(NotAllowedNow):
        investigation.approve_invalidation(Repeated(), NOW)
    with pytest.raises(NotAllowedNow):
        investigation.conclude(Finding(OosConclusion.invalidated, "pipette", "record"), Repeated(), NOW)
    investigation.open_phase_2("no error", "maker", NOW)
    with pytest.raises(RuleViolated, match="invalidation-proposal"):
        investigation.conclude(Finding(OosConclusion.invalidated, "pipette", "record"), Repeated(), NOW)
    assert investigation.state == OosState.phase_2
    with pytest.raises(NotAllowedNow):
        investigation.propose_invalidation("pipette", "record", None, [], Repeated(), "lea", NOW)


def person(*roles: Role, partner_id: UUID | None = None, subject: str = "tom") -> Principal:
    """Somebody with roles, of a partner or of the sponsor."""
    return Principal(subject, subject, frozenset(roles), partner_id)


def may(step: str, who: Principal, investigation: OosInvestigation) -> bool:
    """Whether somebody may ask for a step of this investigation."""
    needs = next(row.needs for row in table(OosInvestigation) if row.name == step)
    try:
        needs.check_role(who)
        needs.check_record(who, investigation)
    except Problem:
        return False
    return True


CHEMIST = person(Role.partner_lab, Role.partner_quality, partner_id=LABORATORY)
MAKERS_QUALITY = person(Role.partner_quality, partner_id=MAKER)
SPONSORS_QUALITY = person(Role.quality)
OTHERS = [
    person(Role.partner_quality, Role.partner_lab, partner_id=uuid4()),
    person(Role.partner_lab, partner_id=MAKER),
    person(Role.lab),
    person(Role.admin, Role.supply),
]


@pytest.mark.parametrize(
    ("step", "who"),
    [
        ("plan_retests", [CHEMIST]),
        ("return_plan", [MAKERS_QUALITY, SPONSORS_QUALITY]),
        ("propose_invalidation", [CHEMIST]),
        ("approve_invalidation", [MAKERS_QUALITY, SPONSORS_QUALITY]),
        ("return_invalidation", [MAKERS_QUALITY, SPONSORS_QUALITY]),
        ("open_phase_2", [MAKERS_QUALITY, SPONSORS_QUALITY]),
        ("conclude", [MAKERS_QUALITY, SPONSORS_QUALITY]),
    ],
)
def test_each_side_does_its_own(step: str, who: list[Principal]) -> None:
    """The laboratory is not the judge of its own result, and the manufacturer does not speak for the laboratory."""
    everybody = [CHEMIST, MAKERS_QUALITY, SPONSORS_QUALITY, *OTHERS]
    assert [one for one in everybody if may(step, one, proposed())] == who


def test_whoever_proposes_does_not_decide() -> None:
    both = opened(laboratory=MAKER)
    own = person(Role.partner_lab, Role.partner_quality, partner_id=MAKER, subject="lea")
    assert may("propose_invalidation", own, both)
    both.plan_retests(RetestPlan(**NO_RETESTS), "lea", NOW)
    both.propose_invalidation("pipette", "record", None, [], Repeated(), "lea", NOW)
    assert not may("approve_invalidation", own, both)
    assert may("approve_invalidation", person(Role.partner_quality, partner_id=MAKER), both)


def test_whoever_planned_the_retests_does_not_decide() -> None:
    both = opened(laboratory=MAKER)
    both.plan_retests(RetestPlan(**NO_RETESTS), "lea", NOW)
    both.propose_invalidation("pipette", "record", None, [], Repeated(), "ian", NOW)
    own = person(Role.partner_quality, partner_id=MAKER, subject="lea")
    assert (may("approve_invalidation", own, both), may("return_invalidation", own, both)) == (False, True)
