"""A partner's rules, without I/O."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.partner_registry import PartnerKind
from partner_registry.partners.model import Partner, normalised
from runtime.lifecycle import NotAllowedNow, allowed_now
from runtime.problems import RuleViolated

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def prospect() -> Partner:
    partner, _ = Partner.register(
        number="P-2026-00001", legal_name="Alpine AG", kind=PartnerKind.cmo, country="CH", duns=None, now=NOW
    )
    return partner


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Alpine Tablets GmbH", "ALPINE TABLETS G.m.b.H."),
        ("Čapek Pharma S.A.", "Capek Pharma SA"),
        ("Acme, Inc.", "acme inc"),
    ],
)
def test_two_spellings_of_one_company_meet(one: str, other: str) -> None:
    assert normalised(one) == normalised(other)


@pytest.mark.parametrize("name", ["AG", "北京制药", "Co"])
def test_a_name_never_normalises_to_nothing(name: str) -> None:
    assert normalised(name)


@pytest.mark.parametrize(
    ("one", "other"), [("AS Pharma", "Pharma"), ("Co Pharma", "Pharma"), ("Acme SA Pharma Ltd", "Acme Pharma Ltd")]
)
def test_a_legal_form_counts_at_the_end_alone(one: str, other: str) -> None:
    assert normalised(one) != normalised(other)


def test_a_partner_without_a_qualification_is_not_active() -> None:
    partner = prospect()
    with pytest.raises(RuleViolated, match="no site of P-2026-00001 is qualified"):
        partner.activate("because", False, NOW)
    assert partner.state == "prospect"


STEPS = {
    "activate": lambda partner: partner.activate("because", True, NOW),
    "suspend": lambda partner: partner.suspend("because", NOW),
    "exit": lambda partner: partner.exit("because", NOW),
}


@given(st.lists(st.sampled_from(["activate", "suspend", "exit"]), max_size=12))
def test_no_sequence_escapes_the_table(steps: list[str]) -> None:
    partner = prospect()
    for step in steps:
        before, allowed = partner.state, allowed_now(partner)
        if step in allowed:
            fact = STEPS[step](partner)
            assert (fact.before, fact.after) == (before, partner.state)
        else:
            with pytest.raises(NotAllowedNow) as refusal:
                STEPS[step](partner)
            assert refusal.value.extensions["allowed"] == allowed
            assert partner.state == before
