"""Whether a market's registration names a revision of a specification, and since when: in whatever order it is told."""

from datetime import date
from itertools import permutations

import pytest

from sample_tracking.specifications.registered import Registered, is_asked, registered_since, standing
from tests import registering
from tests.registering import Told

JUNE = date(2026, 6, 1)


def told(sequence: int, what: str, on: str, version: str | None = None, market: str = "AT", key: str = "a") -> Told:
    more = {"specification_version": version, "number": f"REG-{key}"}
    return registering.told(key, sequence, what, on, market, **more)


SUBMITTED = told(1, "submitted", "2024-01-01")
APPROVED = told(2, "approved", "2025-01-01", "v1")
VARIED = told(3, "varied", "2026-03-15", "v2")
BACK = told(4, "varied", "2026-05-01", "v1")
ENDED = told(4, "withdrawn", "2026-05-20")
UNION = told(1, "approved", "2024-01-01", "v1", market="EU")
ENDED_SINCE = ((1, "approved"), (2, "withdrawn"))
FOLLOWED = [
    *(told(1, "approved", "2024-01-01", "v1"), told(2, "withdrawn", "2027-01-01")),
    *(told(1, "submitted", "2026-05-01", key="b"), told(2, "approved", "2027-01-01", "v2", key="b")),
]


@pytest.mark.parametrize(
    ("facts", "version", "verdict"),
    [
        ([], "v1", Registered.unknown),
        ([told(1, "approved", "2025-01-01", "v1", market="US")], "v1", Registered.unknown),
        ([SUBMITTED], "v1", Registered.not_registered),
        ([SUBMITTED, APPROVED], None, Registered.unknown),
        ([SUBMITTED, APPROVED], "v1", Registered.registered),
        ([SUBMITTED, APPROVED], "v2", Registered.other_version),
        ([SUBMITTED, APPROVED, VARIED], "v2", Registered.registered),
        ([SUBMITTED, APPROVED, VARIED], "v1", Registered.other_version),
        ([SUBMITTED, APPROVED, VARIED, ENDED], "v2", Registered.not_registered),
        ([SUBMITTED, APPROVED, VARIED, ENDED], None, Registered.not_registered),
        ([told(1, "approved", "2025-01-01", "v1", market="EU")], "v1", Registered.registered),
        ([told(1, "approved", "2026-06-02", "v1")], "v1", Registered.not_registered),
        (FOLLOWED, "v1", Registered.registered),
        (FOLLOWED, "v2", Registered.other_version),
        ([UNION, told(1, "submitted", "2026-05-01", key="b")], "v1", Registered.registered),
        (
            [UNION, *(told(at, what, "2025-01-01", "v0", key="b") for at, what in ENDED_SINCE)],
            "v1",
            Registered.registered,
        ),
        ([UNION, told(1, "approved", "2025-01-01", "v2", key="b")], "v1", Registered.registered),
        ([UNION, told(1, "approved", "2025-01-01", "v2", key="b")], "v3", Registered.other_version),
    ],
)
def test_what_a_registration_says_of_a_revision(facts: list[Told], version: str | None, verdict: Registered) -> None:
    found = {standing(order, "AT", version, JUNE) for order in permutations(facts)}
    (one,) = found
    assert (one.verdict, bool(one.why)) == (verdict, True)
    assert one.blocks(must_be_registered=False) is (verdict in {Registered.not_registered, Registered.other_version})
    assert one.blocks(must_be_registered=True) is (verdict is not Registered.registered)


def test_of_one_that_names_no_version_it_is_not_known_which_and_what_has_a_name_waits() -> None:
    (found,) = {
        standing(order, "AT", "v1", JUNE) for order in permutations([SUBMITTED, told(2, "approved", "2025-01-01")])
    }
    assert (found.verdict, "REG-a names no version on" in found.why) == (Registered.unknown, True)
    assert found.blocks(must_be_registered=False)


@pytest.mark.parametrize(
    ("facts", "version", "since"),
    [
        ([], "v2", None),
        ([SUBMITTED, APPROVED, VARIED], "v2", date(2026, 3, 15)),
        ([SUBMITTED, APPROVED, VARIED], None, date(2025, 1, 1)),
        ([SUBMITTED, APPROVED, VARIED, BACK], "v1", date(2026, 5, 1)),
        ([SUBMITTED, APPROVED, VARIED, ENDED], "v2", JUNE),
        ([UNION, told(1, "submitted", "2026-05-01", key="b")], "v1", None),
    ],
)
def test_since_when_it_is_named_does_not_ask_when_that_was_told(
    facts: list[Told], version: str | None, since: date | None
) -> None:
    for order in permutations(facts):
        for day in (JUNE, date(2026, 9, 1)):
            expected = day if since == JUNE else since
            assert registered_since(order, "AT", version, day) == expected


def test_what_holds_for_every_market_or_in_the_process_is_named_by_none() -> None:
    assert [is_asked("AT", each) for each in ("release", "shelf_life", "in_process")] == [True, True, False]
    assert not is_asked(None, "release")
