"""Sampling plans as the table has them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gxp.sampling import LETTERS, QUALITIES, plan


@pytest.mark.parametrize(
    ("letter", "quality", "expected"),
    [
        ("G", "4.0", (32, 3)),
        ("H", "0.25", (50, 0)),
        ("K", "1.5", (125, 5)),
        ("J", "1.0", (80, 2)),
        ("F", "6.5", (20, 3)),
        ("L", "0.065", (200, 0)),
        ("A", "1.0", (13, 0)),  # down
        ("E", "1.5", (8, 0)),  # up
        ("F", "1.5", (32, 1)),  # down: 20 units accept neither none nor one
        ("R", "6.5", (200, 21)),  # up
        ("R", "0.010", (1250, 0)),
    ],
)
def test_a_plan_is_that_of_the_table_or_where_its_arrow_leads(
    letter: str, quality: str, expected: tuple[int, int]
) -> None:
    assert plan(letter, Decimal(quality)) == expected


@given(st.sampled_from(LETTERS[1:-1]), st.sampled_from(QUALITIES))
def test_a_further_letter_is_never_a_milder_share(letter: str, quality: Decimal) -> None:
    before, after = plan(LETTERS[LETTERS.index(letter) - 1], quality), plan(letter, quality)
    assert after.inspected >= before.inspected
    assert after.accept >= before.accept


@pytest.mark.parametrize(("letter", "quality"), [("I", "1.0"), ("O", "1.0"), ("K", "1.1"), ("R", "0.015")])
def test_what_the_table_does_not_have_is_refused(letter: str, quality: str) -> None:
    with pytest.raises(ValueError, match="the table has"):
        plan(letter, Decimal(quality))
