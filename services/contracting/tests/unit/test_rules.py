"""What goes before what, what is missing, what an amendment changes, and what a digest is over."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from contracting.agreement_drafts.changes import changed_clauses, refuse_unchanged
from contracting.agreement_versions.model import AgreementVersion, columns_of, terms_of
from contracting.agreement_versions.precedence import Agreed, ClauseStanding, Contradiction, contradictions, place
from contracting.agreement_versions.readiness import Latest, Master, StepAhead, Surroundings, refuse, unmet
from contracting.agreement_versions.schemas import ClauseRead
from contracting.agreement_versions.terms import AgreementTerms, Party, covers, digest_of
from contracting.clauses.terms import Clause
from contracts.contracting import AgreementKind as Kind
from contracts.turns import Holder
from runtime.problems import RuleViolated
from runtime.turns import holder
from services.contracting.tests.agreeing import DEVIATIONS
from services.contracting.tests.made import NOW, PARTNER, draft, terms, version

TODAY = NOW.date()
TOMORROW = (TODAY + timedelta(days=1)).isoformat()
SITE, PRODUCT = uuid4(), uuid4()
FASTER = DEVIATIONS | {"amounts": {"critical": 12}}


@pytest.mark.parametrize(
    ("one", "other", "gmp", "first"),
    [
        (Kind.quality, Kind.supply, True, True),
        (Kind.quality, Kind.msa, True, True),
        (Kind.quality, Kind.supply, False, False),
        (Kind.supply, Kind.msa, False, True),
        (Kind.supply, Kind.msa, True, True),
        (Kind.msa, Kind.supply, True, False),
        (Kind.joint_service, Kind.msa, False, True),
        (Kind.supply, Kind.supply, True, False),
    ],
)
def test_quality_goes_before_all_on_matters_of_gmp_else_supply_before_the_master(
    one: Kind, other: Kind, gmp: bool, first: bool
) -> None:
    before, after = (place(each, gmp=gmp, product_ids=(), site_ids=()) for each in (one, other))
    assert (before < after) == first


def test_of_one_kind_that_for_named_products_goes_before_one_for_named_sites_and_that_before_one_for_all() -> None:
    named = [place(Kind.supply, gmp=True, product_ids=of, site_ids=at) for of, at in (((1,), ()), ((), (1,)), ((), ()))]
    assert named == sorted(set(named))
    assert place(Kind.supply, gmp=True, product_ids=(), site_ids=()) < place(
        Kind.msa, gmp=True, product_ids=(1,), site_ids=(1,)
    )


def test_only_a_clause_that_a_higher_agreement_says_otherwise_of_the_same_scope_is_listed() -> None:
    own = terms(clauses=[DEVIATIONS], site_ids=[SITE])
    found = [
        contradictions(Kind.supply, own, [Agreed("AGR-2", kind, other)])
        for kind, other in (
            (Kind.quality, terms(clauses=[FASTER])),
            (Kind.msa, terms(clauses=[FASTER])),
            (Kind.quality, terms(clauses=[DEVIATIONS])),
            (Kind.quality, terms(clauses=[FASTER], site_ids=[uuid4()])),
            (Kind.quality, terms(clauses=[FASTER | {"product_ids": [str(PRODUCT)]}], product_ids=[str(PRODUCT)])),
        )
    ]
    listed = [Contradiction("notify_deviation", "AGR-2", Kind.quality, ("amounts",))]
    assert found == [listed, [], [], [], listed]


def test_an_equal_agreement_that_says_otherwise_stands_in_the_way_of_the_signature() -> None:
    """Else it would be judged by the one with the lower number, and numbers are drawn by chance."""
    own, other = terms(clauses=[DEVIATIONS]), Agreed("AGR-2", Kind.quality, terms(clauses=[FASTER]))
    (found,) = contradictions(Kind.quality, own, [other])
    assert found == Contradiction("notify_deviation", "AGR-2", Kind.quality, ("amounts",), ClauseStanding.equal)
    around = Surroundings(TODAY, stand_alone_reason="only trials", undecided=[found])
    assert rules(Kind.quality, around) == [("precedence", StepAhead.signature)]
    narrower = terms(clauses=[DEVIATIONS | {"product_ids": [str(PRODUCT)]}], product_ids=[str(PRODUCT)])
    assert contradictions(Kind.quality, narrower, [other]) == []


def test_a_matter_of_gmp_is_one_for_all_once_any_of_its_agreements_says_so() -> None:
    """By a mark of each clause's own, the same two would be read in one order and judged in another."""
    unmarked, slower = terms(clauses=[FASTER | {"gmp": False}]), terms(clauses=[DEVIATIONS | {"gmp": True}])
    for own, other in ((unmarked, slower), (slower, unmarked)):
        (found,) = contradictions(Kind.supply, own, [Agreed("AGR-2", Kind.quality, other)])
        assert found.standing is ClauseStanding.higher
        assert contradictions(Kind.quality, own, [Agreed("AGR-2", Kind.supply, other)]) == []


