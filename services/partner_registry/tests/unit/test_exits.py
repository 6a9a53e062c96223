"""By which checklist a partner leaves, without I/O."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partner_registry.exits.model import PartnerExit, against
from partner_registry.exits.schemas import ExitAnswer, ExitItem, ExitVerdict
from partner_registry.matters.model import WORK, KnownMatter, MatterKind
from runtime.problems import RuleViolated

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def preparing() -> PartnerExit:
    return PartnerExit.prepare(number="EXIT-1", partner_id=uuid4(), reason="the product went elsewhere", by="sam")


def answer(item: ExitItem, verdict: ExitVerdict = ExitVerdict.done) -> ExitAnswer:
    return ExitAnswer(item=item, verdict=verdict, reason="seen", evidence="0" * 64)


def matter(kind: MatterKind, number: str) -> KnownMatter:
    return KnownMatter(id=uuid4(), kind=kind, number=number)


def test_who_proposed_or_answered_is_no_second_person() -> None:
    one = preparing()
    one.answer([answer(ExitItem.stock)], "quinn", NOW)
    assert one.prepared_by == ["quinn", "sam"]


def test_what_is_missing_is_named_and_nothing_else_stands_against_it() -> None:
    one = preparing()
    one.answer([answer(each) for each in ExitItem if each != ExitItem.samples], "sam", NOW)
    one.answer([answer(ExitItem.stock, ExitVerdict.open)], "sam", NOW)
    with pytest.raises(RuleViolated, match="EXIT-1 is not complete") as refused:
        one.complete([], [], "quinn", NOW)
    assert refused.value.extensions["missing"] == ["stock is open", "samples is not answered"]
    assert one.state == "preparing"
    one.answer([answer(ExitItem.stock), answer(ExitItem.samples, ExitVerdict.not_applicable)], "sam", NOW)
    one.complete([], [], "quinn", NOW)
    assert (one.state, one.completed_by) == ("completed", "quinn")


def test_what_is_known_contradicts_an_answer_that_nothing_is_open() -> None:
    one = preparing()
    one.answer([answer(each) for each in ExitItem], "sam", NOW)
    known = [matter(MatterKind.batch, "L-1"), matter(MatterKind.capa, "CAPA-1"), matter(MatterKind.finding, "FIND-1")]
    assert one.missing(known, []) == [
        "open_orders is done, and these are open: L-1",
        "open_quality_events is done, and these are open: CAPA-1, FIND-1",
    ]
    assert one.missing([], ["quality-events.batch"]) == [
        "not all of quality-events.batch has been read: more may be open"
    ]


def test_a_refusal_names_some_of_many() -> None:
    one = preparing()
    one.answer([answer(each) for each in ExitItem], "sam", NOW)
    (said,) = one.missing([], [], ["SALE-1"])
    assert said == "SALE-1 is announced: call that off, or wait for it"
    (said,) = one.missing([matter(MatterKind.batch, f"L-{each}") for each in range(23)], [])
    assert said.endswith("L-19 and 3 more")


@pytest.mark.parametrize("kind", MatterKind)
def test_each_kind_of_what_may_be_open_stands_against_one_item(kind: MatterKind) -> None:
    items = [item for item in ExitItem if against(item, [matter(kind, "X")])]
    assert items == [ExitItem.open_orders if kind in WORK else ExitItem.open_quality_events]


@given(st.dictionaries(st.sampled_from(ExitItem), st.sampled_from(ExitVerdict)))
def test_it_is_complete_only_with_all_items_and_none_open(verdicts: dict[ExitItem, ExitVerdict]) -> None:
    one = preparing()
    if verdicts:
        one.answer([answer(item, verdict) for item, verdict in verdicts.items()], "sam", NOW)
    complete = set(verdicts) == set(ExitItem) and ExitVerdict.open not in verdicts.values()
    assert (one.missing([], []) == []) == complete


@pytest.mark.parametrize(("verdict", "given"), [("done", {"reason": "x"}), ("open", {}), ("not_applicable", {})])
def test_an_answer_is_proven_or_explained(verdict: str, given: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=f"stock is {verdict}"):
        ExitAnswer.model_validate({"item": "stock", "verdict": verdict} | given)
