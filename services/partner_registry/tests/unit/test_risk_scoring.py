"""How a risk is scored: worked numbers, bands, floors of harm and where it goes."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.oversight import RiskBand as Band
from contracts.oversight import RiskDimension as Dimension
from contracts.oversight import RiskTrajectory as Trajectory
from partner_registry.risk import scoring
from partner_registry.risk.scoring import Profile, Score

NAMES = [str(each) for each in Dimension]
YEARS = {
    "2023-03-01": ["423", "322", "423", "323", "332", "222", "422"],
    "2024-03-01": ["423", "322", "423", "323", "333", "222", "422"],
    "2024-09-10": ["423", "322", "423", "323", "333", "222", "422"],
    "2024-09-24": ["433", "443", "423", "323", "332", "222", "422"],
    "2025-09-20": ["423", "422", "423", "323", "332", "222", "422"],
}
"""Severity, probability and detectability of a site in four years, in the order of the dimensions."""
SIGNED = {
    "2023-03-01": ("24m 12l 24m 18l 18l 8l 16l", 24, {"data_integrity", "quality"}, "medium", "first"),
    "2024-03-01": ("24m 12l 24m 18l 27m 8l 16l", 27, {"capacity"}, "medium", "rising"),
    "2024-09-10": ("24m 12l 24m 18l 27m 8l 16l", 27, {"capacity"}, "medium", "stable"),
    "2024-09-24": ("36m 48h 24m 18l 18l 8l 16l", 48, {"regulatory"}, "high", "rising"),
    "2025-09-20": ("24m 16l 24m 18l 18l 8l 16l", 24, {"data_integrity", "quality"}, "medium", "falling"),
}
POINTS = st.integers(1, 5)
SCORES = st.builds(Score, POINTS, POINTS, st.none() | POINTS)
Rated = dict[Dimension, Score]
RATED = st.dictionaries(st.sampled_from(Dimension), SCORES, min_size=1)


def scores(*points: str) -> Mapping[Dimension, Score]:
    return {each: Score(*map(int, given)) for each, given in zip(Dimension, points, strict=True)}


def test_the_dimensions_are_in_the_order_of_the_tables() -> None:
    wanted = "quality regulatory data_integrity financial capacity geographic continuity"
    assert " ".join(NAMES) == wanted


@pytest.mark.parametrize("year", YEARS)
def test_a_site_in_four_years(year: str) -> None:
    so_far = [day for day in YEARS if day <= year]
    *earlier, now = [scoring.profile(scores(*YEARS[day])) for day in so_far]
    shown, worst_score, at_worst, band, trajectory = SIGNED[year]
    rated = scores(*YEARS[year])
    assert " ".join(f"{each.value}{each.band[0]}" for each in rated.values()) == shown
    assert (now.worst_score, now.band, scoring.trajectory(now, earlier)) == (worst_score, band, trajectory)
    assert {str(each) for each, score in rated.items() if score.value == worst_score} == at_worst
    assert not any(score.floored for score in rated.values())


def test_harm_is_never_hidden_by_what_would_detect_it() -> None:
    rated = {
        Dimension.quality: Score(5, 1, 1),
        Dimension.regulatory: Score(5, 3, 1),
        Dimension.data_integrity: Score(5, 5, 1),
        Dimension.financial: Score(3, 5, 1),
        Dimension.capacity: Score(2, 2),
        Dimension.continuity: Score(4, 4, 5),
    }
    found = {str(each): (score.value, str(score.band), score.floored) for each, score in rated.items()}
    assert found == {
        "quality": (5, "medium", True),
        "regulatory": (15, "high", True),
        "data_integrity": (25, "critical", True),
        "financial": (15, "high", True),
        "capacity": (20, "medium", False),
        "continuity": (80, "critical", False),
    }
    signed = scoring.profile(rated)
    assert (signed.band, signed.worst_score, scoring.trajectory(signed, [])) == (Band.critical, 80, Trajectory.first)


@pytest.mark.parametrize(
    ("points", "band"), [((4, 1, 5), "medium"), ((4, 3, 4), "high"), ((3, 3, 5), "high"), ((4, 4, 5), "critical")]
)
def test_an_edge_belongs_to_the_higher_band(points: tuple[int, int, int], band: str) -> None:
    assert Score(*points).band == band


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ((3, 3, 3), (3, 4, 3), False),
        ((2, 3, 1), (4, 3, 1), True),  # severity
        ((3, 1, 1), (3, 3, 1), True),  # probability
        ((2, 3, 3), (2, 3, 4), True),  # 18 and 24: the band
        ((2, 2, 1), (2, 2, 4), False),  # detectability alone
    ],
)
def test_raters_are_apart_by_more_than_one_or_in_the_band(
    one: tuple[int, int, int], other: tuple[int, int, int], apart: bool
) -> None:
    assert Score(*one).disagrees(Score(*other)) is Score(*other).disagrees(Score(*one)) is apart


def test_another_scale_is_not_compared_and_one_before_it_is() -> None:
    old, new = Profile("0", Band.low, 5, {}), Profile("1", Band.low, 5, {})
    assert scoring.trajectory(new, [old]) == Trajectory.not_comparable
    assert scoring.trajectory(new, [new, old]) == Trajectory.stable


def test_ten_points_of_the_worst_score_are_a_move() -> None:
    def of(worst_score: int) -> Profile:
        return Profile("1", Band.medium, worst_score, {})

    moved = {points: scoring.trajectory(of(30 + points), [of(30)]) for points in (-10, -9, 9, 10)}
    assert moved == {-10: "falling", -9: "stable", 9: "stable", 10: "rising"}


@given(SCORES)
def test_a_score_lies_between_1_and_125_and_its_band_is_never_below_the_scores(score: Score) -> None:
    assert 1 <= score.value <= 125
    assert scoring.rank(score.band) >= scoring.rank(score.by_value)
    assert score.severity < 5 or score.band != Band.low


@given(SCORES, st.sampled_from(["severity", "probability", "detectability"]))
def test_more_of_anything_is_never_a_lower_risk(score: Score, field: str) -> None:
    points = {"severity": score.severity, "probability": score.probability, "detectability": score.detectability or 5}
    worse = Score(**points | {field: min(5, points[field] + 1)})
    assert worse.value >= score.value
    assert scoring.rank(worse.band) >= scoring.rank(score.band)


@given(RATED, RATED)
def test_a_trajectory_is_seen_the_other_way_round_from_behind(
    one: dict[Dimension, Score], other: dict[Dimension, Score]
) -> None:
    now, before = scoring.profile(one), scoring.profile(other)
    there, back = scoring.trajectory(now, [before]), scoring.trajectory(before, [now])
    assert there != Trajectory.falling or back == Trajectory.rising
    assert scoring.trajectory(now, [now]) == Trajectory.stable
    assert (there, back) != (Trajectory.stable, Trajectory.falling)
