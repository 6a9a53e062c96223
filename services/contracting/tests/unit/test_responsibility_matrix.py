"""The responsibility matrix of a quality agreement: what is mandatory, what is fixed, and what is open."""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracting.agreement_versions.readiness import StepAhead, Surroundings, refuse, unmet
from contracting.responsibilities import rules
from contracting.responsibilities.clauses import MatrixClause, MatrixScope, Owner, shipped, titles
from contracting.responsibilities.rules import Cell, Coverage, View
from contracts.contracting import AgreementKind
from runtime.problems import RuleViolated
from services.contracting.tests.made import terms

SPONSOR, PARTNER = View(Owner.sponsor), View(Owner.partner)
ABSENT = View(Owner.not_applicable, reason="nothing is stored there")
PARTNER_DOES = View(Owner.both, does=Owner.partner, approves=Owner.sponsor)
SPONSOR_DOES = View(Owner.both, does=Owner.sponsor, approves=Owner.partner)
CLAUSES = {each.code: each for each in shipped()}
AGREED = {code: Cell(SPONSOR, SPONSOR) for code in CLAUSES}


def test_the_list_has_each_clause_once_and_says_who_asks_for_it() -> None:
    assert len(CLAUSES) == len(shipped().clauses) == 96
    assert Counter(each.mandatory for each in shipped()) == {
        MatrixScope.all: 47, MatrixScope.manufacture: 44, MatrixScope.laboratory: 5
    }  # fmt: skip
    assert all(each.sources and each.words and each.group in titles() for each in shipped())
    assert [each.code for each in shipped() if each.fixed_owner] == [
        *("assessment_of_partner", "performance_review", "final_release")
    ]
    assert shipped().version == 1


def test_no_paragraph_is_shown_that_nobody_has_read() -> None:
    shown = {each.text: each.places for each in chain.from_iterable(clause.sources for clause in shipped())}
    assert shown["EU GMP, Part I, chapter 7 (2013)"] == ()
    release = {each.text: each.places for each in CLAUSES["final_release"].sources}
    assert release["21 CFR"] == ("211.22(a)",)
    assert release["FDA, Contract Manufacturing Arrangements for Drugs: Quality Agreements (2016)"]


@pytest.mark.parametrize(
    ("cell", "coverage"),
    [
        (Cell(), Coverage.open),
        (Cell(sponsor=SPONSOR), Coverage.open),
        (Cell(partner=PARTNER), Coverage.open),
        (Cell(PARTNER, PARTNER), Coverage.covered),
        (Cell(SPONSOR, PARTNER), Coverage.differing),
        (Cell(PARTNER_DOES, PARTNER_DOES), Coverage.covered),
        (Cell(PARTNER_DOES, SPONSOR_DOES), Coverage.differing),
        (Cell(PARTNER_DOES, PARTNER), Coverage.differing),
        (Cell(ABSENT, View(Owner.not_applicable, reason="it is sent at once")), Coverage.not_applicable),
        (Cell(ABSENT, PARTNER), Coverage.differing),
        (Cell(View(Owner.partner, remark="the head of quality"), PARTNER), Coverage.covered),
    ],
)
def test_a_cell_is_covered_where_both_sides_name_the_same_owner(cell: Cell, coverage: Coverage) -> None:
    assert cell.coverage is coverage


@pytest.mark.parametrize("code", ["assessment_of_partner", "performance_review", "final_release"])
@pytest.mark.parametrize("view", [PARTNER, ABSENT, SPONSOR_DOES])
def test_a_fixed_owner_cannot_be_agreed_away(code: str, view: View) -> None:
    with pytest.raises(RuleViolated, match="owner: the sponsor owns it, or both with the sponsor approving") as refused:
        rules.check(CLAUSES[code], view)
    assert refused.value.extensions == {"fields": ["owner"], "code": code}


@pytest.mark.parametrize("view", [SPONSOR, PARTNER_DOES])
def test_a_fixed_owner_decides_alone_or_what_the_other_does(view: View) -> None:
    rules.check(CLAUSES["final_release"], view)


