"""A partner's rules, without I/O."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.partner_registry import PartnerKind
from partner_registry.partners.model import Partner, normalised
from runtime.lifecycle import NotAllowedNow, allowed_now

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


@given(st.lists(st.sampled_from(["activate", "suspend", "exit"]), max_size=12))
def test_no_sequence_escapes_the_table(steps: list[str]) -> None:
    partner = prospect()
    for step in steps:
        before, allowed = partner.state, allowed_now(partner)
        if step in allowed:
            fact = getattr(partner, step)("because", NOW)
            assert (fact.before, fact.after) == (before, partner.state)
        else:
            with pytest.raises(NotAllowedNow) as refusal:
                getattr(partner, step)("because", NOW)
            assert refusal.value.extensions["allowed"] == allowed
            assert partner.state == before
