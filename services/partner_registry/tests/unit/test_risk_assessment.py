"""An assessment: raters, consensus, the team, two signatures, and what facts hold up."""

from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.data_integrity import DataIntegrityFlagged, FlagState
from contracts.oversight import RiskBand, RiskDimension
from contracts.partner_registry import CertificateExpired, CertificateWithdrawn, RegulatoryInspectionClassified
from partner_registry.consumers import subscriptions
from partner_registry.risk.floors import raised_by, reassess_by, sites_of
from partner_registry.risk.model import RiskAssessment
from partner_registry.risk.schemas import RateDimension, RiskState
from partner_registry.risk.standing import RiskFloor, SiteRisk
from runtime.lifecycle import NotAllowedNow, allowed_now
from runtime.problems import RuleViolated

NOW = datetime(2026, 6, 10, 9, tzinfo=UTC)
SITE, OWNER = uuid4(), uuid4()
TEAM = ["Ana", "Petra", "Jan"]


def rating(dimension: str, severity: int, probability: int, detectability: int | None = 3) -> RateDimension:
    points: dict[str, Any] = {"severity": severity, "probability": probability, "detectability": detectability}
    return RateDimension(dimension=RiskDimension(dimension), rationale="seen", drivers=["OOS-1"], **points)


def draft() -> RiskAssessment:
    return RiskAssessment.draft(
        number="RISK-2026-00001", site_id=SITE, partner_id=OWNER, occasion="yearly", drafted_by="ana"
    )


def rated(*ratings: RateDimension, by: str = "ana") -> RiskAssessment:
    one = draft()
    one.rate(list(ratings), by, NOW)
    return one


def sign(one: RiskAssessment, band: RiskBand | None = None, **more: Any) -> None:
    given: dict[str, Any] = {"reason": None, "covers": [], "open_floors": set(), "by": "ana", "now": NOW}
    one.sign(band, **given | more)
    if one.state == RiskState.signed:
        one.compare([])


def test_what_is_not_assessed_makes_the_band_one_at_least() -> None:
    one = rated(rating("quality", 4, 2))
    assert (one.at_least, one.profile.band) == (True, RiskBand.medium)
    one.rate([rating(each, 1, 1) for each in RiskDimension if each != "quality"], "ana", NOW)
    assert not one.at_least
    with pytest.raises(RuleViolated, match="no dimension"):
        sign(draft())


def test_unknown_detectability_counts_5_and_is_a_driver() -> None:
    one = rated(rating("capacity", 2, 2, None), rating("quality", 1, 1))
    assert (one.profile.worst_score, one.drivers) == (20, ["capacity: OOS-1", "capacity: detectability unknown"])


def test_two_raters_apart_need_a_consensus_with_a_reason() -> None:
    one = rated(rating("quality", 2, 2))
    one.rate([rating("quality", 4, 2)], "petra", NOW)
    assert one.apart == ["quality"]
    assert "agree" in allowed_now(one)
    with pytest.raises(RuleViolated, match="apart in quality"):
        sign(one)
    with pytest.raises(RuleViolated, match="no raters"):
        one.agree(rating("capacity", 1, 1), "ana", NOW)
    one.agree(rating("quality", 3, 2), "ana", NOW)
    assert (one.apart, one.profile.worst_score, "agree" in allowed_now(one)) == ([], 18, False)
    one.rate([rating("quality", 5, 2)], "petra", NOW)
    assert one.apart == ["quality"], "the consensus was one about another rating"


def test_raters_who_are_near_count_by_the_higher_risk() -> None:
    one = rated(rating("quality", 3, 3, 3))
    one.rate([rating("quality", 3, 4, 3)], "petra", NOW)
    one.rate([rating("quality", 3, 3, 3)], "ana", NOW)
    assert (len(one.ratings), one.apart, one.profile.worst_score) == (2, [], 36)


def test_a_signed_band_may_be_above_the_computed_one_with_a_reason_and_never_below() -> None:
    one = rated(rating("quality", 4, 2))
    with pytest.raises(RuleViolated, match="a higher band, not low"):
        sign(one, RiskBand.low, reason="we know them")
    with pytest.raises(RuleViolated, match="give a reason"):
        sign(one, RiskBand.high)
    one.form_team(TEAM)
    sign(one, RiskBand.high, reason="a new owner")
    assert (one.band, one.band_reason, one.state) == (RiskBand.high, "a new owner", RiskState.half_signed)


