"""How a partner is segmented: worked numbers, edges that do not flap, and what is missing."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.oversight import Segment, SegmentCriterion
from partner_registry.segments.scoring import FIRST_BATCH, QUALIFICATION, WEIGHTS, Commerce, Segmented, Told, segmented

OLD = Commerce(qualified=True, supplied=True, months=40)


def points(*given: int | None) -> Mapping[SegmentCriterion, int]:
    pairs = zip(SegmentCriterion, given, strict=True)
    return {criterion: each for criterion, each in pairs if each is not None}


def found(
    *given: int | None, before: str | None = None, commerce: Commerce = OLD, regardless: bool = False
) -> Segmented:
    last = Segment(before) if before else None
    return segmented(WEIGHTS, points(*given), commerce, before=last, regardless=regardless)


def test_the_criteria_are_in_the_order_of_the_tables() -> None:
    assert [*SegmentCriterion] == [
        *("product_complexity", "regulatory_demand", "market_criticality", "competitive_sensitivity"),
        *("spend", "technology_uniqueness", "mutual_dependence"),
    ]
    assert sum(WEIGHTS.values()) == 100


def test_a_sterile_filler_is_strategic() -> None:
    out = found(9, 8, 9, 6, 7, 8, 8, before="preferred")
    assert (str(out.score), out.segment, out.why, out.stale) == ("81", "strategic", "score", False)


def test_a_packer_is_transactional() -> None:
    out = found(2, 3, 4, 2, 5, 1, 3, commerce=Commerce(qualified=True, supplied=True, months=60))
    assert (str(out.score), out.segment, out.why) == ("28", "transactional", "score")


def test_within_three_points_of_an_edge_the_earlier_segment_stays_unless_two_decide() -> None:
    out = found(7, 7, 7, 7, 7, 7, 8, before="preferred")
    assert (str(out.score), out.segment, out.by_score) == ("71", "preferred", "strategic")
    assert out.why == "within 3 points of an edge"
    assert found(7, 7, 7, 7, 7, 7, 8).segment == "strategic"
    assert found(7, 7, 7, 7, 7, 7, 8, before="transactional").segment == "strategic", "not a segment of this edge"
    assert found(7, 7, 7, 7, 7, 7, 8, before="preferred", regardless=True).segment == "strategic"
    assert found(7, 8, 7, 7, 8, 7, 8, before="preferred").segment == "strategic", "73.5 is beyond it"
    assert str(found(7, 7, 7, 7, 7, 7, 10, before="preferred").score) == "73"
    assert found(7, 7, 7, 7, 7, 7, 10, before="preferred").segment == "preferred", "73 is within three"
    assert found(7, 7, 7, 7, 7, 6, 6, before="strategic").segment == "strategic", "67.5, and from above"


def test_a_missing_criterion_never_counts_0_and_the_last_segment_stays() -> None:
    out = found(7, 7, None, 7, 7, 7, 6, before="preferred")
    assert (out.score, out.segment, out.stale, out.missing) == (None, "preferred", True, ("market_criticality",))
    assert found(7, 7, None, 7, 7, 7, 6).segment is None


def test_a_new_laboratory_is_developing_before_the_score() -> None:
    by_facts = Told(qualified=True, complete=True).commerce(None, None, None, TODAY)
    out = found(5, 6, 5, 3, 2, 4, 4, commerce=by_facts)
    assert (str(out.score), out.segment, out.why, out.by_score) == (
        "44", "developing", "no commercial year yet", "transactional",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("commerce", "segment"),
    [
        (Commerce(qualified=True, supplied=True, months=11), "developing"),
        (Commerce(qualified=True, supplied=True, months=12), "strategic"),
        (Commerce(qualified=False, supplied=True, months=40), "developing"),
        (Commerce(qualified=False), "developing"),
    ],
)
def test_developing_lasts_until_there_is_a_commercial_year_and_a_qualification(
    commerce: Commerce, segment: str
) -> None:
    assert found(9, 9, 9, 9, 9, 9, 9, commerce=commerce).segment == segment


def test_what_nobody_knows_decides_nothing_and_is_named() -> None:
    out = found(9, 9, 9, 9, 9, 9, 9, commerce=Commerce())
    assert (out.segment, out.unknown) == ("strategic", (QUALIFICATION, FIRST_BATCH))
    assert found(9, 9, 9, 9, 9, 9, 9, commerce=Commerce(qualified=True, supplied=True)).unknown == (FIRST_BATCH,)
    assert found(9, 9, 9, 9, 9, 9, 9).unknown == ()


TODAY = date(2026, 6, 10)


@pytest.mark.parametrize(
    ("told", "said", "qualified", "supplied", "months"),
    [
        (Told(), (None, None, None), False, None, None),
        (Told(), (True, False, None), True, False, None),
        (Told(qualified=False), (True, None, None), False, None, None),
        (Told(qualified=True), (False, None, None), True, None, None),
        (Told(qualified=True, complete=True), (None, None, None), True, False, None),
        (Told(qualified=True, complete=True), (None, True, None), True, True, None),
        (Told(complete=True), (True, None, None), True, None, None),
        (Told(qualified=True, first_on=date(2025, 6, 11)), (None, False, None), True, True, 11),
        (Told(qualified=True, first_on=date(2025, 6, 10)), (None, None, None), True, True, 12),
        (Told(qualified=True, first_on=date(2026, 6, 1)), (None, True, date(2024, 6, 10)), True, True, 24),
    ],
)
def test_what_facts_tell_goes_before_what_is_said_and_the_first_batch_is_the_earliest(
    told: Told, said: tuple[bool | None, bool | None, date | None], qualified: bool, supplied: bool, months: int
) -> None:
    assert told.commerce(*said, TODAY) == Commerce(qualified=qualified, supplied=supplied, months=months)


def test_weights_of_99_are_refused() -> None:
    with pytest.raises(ValueError, match="weights must total 100, and these total 99"):
        segmented({**WEIGHTS, SegmentCriterion.spend: Decimal(9)}, points(*[7] * 7), OLD, before=None)


ALL = st.lists(st.integers(0, 10), min_size=7, max_size=7)


@given(ALL, st.sampled_from([*Segment, None]))
def test_segmented_again_nothing_flaps(given: list[int], before: Segment | None) -> None:
    once = found(*given, before=before)
    assert once.score is not None
    assert 0 <= once.score <= 100
    assert found(*given, before=once.segment).segment == once.segment


@given(ALL, st.integers(0, 6))
def test_no_other_order_of_criteria_changes_a_score(given: list[int], first: int) -> None:
    turned = dict([*points(*given).items()][first:] + [*points(*given).items()][:first])
    assert segmented(WEIGHTS, turned, OLD, before=None) == found(*given)
