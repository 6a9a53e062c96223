"""Which work a step is, and what a site was granted for it: no wider than it was."""

from typing import Any
from uuid import uuid4

import pytest

from contracts import Fact
from contracts.qualifications import QualificationState
from quality_events.batches.works import is_known, work_of
from quality_events.readiness.model import check_stateable
from quality_events.readiness.schemas import ReadinessCondition
from quality_events.readiness.terms import ReadinessVerdict as Verdict
from runtime.problems import RuleViolated
from tests.dossiers import WORLD, batch, condition, told, usual, verdict
from tests.releasing import qualified, registered
from tests.world import product_registered

TABLET = product_registered("T-1", WORLD.product)
GRANTED = ("site_qualified", "registered")
MAKING = "drug_product drug_substance sterile_fill"


@pytest.mark.parametrize(
    ("step", "form", "works"),
    [
        ("Granulation", "tablet", "drug_product"),
        ("film-coating 2", "tablet", "drug_product"),
        ("drug product, Wurster", "pellets", "drug_product"),
        ("capsule filling", "capsule", "drug_product"),
        ("aseptic filling", "tablet", "sterile_fill"),
        ("Filling", "solution for injection", "sterile_fill"),
        ("filling", "syrup", "drug_product sterile_fill"),
        ("filling", None, ""),
        ("Primary_packaging", None, "packaging"),
        ("weighing", None, MAKING),
        ("weighing and granulation", None, "drug_product"),
        ("filling and packaging", "syrup", ""),
        ("press", "tablet", ""),
        ("repress", "tablet", ""),
    ],
)
def test_a_step_is_the_work_that_its_words_name(step: str, form: str | None, works: str) -> None:
    assert work_of(step, form) == set(works.split())
    assert is_known(step) is (bool(works) or form is None)


def granted(*works: str, **more: Any) -> list[Fact]:
    """The site is qualified and registered for these works, and for no other."""
    sites = registered(WORLD, "AT")
    (own, laboratory) = sites.sites
    named = (*(own.model_copy(update={"activity": each}) for each in works), laboratory)
    left = [each for each in usual() if getattr(each, "activity", "") != "drug_product"]
    facts = [each for each in left if not hasattr(each, "registration_id")]
    own_works = [qualified(WORLD, WORLD.site, each).model_copy(update=more) for each in works]
    return [*facts, TABLET, sites.model_copy(update={"sites": named}), *own_works]


def stages(*steps: str) -> list[dict[str, str]]:
    return [
        {"step": each, "site_id": str(WORLD.site), "started_at": "2018-11-06", "ended_at": "2018-11-07"}
        for each in steps
    ]


@pytest.mark.parametrize("step", ["aseptic filling", "compression"])
def test_who_may_pack_may_not_make(step: str) -> None:
    made = batch(told(*granted("packaging")), stages=stages(step))
    assert [verdict(made, each) for each in GRANTED] == [Verdict.not_met] * 2
    packed = batch(told(*granted("packaging")), stages=stages("secondary packaging"), came_by=["packed"])
    assert [verdict(packed, each) for each in GRANTED] == [Verdict.met] * 2


@pytest.mark.parametrize("said", [["secondary packaging"], ["visual inspection"], ["packaging", "splitting"]])
def test_a_stage_that_makes_nothing_does_not_speak_for_the_making(said: list[str]) -> None:
    """Else one stated stage would take the site where it was made out of the question."""
    made = batch(told(*granted("packaging")), stages=stages(*said))
    assert [verdict(made, each) for each in GRANTED] == [Verdict.not_met] * 2
    assert "making (" in str(condition(made, "site_qualified").texts)
    undated = batch(told(*granted("packaging")), stages=stages(*said), started_at=None, completed_at=None)
    assert [verdict(undated, each) for each in GRANTED] == [Verdict.not_met] * 2
    either = batch(told(*granted("packaging", "drug_product")), stages=stages(*said))
    assert [verdict(either, each) for each in GRANTED] == [Verdict.met] * 2


