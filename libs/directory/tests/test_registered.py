"""What is registered on a day, and by which applications: by all that was told, in whatever order."""

from collections.abc import Iterable
from datetime import date
from itertools import permutations

import pytest

from directory.registered import applications_on, content_on, registration_for, registrations_on
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


def own(sequence: int, what: str, on: str, key: str = "o") -> Told:
    return told(key, sequence, what, on, market="AT")


CENTRAL = told("u", 1, "approved", "2020-01-01", market="EU")


@pytest.mark.parametrize(
    ("facts", "counts"),
    [
        ([CENTRAL], "u"),
        ([own(1, "submitted", "2020-01-01")], "o"),
        ([CENTRAL, own(1, "submitted", "2020-01-01")], "u"),
        ([CENTRAL, own(1, "approved", "2020-01-01"), own(2, "withdrawn", "2024-01-01")], "u"),
        ([CENTRAL, own(1, "approved", "2020-01-01")], "o"),
        (
            [
                own(1, "approved", "2020-01-01"),
                own(2, "withdrawn", "2027-01-01"),
                own(1, "approved", "2027-01-01", "p"),
            ],
            "o",
        ),
        (
            [
                own(1, "approved", "2020-01-01"),
                own(2, "withdrawn", "2026-01-01"),
                own(1, "approved", "2026-01-01", "p"),
            ],
            "p",
        ),
        (
            [
                own(1, "approved", "2020-01-01"),
                own(2, "withdrawn", "2026-01-01"),
                own(1, "submitted", "2025-01-01", "p"),
            ],
            "o",
        ),
    ],
)
def test_of_several_counts_what_registers_the_product_on_the_day(facts: list[Told], counts: str) -> None:
    for order in permutations(facts):
        assert registration_for(order, ["AT", "EU"], JUNE)[-1].key == counts
        running = registrations_on(order, ["AT", "EU"], JUNE)
        assert {each[-1].key for each in running} == {
            each.key for each in facts if content_on(_of(order, each.key), JUNE)
        }
        assert registration_for(order, ["US"], JUNE) == []


def _of(facts: Iterable[Told], key: str) -> list[Told]:
    return sorted((each for each in facts if each.key == key), key=lambda each: each.sequence)
