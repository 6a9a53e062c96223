"""What batch records say went out of a batch is compared with what was made, and said where it cannot be."""

from dataclasses import replace
from decimal import Decimal
from itertools import permutations
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import Quantity
from quality_events.genealogy.drawn import is_overdrawn
from quality_events.readiness.terms import ReadinessVerdict as Verdict
from tests.dossiers import WORLD, batch, condition

PARENT = str(uuid4())


def kg(value: str, unit: str = "kg") -> Quantity:
    """An amount."""
    return Quantity(value=Decimal(value), unit=unit)


@pytest.mark.parametrize(
    ("drawn", "expected"),
    [
        ([kg("6"), kg("4")], False),
        ([kg("6"), kg("4000", "g")], False),
        ([kg("6"), kg("4000.1", "g")], True),
        ([kg("10"), kg("250000", "{tablet}")], False),
        ([], False),
    ],
)
def test_only_what_converts_is_compared(drawn: list[Quantity], expected: bool) -> None:
    assert {is_overdrawn(kg("10"), order) for order in permutations(drawn)} == {expected}


@given(st.lists(st.decimals(0, 1000, places=3), max_size=8), st.decimals(0, 4000, places=3))
def test_more_than_was_made_is_seen_to_the_last_digit(parts: list[Decimal], made: Decimal) -> None:
    drawn = [Quantity(value=part * 1000, unit="g") for part in parts]
    assert is_overdrawn(Quantity(value=made, unit="kg"), drawn) == (sum(parts) > made)


@pytest.mark.parametrize("released", [True, False])
def test_an_input_of_which_more_was_consumed_than_made_blocks(released: bool) -> None:
    decided = {"market": "AT", "state": "released" if released else "open", "follow_up_closed": False}
    part = {"material": "GRAN", "number": "G-1", "batch_id": PARENT, "partner_id": str(WORLD.maker)}
    dossier = batch([], inputs=[part | {"dispositions": [decided]}])
    assert condition(dossier, "inputs_released").verdict == (Verdict.met if released else Verdict.not_met)
    drawn = condition(replace(dossier, overdrawn={UUID(PARENT)}), "inputs_released")
    assert drawn.verdict == (Verdict.unknown if released else Verdict.not_met)
    assert drawn.findings[-1].text == "GRAN G-1: more of it was consumed than was made, as it was reported"