@pytest.mark.parametrize(
    ("view", "field"),
    [
        (View(Owner.not_applicable), "reason"),
        (View(Owner.partner, reason="why not"), "reason"),
        (View(Owner.both), "does"),
        (View(Owner.both, does=Owner.partner), "does"),
        (View(Owner.both, does=Owner.partner, approves=Owner.partner), "does"),
        (View(Owner.partner, does=Owner.partner), "does"),
        (View(Owner.sponsor, approves=Owner.sponsor), "does"),
    ],
)
def test_what_no_cell_can_say_is_refused_by_its_field(view: View, field: str) -> None:
    with pytest.raises(RuleViolated, match=f"^capa: {field}: ") as refused:
        rules.check(CLAUSES["capa"], view)
    assert refused.value.extensions["fields"] == [field]


@pytest.mark.parametrize(
    ("services", "mandatory"),
    [
        (["manufacture"], 91),
        (["testing"], 52),
        (["Testing ", "stability"], 52),
        (["packaging"], 91),
        (["manufacture", "testing"], 96),
        (["lyophilisation"], 96),
        (["testing", "lyophilisation"], 96),
        ([], 96),
    ],
)
def test_what_is_mandatory_follows_from_the_services_and_what_is_unknown_asks_for_all(
    services: list[str], mandatory: int
) -> None:
    assert len(rules.open_mandatory(shipped(), {}, services)) == mandatory
    assert sum(rules.is_mandatory(each, services) for each in shipped()) == mandatory


def test_a_laboratory_needs_no_clause_of_manufacture() -> None:
    missing = rules.open_mandatory(shipped(), {}, ["testing"])
    assert "sample_custody" in missing
    assert not {"premises", "recall", "reference_samples"} & set(missing)


def said_of(missing: Sequence[str]) -> str:
    """What stands in the way of agreeing on a version with these cells open."""
    around = Surroundings(today=date(2026, 2, 2), stand_alone_reason="x", open_cells=missing)
    found = unmet(AgreementKind.quality, terms(effective_from="2026-02-02"), None, around)
    (matrix,) = (each for each in found if each.before is StepAhead.agreement)
    with pytest.raises(RuleViolated):
        refuse("AGR-1", found, StepAhead.agreement)
    return matrix.why


def test_what_is_seen_differently_is_open() -> None:
    assert rules.open_mandatory(shipped(), AGREED, ["manufacture", "testing"]) == []
    cells = {**AGREED, "recall": Cell(SPONSOR, PARTNER), "capa": Cell(sponsor=SPONSOR)}
    assert rules.open_mandatory(shipped(), cells, ["manufacture"]) == ["capa", "recall"]
    assert rules.open_mandatory(shipped(), cells, ["testing"]) == ["capa"]
    assert "the same owner of capa, recall:" in said_of(rules.open_mandatory(shipped(), cells, ["manufacture"]))


def test_many_that_are_open_are_counted_in_words_and_all_named() -> None:
    missing = rules.open_mandatory(shipped(), {}, ["testing"])
    assert re.search(r"purpose_and_scope, .* and 47 more", said_of(missing))
    assert len(missing) == 52


def test_a_sponsor_adds_clauses_and_replaces_none() -> None:
    own = MatrixClause("nitrosamines", "own", "Risk of nitrosamines", MatrixScope.manufacture)
    added = shipped().with_own([own])
    assert [each.code for each in added][:-1] == [each.code for each in shipped()]
    assert rules.open_mandatory(added, AGREED, ["manufacture"]) == ["nitrosamines"]
    assert rules.open_mandatory(added, AGREED, ["testing"]) == []
    for code in ("recall", "final_release"):
        with pytest.raises(RuleViolated, match="none of these is replaced"):
            shipped().with_own([MatrixClause(code, "own", "Ours", None)])


VIEWS = st.sampled_from([None, SPONSOR, PARTNER, ABSENT, PARTNER_DOES, SPONSOR_DOES])


@given(st.dictionaries(st.sampled_from(sorted(CLAUSES)), st.builds(Cell, VIEWS, VIEWS)))
def test_complete_is_what_both_sides_say_alike_whichever_side_is_asked(cells: dict[str, Cell]) -> None:
    turned = {code: Cell(cell.partner, cell.sponsor) for code, cell in cells.items()}
    missing = rules.open_mandatory(shipped(), cells, ["manufacture"])
    assert missing == rules.open_mandatory(shipped(), turned, ["manufacture"])
    for code in set(CLAUSES) - set(missing):
        cell = cells.get(code, Cell())
        assert not rules.is_mandatory(CLAUSES[code], ["manufacture"]) or (cell.sponsor and cell.partner)