def test_high_takes_a_team_of_three_and_a_second_function() -> None:
    one = rated(rating("quality", 4, 4))
    one.form_team(["Ana", "ana", "Petra"])
    with pytest.raises(RuleViolated, match="team of 3; RISK-2026-00001 names 2"):
        sign(one)
    one.form_team(TEAM)
    sign(one)
    assert (one.state, one.effective_at) == (RiskState.half_signed, None)
    with pytest.raises(NotAllowedNow):
        one.rate([rating("quality", 1, 1)], "jan", NOW)
    one.send_back()
    assert (one.state, one.band, one.signed_by) == (RiskState.draft, None, None)
    sign(one)
    one.countersign("jan", NOW + timedelta(1))
    assert (one.state, one.second_signed_by, one.effective_at) == (RiskState.signed, "jan", NOW + timedelta(1))


def test_a_signature_covers_only_floors_that_hold_at_the_site() -> None:
    one, held, foreign = rated(rating("quality", 1, 1)), uuid4(), uuid4()
    with pytest.raises(RuleViolated, match=f"do not hold at the site: {foreign}"):
        sign(one, covers=[held, foreign], open_floors={held})
    sign(one, covers=[held], open_floors={held, uuid4()})
    assert one.covers == [held]


def classified(**said: Any) -> RegulatoryInspectionClassified:
    base = {"inspection_id": UUID(int=1), "number": "INSP-1", "site_id": SITE, "partner_id": OWNER, "kind": "routine",
            "authority": "FDA", "outcome": None, "letters": [], "occurred_at": NOW}  # fmt: skip
    return RegulatoryInspectionClassified.model_validate(base | said)


def certificate(kind: type[Any], **said: Any) -> Any:
    base = {"certificate_id": UUID(int=2), "number": "CERT-1", "site_id": SITE, "partner_id": OWNER, "kind": "gmp",
            "certificate_number": "1", "authority": "BASG", "holder": "x", "activities": [], "dosage_forms": [],
            "valid_from": "2024-01-01", "ends_on": "2026-06-01", "occurred_at": NOW}  # fmt: skip
    return kind.model_validate(base | said)


def withdrawn(**said: Any) -> Any:
    base = {"effective_on": "2026-06-09", "wholly": True, "non_compliance": False, "reason": "x"}
    return certificate(CertificateWithdrawn, **base | said)


def letter(kind: str) -> Any:
    return classified(letters=[{"letter": kind, "issued_on": "2026-06-08", "reference": "1"}])


@pytest.mark.parametrize(
    ("fact", "band", "days"),
    [
        (classified(outcome="oai", classified_on="2026-06-10"), "high", 5),
        (classified(outcome="non_compliant"), "critical", 5),
        (letter("warning_letter"), "high", 10),
        (letter("import_alert"), "critical", 10),
        (letter("snc"), "critical", 5),
        (withdrawn(), "critical", 10),
        (withdrawn(wholly=False, non_compliance=True), "critical", 5),
        (certificate(CertificateExpired), "medium", 10),
    ],
)
def test_a_fact_holds_the_regulatory_dimension_up(fact: Any, band: str, days: int) -> None:
    (raised,) = raised_by(fact, UUID(int=1))
    assert raised.floor == (RiskDimension.regulatory, band, days, days == 5)
    assert raised.cause.startswith(fact.number)


def flagged(state: str) -> Any:
    lot = {"id": UUID(int=3), "number": "B-1", "material": "tablets", "site_id": UUID(int=4)}
    flag: dict[str, Any] = {"rule": "raw_data_reused", "state": state, "lot": lot, "test": "assay", "stage": "release"}
    flag |= {"flag_id": UUID(int=1), "result_id": UUID(int=5), "set_id": UUID(int=6), "after_approval": False}
    flag |= {"laboratory_site_id": UUID(int=2), "laboratory_partner_id": UUID(int=7)}
    return DataIntegrityFlagged(occurred_at=NOW, **flag)


@pytest.mark.parametrize("state", FlagState)
def test_a_confirmed_flag_on_data_holds_the_laboratory_up_and_not_who_made_the_lot(state: FlagState) -> None:
    ((site_id, record),) = sites_of(flagged(state))
    raised = raised_by(flagged(state), record)
    assert site_id == UUID(int=2)
    assert [(each.cause, each.floor[:2]) for each in raised] == (
        [("assay of lot B-1: data integrity problem confirmed: raw_data_reused", ("data_integrity", "high"))]
        if state == FlagState.confirmed
        else []
    )
    assert "risk" in subscriptions.groups("io.entente.DataIntegrityFlagged.v1")


OTHER_NEWS = [
    *(classified(outcome="vai"), letter("form_483"), withdrawn(wholly=False)),
    certificate(CertificateExpired, followed=True),
]


@pytest.mark.parametrize("fact", OTHER_NEWS)
def test_other_news_of_authorities_hold_nothing_up(fact: Any) -> None:
    assert raised_by(fact, UUID(int=1)) == []