def test_a_version_covers_what_it_names_and_where_it_names_nothing_all() -> None:
    named, open_ = terms(site_ids=[SITE], product_ids=[PRODUCT]), terms()
    assert [covers(named, *each) for each in ((SITE, PRODUCT), (SITE, None), (SITE, uuid4()), (uuid4(), PRODUCT))] == [
        *(True, True, False, False)
    ]
    assert covers(open_, uuid4(), uuid4())


def rules(kind: Kind, around: Surroundings, parent: Any = None, **said: Any) -> list[tuple[str, StepAhead]]:
    """What is missing of a version that says so."""
    return [(each.rule, each.before) for each in unmet(kind, terms(**said), parent, around)]


def test_what_is_missing_is_said_with_the_step_for_which_it_is_needed() -> None:
    first, alone = Latest(uuid4(), 1, date(2026, 3, 1)), "only trials"
    submission, signature = StepAhead.submission, StepAhead.signature
    assert rules(Kind.msa, Surroundings(TODAY)) == []
    assert rules(Kind.quality, Surroundings(TODAY)) == [("parent", submission)]
    assert rules(Kind.quality, Surroundings(TODAY, stand_alone_reason=alone)) == []
    assert rules(Kind.supply, Surroundings(TODAY, master=Master("AGR-2", ended=True, signed=True))) == [
        ("parent", submission)
    ]
    assert rules(Kind.supply, Surroundings(TODAY, master=Master("AGR-2", ended=False, signed=False))) == [
        ("parent", signature)
    ]
    assert rules(Kind.msa, Surroundings(TODAY), effective_from="2026-03-01") == [("effective_from", submission)]
    assert rules(Kind.msa, Surroundings(TODAY, latest=first)) == [("parent_version", submission)]
    assert rules(Kind.msa, Surroundings(TODAY, latest=first), first.id) == [("effective_from", submission)]
    assert rules(Kind.msa, Surroundings(TODAY, latest=first), first.id, effective_from=TOMORROW) == []
    assert rules(Kind.msa, Surroundings(date(2026, 2, 1), latest=first), first.id, effective_from="2026-03-01") == [
        ("effective_from", submission)
    ]
    assert rules(Kind.msa, Surroundings(TODAY, last_day=date(2026, 3, 1))) == []
    assert rules(Kind.msa, Surroundings(TODAY, last_day=date(2026, 2, 28))) == [("effective_from", submission)]
    assert rules(Kind.msa, Surroundings(TODAY, ended=True)) == [("agreement", submission)]
    assert rules(Kind.msa, Surroundings(TODAY, open_cells=["recall"])) == [("matrix", StepAhead.agreement)]
    assert rules(Kind.msa, Surroundings(TODAY, foreign_sites=["S-1"])) == [("site_ids", StepAhead.agreement)]


def test_a_step_is_refused_for_what_it_needs_and_for_nothing_that_a_later_one_needs() -> None:
    missing = unmet(Kind.msa, terms(), None, Surroundings(TODAY, open_cells=["recall"]))
    refuse("x", missing, StepAhead.submission)
    with pytest.raises(RuleViolated, match="recall") as refused:
        refuse("x", missing, StepAhead.signature)
    assert [each["rule"] for each in refused.value.extensions["missing"]] == ["matrix"]


def test_an_amendment_names_the_clauses_that_it_changes() -> None:
    notify, oos = DEVIATIONS, DEVIATIONS | {"code": "notify_oos"}
    before, after = terms(clauses=[notify, oos]), terms(clauses=[notify | {"statutory": True}])
    assert changed_clauses(before, after) == ["notify_deviation", "notify_oos"]
    assert changed_clauses(before, before) == []
    with pytest.raises(RuleViolated):
        refuse_unchanged("version 1", before, terms(clauses=[notify, oos], effective_from="2027-01-01"))
    refuse_unchanged("version 1", before, after)


