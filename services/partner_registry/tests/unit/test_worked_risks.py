"""Worked cases of risk as they stand in force: a floor beside a trajectory, and harm that nothing hides."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from contracts.oversight import RiskBand, RiskDimension
from partner_registry.risk.model import RiskAssessment
from partner_registry.risk.schemas import RateDimension
from partner_registry.risk.standing import RiskFloor, SiteRisk

SITE, OWNER = uuid4(), uuid4()
MARCH, SEPTEMBER = datetime(2024, 3, 1, tzinfo=UTC), datetime(2024, 9, 10, tzinfo=UTC)
A_SITE = dict(zip(RiskDimension, ("423", "322", "423", "323", "333", "222", "422"), strict=True))
OF_HARM = {
    "quality": "511", "regulatory": "531", "data_integrity": "551", "financial": "351", "capacity": "22",
    "continuity": "445",
}  # fmt: skip


def signed(points: Any, at: datetime, *earlier: RiskAssessment) -> RiskAssessment:
    one = RiskAssessment.draft(number="RISK-1", site_id=SITE, partner_id=OWNER, occasion="yearly", drafted_by="ana")
    names = ("severity", "probability", "detectability")
    for dimension, given in points.items():
        said: dict[str, Any] = dict(zip(names, map(int, given), strict=False))
        one.rate([RateDimension(dimension=RiskDimension(dimension), rationale="seen", drivers=[], **said)], "ana", at)
    one.form_team(["Ana", "Petra", "Jan"])
    one.sign(None, reason=None, covers=[], open_floors=set(), by="ana", now=at)
    one.compare([*earlier])
    return one


def standing(one: RiskAssessment, *floors: RiskFloor) -> SiteRisk:
    risk = SiteRisk(id=SITE, site_id=SITE, partner_id=OWNER)
    assert risk.stand(one, floors, SEPTEMBER)
    return risk


def test_an_inspection_holds_a_stable_site_up_provisionally() -> None:
    after = signed(A_SITE, SEPTEMBER, signed(A_SITE, MARCH))
    oai = RiskFloor(
        id=uuid4(), site_id=SITE, cause="oai", fact="RegulatoryInspectionClassified", for_cause=True,
        dimension=RiskDimension.regulatory, band=RiskBand.high, holds_from=SEPTEMBER, due_at=SEPTEMBER + timedelta(7),
    )  # fmt: skip
    risk = standing(after, oai)
    assert (risk.signed_band, risk.band, risk.provisional) == ("medium", "high", True)
    assert (risk.trajectory, risk.worst_score, risk.at_least) == ("stable", 27, False), "the floor moves neither"


def test_harm_that_is_detected_and_what_nobody_can_detect_stand_as_they_are() -> None:
    one = signed(OF_HARM, SEPTEMBER)
    assert (one.at_least, one.trajectory) == (True, "first")
    assert "capacity: detectability unknown" in one.drivers
    risk = standing(one)
    shown = {each["dimension"]: (each["score"], each["band"]) for each in risk.dimensions}
    assert shown["geographic"] == (None, None)
    assert shown["data_integrity"] == (25, "critical")
    assert [each for each, (score, _) in shown.items() if score == risk.worst_score] == ["continuity"]
    assert (risk.worst_score, risk.band, risk.at_least, risk.provisional) == (80, "critical", True, False)
