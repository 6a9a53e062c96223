"""What is registered on a day, and by which applications: by all that was told, in whatever order."""

from datetime import date
from itertools import permutations

import pytest

from directory.registered import applications_on, content_on, registration_for
from tests import registering
from tests.registering import Told

JUNE = date(2026, 6, 1)


def told(key: str, sequence: int, what: str, on: str, application: str | None = None, market: str = "US") -> Told:
    return registering.told(key, sequence, what, on, market, application_type=application)


DRUG = [told("a", 1, "submitted", "2020-01-01"), told("a", 2, "approved", "2021-01-01", "nda")]
ENDED = told("a", 3, "withdrawn", "2026-07-01", "nda")
ASKED = told("b", 1, "submitted", "2026-01-01", "bla")
GRANTED = told("b", 2, "approved", "2026-07-01", "bla")


@pytest.mark.parametrize(
    ("facts", "on", "found"),
    [
        ([], JUNE, set()),
        (DRUG[:1], JUNE, {None}),
        (DRUG, JUNE, {"nda"}),
        ([*DRUG, ASKED], JUNE, {"nda"}),
        ([*DRUG, ENDED, ASKED], date(2026, 8, 1), {"nda"}),
        ([*DRUG, ENDED, ASKED, GRANTED], JUNE, {"nda", "bla"}),
        ([*DRUG, ENDED, ASKED, GRANTED], date(2026, 7, 1), {"bla"}),
        ([ASKED], JUNE, {"bla"}),
        ([told("c", 1, "approved", "2020-01-01", "maa", market="AT")], JUNE, set()),
    ],
)
def test_the_applications_are_those_of_what_is_approved_and_not_withdrawn(
    facts: list[Told], on: date, found: set[str | None]
) -> None:
    for order in permutations(facts):
        assert applications_on(order, "US", on) == found


def test_of_the_union_counts_where_the_market_has_none_of_its_own() -> None:
    central, own = (
        told("u", 1, "approved", "2020-01-01", market="EU"),
        told("o", 1, "submitted", "2020-01-01", market="AT"),
    )
    assert registration_for([central], ["AT", "EU"]) == [central]
    assert registration_for([central, own], ["AT", "EU"]) == [own]
    assert registration_for([central], ["US"]) == []
    assert content_on([own], JUNE) is None
    assert content_on([central], JUNE) == central.said