@pytest.mark.parametrize(
    "days", [("2018-10-20", "2018-10-21"), ("2018-10-31", "2018-11-02"), ("2018-12-30", "2019-01")]
)
def test_a_stage_that_lies_outside_of_the_batchs_days_does_not_speak_for_them(days: tuple[str, str]) -> None:
    """Else a stage that is dated while the site was qualified would stand for a making after that."""
    first, last = days
    one = stages("compression")[0] | {"started_at": first, "ended_at": last}
    made = batch(told(*granted("drug_product")), stages=[one], started_at="2018-11", completed_at="2018-12")
    assert "making (2018-11-01 to 2018-12-31)" in str(condition(made, "site_qualified").texts)
    inside = batch(
        told(*granted("drug_product")), stages=stages("compression"), started_at="2018-11", completed_at=None
    )
    assert "making" not in str(condition(inside, "site_qualified").texts)


def test_a_making_as_a_whole_is_packing_where_it_was_packed_of_another() -> None:
    found = {kind: batch(told(*granted("packaging")), came_by=[kind]) for kind in ("consumed", "packed", "split")}
    verdicts = {kind: verdict(each, "site_qualified") for kind, each in found.items()}
    assert verdicts == {"consumed": Verdict.not_met, "packed": Verdict.met, "split": Verdict.met}


def test_a_step_that_nobody_knows_is_unknown_and_says_what_would_be_right() -> None:
    made = batch(told(*granted("drug_product")), stages=stages("compression", "press"))
    for each in GRANTED:
        found = condition(made, each)
        assert (found.verdict, "such as granulation, compression" in "; ".join(found.texts)) == (Verdict.unknown, True)


def test_what_an_old_word_means_is_stated_and_nothing_else_is() -> None:
    """Words are refused since they are judged; a batch with one of before is not held for ever."""
    old, facts = stages("compression", "press"), told(*granted("drug_product"))
    found = condition(batch(facts, stages=old), "site_qualified")
    check_stateable(found)
    said = {"market": "AT", "condition": "site_qualified", "stated_by": "x", "statement": "it compresses"}
    said |= {"number": "RST-1", "id": str(uuid4())}
    statements = [said | {"stated_of": found.stated_of}]
    assert verdict(batch(facts, stages=old, statements=statements), "site_qualified") == Verdict.met
    others = batch(facts, stages=[*old, *stages("drum")], statements=statements)
    assert verdict(others, "site_qualified") == Verdict.unknown
    untold = batch(told(*granted()), stages=old)
    with pytest.raises(RuleViolated):
        check_stateable(condition(untold, "site_qualified"))


def test_a_qualification_is_for_its_form() -> None:
    lyophilisate = granted("drug_product", dosage_form="sterile lyophilisate")
    other = condition(batch(told(*lyophilisate)), "site_qualified")
    assert other.verdict == Verdict.not_met
    assert any("it is for sterile lyophilisate, and the product is tablet" in each for each in other.texts)
    assert verdict(batch(told(*granted("drug_product", dosage_form="Tablet"))), "site_qualified") == Verdict.met
    unnamed = [each for each in lyophilisate if each is not TABLET]
    assert verdict(batch(told(*unnamed)), "site_qualified") == Verdict.unknown


OPEN = {"after": QualificationState.conditional, "conditions": ("no commercial batch of this product",)}


def test_open_conditions_are_shown_and_weighed() -> None:
    found = condition(batch(told(*granted("drug_product", **OPEN, number="QUAL-7"))), "site_qualified")
    assert (found.verdict, found.weighs) == (Verdict.met, True)
    shown = ReadinessCondition.of(found, None, "UTC")
    assert "that do not allow: no commercial batch of this product" in shown.why
    assert [each.number for each in shown.proof if each.number] == ["QUAL-7"]
    without = qualified(WORLD, WORLD.site, "drug_product")
    both = condition(batch(told(*granted("drug_product", **OPEN), without)), "site_qualified")
    assert (both.verdict, both.weighs) == (Verdict.met, False)


@pytest.mark.parametrize(
    ("released", "market", "expected"),
    [
        ("DE", "EU", Verdict.not_met),
        ("DE", "FR", Verdict.not_met),
        ("DE", "DE", Verdict.met),
        ("EU", "DE", Verdict.met),
        ("EU", "EU", Verdict.met),
    ],
)
def test_what_is_released_for_a_member_is_not_for_the_union(released: str, market: str, expected: Verdict) -> None:
    said = {"market": released, "state": "released", "follow_up_closed": False}
    part = {"material": "BULK", "number": "B-1", "batch_id": str(uuid4()), "partner_id": None, "dispositions": [said]}
    assert verdict(batch(told(*usual()), inputs=[part]), "inputs_released", market) == expected