@given(st.permutations(["critical", "major", "minor"]))
def test_the_digest_is_over_the_content_and_not_over_its_order(classes: list[str]) -> None:
    amounts = {each: len(each) for each in classes}
    straight = terms(clauses=[DEVIATIONS | {"amounts": {each: len(each) for each in ("critical", "major", "minor")}}])
    assert digest_of(terms(clauses=[DEVIATIONS | {"amounts": amounts}])) == digest_of(straight)
    assert digest_of(terms(title="y")) != digest_of(terms())
    made = version(clauses=[DEVIATIONS])
    assert terms_of(made) == terms(clauses=[DEVIATIONS])
    assert (made.digest, columns_of(terms_of(made))["digest"]) == (digest_of(terms_of(made)),) * 2


def test_the_digest_is_also_over_what_is_said_of_the_matrix_and_who_said_it_prepared_the_version() -> None:
    made = version(clauses=[DEVIATIONS])
    before, said = made.digest, {"capa": {"partner": {"owner": "partner", "remark": "within 30 days"}}}
    made.take_responsibilities(said, "bea")
    assert (made.digest, made.prepared_by) == (digest_of(terms_of(made), said), ["ana", "bea"])
    assert len({before, made.digest, digest_of(terms_of(made), {"capa": {"partner": {"owner": "partner"}}})}) == 3
    made.take_responsibilities({}, "bea")
    assert made.digest == before


def turn(made: AgreementVersion) -> tuple[Any, Any]:
    """Whose turn it is."""
    return holder(made, made.turn())


def test_whose_turn_it_is_follows_from_who_agreed_and_signed() -> None:
    made = version()
    assert turn(made) == (Holder.both, PARTNER)
    made.agree(made.digest, [], "ana", NOW)
    assert turn(made) == (Holder.partner, PARTNER)
    with pytest.raises(RuleViolated, match="already"):
        made.agree(made.digest, [], "bor", NOW)
    made.agree_as_partner(made.digest, [], "pia", NOW)
    assert turn(made) == (Holder.both, PARTNER)
    made.sign_as_partner([], "pol", NOW)
    assert turn(made)[0] == Holder.sponsor
    made.send_back()
    assert turn(made)[0] == Holder.sponsor, "who drafted it writes it anew"
    assert (made.sponsor_agreed_by, made.partner_agreed_by, made.partner_signed_by) == (None, None, None)
    theirs = draft(Party.partner)
    assert (turn(version(side=Party.partner))[0], theirs.parties) == (Holder.both, [PARTNER])
    assert draft().parties == []


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ({"amounts": {}}, "within how much"),
        ({"unit": None}, "within how much"),
        ({"unit": "working_days"}, "calendar"),
        ({"start": None}, "start"),
        ({"end": None}, "end"),
        ({"kind": "prohibition"}, "prohibition"),
        ({"start": "when we feel like it"}, "match"),
        ({"amounts": {"critical": -1}}, "greater"),
    ],
)
def test_a_clause_that_does_not_fit_its_kind_is_refused(wrong: dict[str, Any], word: str) -> None:
    Clause.model_validate(DEVIATIONS)
    with pytest.raises(ValidationError, match=word):
        Clause.model_validate(DEVIATIONS | wrong)


def test_a_clause_names_no_site_that_its_version_does_not() -> None:
    AgreementTerms.model_validate(terms(clauses=[DEVIATIONS | {"site_ids": [str(SITE)]}]).model_dump())
    with pytest.raises(ValidationError, match="that the version does not"):
        terms(site_ids=[SITE], clauses=[DEVIATIONS | {"site_ids": [str(uuid4())]}])


def test_what_was_agreed_on_is_read_though_its_calendar_is_no_longer_known() -> None:
    made = version(clauses=[DEVIATIONS | {"unit": "working_days", "calendar": "SI"}])
    made.clauses = [each | {"calendar": "XX"} for each in made.clauses]
    assert terms_of(made).clauses[0].calendar == ClauseRead.model_validate(made.clauses[0]).calendar == "XX"