def test_what_is_told_anew_is_the_same_floor_and_a_new_decision_is_another() -> None:
    first = classified(outcome="oai", classified_on="2026-06-10")
    again = classified(outcome="oai", classified_on="2026-06-10", letters=[{"letter": "warning_letter",
                       "issued_on": "2026-07-01", "reference": "WL"}])  # fmt: skip
    anew = classified(outcome="oai", classified_on="2026-09-01")
    ids = [[each.id for each in raised_by(fact, UUID(int=1))] for fact in (first, again, anew)]
    assert ids[0] == ids[1][:1] != ids[2]


def test_the_reassessment_is_due_after_working_days_of_the_site() -> None:
    """Corpus Christi, 4 June 2026, is none in Austria; nobody knows the holidays of XX."""
    at = datetime(2026, 5, 29, 12, tzinfo=UTC)
    assert reassess_by(at, 5, "Europe/Vienna", "AT") == datetime(2026, 6, 8, 22, tzinfo=UTC)
    assert reassess_by(at, 5, "Europe/Vienna", "XX") == datetime(2026, 6, 5, 22, tzinfo=UTC)


def floor(band: str, dimension: str = "regulatory", day: int = 1) -> RiskFloor:
    at = datetime.combine(date(2026, 6, day), NOW.timetz())
    return RiskFloor(id=uuid4(), site_id=SITE, cause=f"{band} {day}", fact="x", dimension=RiskDimension(dimension),
                     band=RiskBand(band), holds_from=at, due_at=at + timedelta(14), for_cause=False)  # fmt: skip


def standing() -> SiteRisk:
    return SiteRisk(id=SITE, site_id=SITE, partner_id=OWNER)


def test_a_floor_acts_through_the_band_and_not_through_the_trajectory() -> None:
    one, risk = rated(rating("quality", 4, 2), rating("regulatory", 3, 2, 2)), standing()
    sign(one)
    first = risk.stand(one, [], NOW)
    assert first is not None
    assert (first.before, first.band, first.provisional, first.trajectory) == (None, "medium", False, "first")
    assert risk.stand(one, [], NOW) is None, "nothing changed"
    held = risk.stand(one, [floor("high")], NOW)
    assert held is not None
    assert (held.before, held.band, held.provisional, held.signed_band) == ("medium", "high", True, "medium")
    assert (held.trajectory, held.drivers[0], held.due_at) == (
        "first",
        "regulatory: high 1",
        datetime(2026, 6, 15, 9, tzinfo=UTC),
    )
    by_dimension = {each.dimension: each for each in held.dimensions}
    assert (by_dimension[RiskDimension.regulatory].band, by_dimension[RiskDimension.regulatory].floor) == (
        "low",
        "high",
    )
    eased = risk.stand(one, [], NOW)
    assert eased is not None
    assert (eased.before, eased.band, eased.provisional, eased.due_at) == ("high", "medium", False, None)


def test_a_floor_below_what_was_signed_is_shown_and_changes_no_band() -> None:
    one, risk = rated(rating("quality", 4, 2)), standing()
    sign(one)
    risk.stand(one, [], NOW)
    fact = risk.stand(one, [floor("low")], NOW)
    assert fact is not None
    assert (fact.before, fact.band, fact.provisional) == ("medium", "medium", True)


def test_a_site_that_nobody_assessed_is_at_least_what_facts_say() -> None:
    risk = standing()
    assert risk.stand(None, [], NOW) is None
    fact = risk.stand(None, [floor("medium")], NOW)
    assert fact is not None
    assert (fact.band, fact.at_least, fact.signed_band, fact.trajectory) == ("medium", True, None, None)


def test_it_stands_the_same_whatever_order_facts_come_in() -> None:
    floors = [floor("medium", day=3), floor("critical", day=2), floor("high", "quality", day=1)]
    ends = set()
    for order in permutations(floors):
        risk = standing()
        for known in range(len(order) + 1):
            risk.stand(None, order[:known], NOW)
        ends.add(str(risk.model_dump(exclude={"created_at", "updated_at"})))
    assert len(ends) == 1


@given(st.lists(st.sampled_from(["rate", "sign", "countersign", "send_back", "supersede", "team"]), max_size=12))
def test_no_high_risk_is_in_force_by_one_signature(steps: list[str]) -> None:
    one = rated(rating("quality", 5, 5))
    does: dict[str, Any] = {
        "rate": lambda: one.rate([rating("quality", 5, 4)], "petra", NOW),
        "team": lambda: one.form_team(TEAM),
        "sign": lambda: sign(one),
        "countersign": lambda: one.countersign("jan", NOW),
        "send_back": one.send_back,
        "supersede": one.supersede,
    }
    for step in steps:
        try:
            does[step]()
        except (NotAllowedNow, RuleViolated):
            continue
        if one.state in (RiskState.signed, RiskState.superseded):
            assert (one.signed_by, one.second_signed_by, len(one.team)) == ("ana", "jan", 3)
