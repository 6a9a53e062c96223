"""The rules of edges between batches: no more goes out than was made, and a merge is as old as its oldest input."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import Lot, Quantity
from contracts.batches import LinkKind
from quality_events.batches.model import Batch
from quality_events.batches.terms import BatchState, Completion, Source, Start
from quality_events.genealogy.model import Lineage, Portion, exactly
from runtime.problems import RuleViolated

SITE, MAKER = uuid4(), uuid4()


def kg(value: Any, unit: str = "kg") -> Quantity:
    """So much."""
    return Quantity(value=Decimal(str(value)), unit=unit)


def batch(number: str = "A", made: Quantity | None = None, material: str = "AMLO-5", maker: UUID = MAKER) -> Batch:
    """A batch in the making, or one that is made."""
    lot = Lot(id=uuid4(), number=number, material=material, product_id=None, site_id=SITE, partner_id=maker)
    one = Batch.announce(lot)
    one.start(Start(Source("mes"), "2026-02"))
    if made:
        one.complete(Completion(Source("mes"), "2026-02", actual=made))
    return one


def lineage(kind: LinkKind, *portions: Portion) -> Lineage:
    """What ana states."""
    return Lineage(kind, portions, "ana")


def test_an_edge_says_how_much_and_whose_it_is() -> None:
    child, parent = batch("B"), batch("A", kg(100))
    (link,) = child.descend(lineage(LinkKind.split, Portion(parent, kg(40))))
    assert (link.parent_id, link.child_id, link.amount, link.linked_by) == (parent.id, child.id, kg(40), "ana")
    assert (link.partner_id, link.parties) == (MAKER, [MAKER])
    (between,) = batch("C", maker=uuid4()).descend(lineage(LinkKind.packed, Portion(parent, kg(1))))
    assert (between.partner_id, between.parties) == (None, []), "of two makers it is the sponsor's alone"


@pytest.mark.parametrize(
    ("asked", "given_before", "refusal"),
    [
        (kg(60), [kg(40)], None),
        (kg("60.001"), [kg(40)], "of 100 kg 60 are left, and 60.001 kg is more"),
        (kg(60_000, "g"), [kg(20), kg(20_000, "g")], None),
        (kg(60_001, "g"), [kg(20), kg(20_000, "g")], "60001 g is more"),
        (kg(1, "{tablet}"), [], "not all that went out of it converts"),
        (kg(1), [kg(1, "L")], "not all that went out of it converts"),
    ],
)
def test_no_more_goes_out_than_was_made(asked: Quantity, given_before: list[Quantity], refusal: str | None) -> None:
    portion = Portion(batch("A", kg(100)), asked, given_before)
    if refusal is None:
        portion.check()
        return
    with pytest.raises(RuleViolated, match=refusal):
        portion.check()


@pytest.mark.parametrize("state", [BatchState.in_process, BatchState.terminated, BatchState.manufactured])
def test_what_nobody_can_tell_blocks(state: BatchState) -> None:
    parent = batch("A")
    parent.state = state
    with pytest.raises(RuleViolated, match="nobody stated how much was made"):
        Portion(parent, kg(1)).check()


AMOUNTS = st.tuples(st.decimals("0.001", 60, places=3), st.sampled_from(["kg", "g"]))


@given(st.lists(AMOUNTS, max_size=20))
def test_quantity_is_conserved(asked: list[tuple[Decimal, str]]) -> None:
    parent, out = batch("A", kg(100)), list[Quantity]()
    for value, unit in asked:
        before, quantity = _total(out), Quantity(value=value, unit=unit)
        fits = before + _total([quantity]) <= 100
        try:
            batch("B").descend(lineage(LinkKind.split, Portion(parent, quantity, tuple(out))))
            out.append(quantity)
        except RuleViolated:
            assert not fits
        assert _total(out) == before + (_total([quantity]) if fits else 0) <= 100


def _total(quantities: list[Quantity]) -> Fraction:
    return sum((exactly(each, "kg") or Fraction(0) for each in quantities), Fraction(0))


def _dated(number: str, made: date | str, expires: date | str) -> Batch:
    one = batch(number, kg(10))
    one.describe(None, None, made, expires, None, merged=False)
    return one


def test_a_merge_is_as_old_as_its_oldest_input_and_expires_with_the_first() -> None:
    parents = [
        _dated("A", date(2026, 2, 10), "2028-02"),
        _dated("B", "2026-02", date(2028, 2, 28)),
        _dated("C", date(2026, 3, 1), date(2028, 5, 1)),
    ]
    child = batch("M")
    child.descend(lineage(LinkKind.merged, *(Portion(each, kg(5)) for each in parents)))
    assert (child.manufacture_date, child.expiry_date) == ("2026-02", "2028-02-28"), "a month ends with its last day"
    with pytest.raises(RuleViolated, match="part of a merge"):
        child.describe(None, None, None, "2029-01", None, merged=True)
    child.describe("WO-1", None, None, None, None, merged=True)


def test_a_merge_asks_for_the_dates_of_its_inputs() -> None:
    parents = [_dated("A", "2026-02", "2028-02"), batch("B", kg(10))]
    with pytest.raises(RuleViolated, match="state those of B") as refused:
        batch("M").descend(lineage(LinkKind.merged, *(Portion(each, kg(5)) for each in parents)))
    assert refused.value.extensions == {"missing": ["B"]}


@pytest.mark.parametrize("kind", LinkKind)
def test_each_kind_has_the_parents_that_it_can_have(kind: LinkKind) -> None:
    child = batch("M")
    several = lineage(kind, *(Portion(_dated(name, "2026-02", "2028-02"), kg(1)) for name in "AB"))
    if kind in (LinkKind.split, LinkKind.reworked, LinkKind.reprocessed):
        with pytest.raises(RuleViolated, match="from one batch"):
            child.descend(several)
    else:
        assert len(child.descend(several)) == 2
    other = _dated("S", "2026-02", "2028-02")
    other.material = "AMLO-GRANULATE"
    strange = lineage(kind, Portion(other, kg(1)), Portion(_dated("T", "2026-02", "2028-02"), kg(1)))
    if kind == LinkKind.merged:
        with pytest.raises(RuleViolated, match="S is another material"):
            child.descend(strange)
        with pytest.raises(RuleViolated, match="two or more"):
            child.descend(lineage(kind, Portion(other, kg(1))))
    with pytest.raises(RuleViolated, match="is another batch"):
        child.descend(lineage(kind, Portion(child, kg(1))))
