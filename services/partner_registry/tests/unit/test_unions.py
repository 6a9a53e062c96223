"""Which of two registrations becomes the alias, and what stands against it: no I/O."""

from datetime import UTC, datetime, timedelta

import pytest

from contracts.partner_registry import PartnerKind
from partner_registry.partners.model import Partner, PartnerState
from partner_registry.unions.model import PartnerUnion
from partner_registry.unions.schemas import UnionState
from runtime.lifecycle import NotAllowedNow
from runtime.problems import RuleViolated

NOW = datetime(2026, 6, 1, 8, tzinfo=UTC)


def partner(number: str, days: int = 0) -> Partner:
    one, _ = Partner.register(number=number, legal_name=f"{number} AG", kind=PartnerKind.cmo, country="CH", now=NOW)
    one.created_at = NOW + timedelta(days)
    return one


def union(one: Partner, other: Partner) -> PartnerUnion:
    return PartnerUnion.propose(one=one, other=other, reason="one entry", number="UNI-1", by="eva")


def test_the_later_one_becomes_the_alias_whichever_is_named_first() -> None:
    elder, younger = partner("P-9"), partner("P-1", days=1)
    for found in (union(elder, younger), union(younger, elder)):
        assert (found.partner_id, found.elder_id) == (younger.id, elder.id)
    with pytest.raises(RuleViolated, match="P-9 is one partner"):
        union(elder, elder)


def test_it_is_told_and_told_again_when_it_is_taken_back() -> None:
    elder, younger = partner("P-9"), partner("P-1", days=1)
    found = union(elder, younger)
    with pytest.raises(NotAllowedNow):
        found.split(younger, elder, "two", "quinn", NOW)
    told = [found.unite(younger, elder, (), "quinn", NOW), found.split(younger, elder, "two", "quinn", NOW)]
    assert [(each.partner_id, each.elder_number, each.undone) for each in told] == [
        (younger.id, "P-9", False), (younger.id, "P-9", True)
    ]  # fmt: skip
    assert (found.state, found.reason, found.split_reason) == (UnionState.split, "one entry", "two")
    assert (younger.state, elder.state) == (PartnerState.prospect, PartnerState.prospect)


def test_nobody_unites_what_is_united_or_gone() -> None:
    elder, younger = partner("P-9"), partner("P-1", days=1)
    with pytest.raises(RuleViolated, match="one of the two is in UNI-7"):
        union(elder, younger).unite(younger, elder, ["UNI-7"], "quinn", NOW)
    younger.absorb(partner("P-3"), NOW.date(), "merged", NOW)
    with pytest.raises(RuleViolated, match="P-1 merged into P-3"):
        union(elder, younger).unite(younger, elder, (), "quinn", NOW)
