"""The rules of edges between batches: no more goes out than was made, and a merge is as old as its oldest input."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import Lot, Quantity
from contracts.batches import LinkKind
from quality_events.batches.model import Batch
from quality_events.batches.terms import BatchState, Completion, Source, Start
from quality_events.genealogy.amounts import Exceeded, Gone, Portion, ToldBy, by_parent, exactly
from quality_events.genealogy.model import Lineage
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


def gone(*told: Quantity | None, by: ToldBy = ToldBy.link, into: UUID | None = None) -> Gone:
    """What is told to have gone into one other batch."""
    child = into or uuid4()
    return Gone.into(child, [row(child, by, each) for each in told])


def row(child: UUID, by: ToldBy, said: Quantity | None, parent: UUID = SITE) -> dict[str, Any]:
    """As the database gives it."""
    value, unit = (said.value, said.unit) if said else (None, None)
    which = {"parent_id": parent, "child_id": child, "nth_child": child.int}
    return which | {"told_by": str(by), "quantity": value, "unit": unit}


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
    portion = Portion(batch("A", kg(100)), asked, [gone(each) for each in given_before])
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
            batch("B").descend(lineage(LinkKind.split, Portion(parent, quantity, [gone(each) for each in out])))
            out.append(quantity)
        except RuleViolated:
            assert not fits
        assert _total(out) == before + (_total([quantity]) if fits else 0) <= 100


USE, INPUT, LINK = ToldBy.use, ToldBy.input, ToldBy.link
HERE = UUID(int=7)
"""The batch that something is stated of."""


@pytest.mark.parametrize(
    ("told", "left"),
    [
        ([gone(kg(30), kg(20_000, "g"), by=USE)], "50"),
        ([gone(kg(0), by=USE)], "100"),
        ([gone(kg(30), None, by=USE)], None),
        ([gone(None, by=INPUT)], None),
        ([gone(kg(30), kg(1, "L"), by=USE)], None),
        ([gone(kg(30), by=INPUT), gone(None, by=USE)], None),
        ([gone(kg(130), by=USE)], "0"),
    ],
)
def test_what_was_used_is_not_there_any_more(told: list[Gone], left: str | None) -> None:
    parent = batch("A", kg(100))
    if left is None:
        for asked in (kg("0.001"), kg(100)):
            with pytest.raises(RuleViolated, match=r"what is left is unknown|not all that went out of it converts"):
                Portion(parent, asked, told, HERE).check()
        return
    with pytest.raises(RuleViolated, match=f"of 100 kg {left} are left"):
        Portion(parent, kg(f"{left}.001"), told, HERE).check()
    if left != "0":
        Portion(parent, kg(left), told, HERE).check()


def _of(*rows: tuple[ToldBy, Quantity | None]) -> Gone:
    (found,) = by_parent(row(HERE, by, said) for by, said in rows)[SITE]
    return found


def test_one_batch_goes_into_another_once_however_many_tell_it() -> None:
    assert _of((LINK, kg(10)), (USE, kg(12)), (INPUT, kg(11))).amount("kg") == 12, "the most that is told"
    assert _of((LINK, kg(10)), (USE, None)).amount("kg") == 10, "a person answers for a use that does not say it"
    assert _of((INPUT, None), (USE, kg(3)), (USE, kg(4))).amount("kg") == 7, "and uses for an input"
    assert (_of((INPUT, None)).amount("kg"), _of((USE, kg(3)), (USE, None)).amount("kg")) == (None, None)
    assert _of((USE, kg(3)), (USE, None)).at_least("kg") == 3
    assert _of((INPUT, None), (USE, kg(3)), (USE, kg(4))).said == kg(7)
    assert _of((INPUT, kg(5)), (USE, kg(4))).said == kg(5)
    assert [_of((USE, kg(3)), (USE, other)).said for other in (None, kg(4, "g"))] == [None, None]


def test_how_much_went_in_may_be_said_where_more_is_unknown() -> None:
    parent, elsewhere = batch("A", kg(100)), [gone(None, by=INPUT), gone(kg(30))]
    named = gone(None, by=INPUT, into=HERE)
    Portion(parent, kg(70), [*elsewhere, named], HERE).check()
    with pytest.raises(RuleViolated, match="of 100 kg 70 are left"):
        Portion(parent, kg(71), [*elsewhere, named], HERE).check()
    for own in ([], [gone(kg(1), into=HERE)]):
        with pytest.raises(RuleViolated, match="what is left is unknown") as refused:
            Portion(parent, kg(1), [*elsewhere, *own], HERE).check()
        assert refused.value.extensions == {"fields": ["parents"]}
    Portion(parent, kg(100), [gone(kg(130), by=USE, into=HERE)], HERE).check()
    Portion(parent, kg(100), [gone(kg(10), into=HERE)], HERE, INPUT).check()
    with pytest.raises(RuleViolated, match="90 are left"):
        Portion(parent, kg(91), [gone(kg(10), into=HERE)], HERE).check()


def test_that_more_is_told_to_have_gone_than_was_made_is_said() -> None:
    parent = batch("A", kg(100))
    for told in ([], [gone(kg(100))], [gone(kg(60), by=USE), gone(None, by=USE)], [gone(kg(200, "L"), by=USE)]):
        assert Exceeded.of(parent, told) is None
    assert Exceeded.of(batch("B"), [gone(kg(1))]) is None, "nobody said how much was made"
    said = {
        "100.5 kg are": [gone(kg(60), by=USE), gone(kg("40.5"))],
        "1000000.000001 kg are": [gone(kg(1_000_000)), gone(kg(1, "mg"), by=USE)],
        "100 kg and more are": [gone(kg(100)), gone(None, by=INPUT)],
    }
    for words, told in said.items():
        exceeded = Exceeded.of(parent, told)
        assert exceeded
        assert exceeded.text == f"AMLO-5 A: 100 kg were made, and {words} told to have gone into batches"


ROWS = st.tuples(st.integers(0, 3), st.sampled_from(ToldBy), st.none() | AMOUNTS)


@given(st.lists(ROWS, max_size=12), st.randoms(use_true_random=False))
def test_the_order_in_which_it_is_told_changes_nothing(told: list[Any], chance: Random) -> None:
    rows = [row(UUID(int=at), by, amount and kg(*amount)) for at, by, amount in told]
    shuffled = [*rows]
    chance.shuffle(shuffled)

    def found(given: list[dict[str, Any]]) -> Any:
        return {
            each.child_id: (each.amount("kg"), each.at_least("kg"), each.is_said)
            for each in by_parent(given).get(SITE, ())
        }

    assert found(rows) == found(shuffled)
    assert all(amount is None or amount == least for amount, least, _ in found(rows).values())


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
