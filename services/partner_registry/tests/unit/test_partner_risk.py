"""A partner's risk: the worst of its sites in use."""

from typing import Any
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from contracts.oversight import RiskBand
from partner_registry.risk.partners import RiskOfASite, worst_of
from serving.shown import Ref

PARTNER = Ref(id=uuid4(), number="P-1", name="Alpine")


def site(band: str | None, at_least: bool = False, provisional: bool = False) -> Any:
    known = RiskBand(band) if band else None
    return RiskOfASite(site=Ref(id=uuid4()), band=known, at_least=at_least, provisional=provisional)


def test_it_is_that_of_the_worst_site_and_at_least_that_where_one_is_not_assessed() -> None:
    low, high, unknown = site("low"), site("high", provisional=True), site(None, at_least=True)
    shown = worst_of(PARTNER, [low, unknown, high])
    assert (shown.band, shown.at_least, shown.provisional) == ("high", True, True)
    assert shown.sites == [high, low, unknown]
    known = worst_of(PARTNER, [low, high])
    assert (known.band, known.at_least) == ("high", False)
    assert worst_of(PARTNER, [low]).provisional is False


def test_of_a_partner_without_a_site_in_use_nothing_is_known() -> None:
    nothing = worst_of(PARTNER, [])
    assert (nothing.band, nothing.at_least, nothing.sites) == (None, True, [])


@given(st.permutations([site("medium"), site("critical"), site(None, at_least=True), site("low")]))
def test_it_is_the_same_for_any_order_of_sites(sites: list[Any]) -> None:
    assert worst_of(PARTNER, sites).band == RiskBand.critical
