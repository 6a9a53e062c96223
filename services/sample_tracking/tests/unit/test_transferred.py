"""What follows for an entitlement from transfers of a method: in whatever order it becomes known."""

from datetime import date
from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.entitlements import EntitlementStanding as Standing
from contracts.method_transfers import MethodTransferKind as Kind
from contracts.method_transfers import MethodTransferOutcome as Outcome
from sample_tracking.entitlements.transferred import STANDINGS, KnownMethodTransfer, following

MARCH, APRIL, MAY = date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)
TRANSFER = uuid4()


def attempt(
    n: int, outcome: str, since: date | None, suspended: date | None = None, **more: Any
) -> KnownMethodTransfer:
    """An attempt to transfer a method."""
    given: dict[str, Any] = {
        "number": "TT-1, MT-1",
        "method_code": "M",
        "method_version": "1.0",
        "report_digest": "0c" * 32,
    }
    given |= {"product_id": uuid4(), "laboratory_site_id": uuid4(), "laboratory_partner_id": uuid4()}
    given |= {"id": UUID(int=n), "attempt": n, "kind": Kind.comparative, "transfer_id": TRANSFER, "signed_by": "eva"}
    given |= {"outcome": Outcome(outcome), "entitled_from": since, "suspended_from": suspended}
    return KnownMethodTransfer(**given | more)


def set_of(*attempts: KnownMethodTransfer) -> list[tuple[Standing, date]]:
    """The settings that follow, which are the same in each order."""
    found = [[(each.standing, each.valid_from) for each in following(order)] for order in permutations(attempts)]
    assert all(each == found[0] for each in found)
    return found[0]


@pytest.mark.parametrize("kind", Kind)
def test_each_kind_that_passes_gives_its_standing(kind: Kind) -> None:
    assert set_of(attempt(1, "passed", MARCH, kind=kind)) == [(STANDINGS[kind], MARCH)]
    assert set_of(attempt(1, "waived", MARCH, kind=kind)) == [(Standing.waived, MARCH)]


def test_a_failure_sets_nothing_and_a_later_attempt_does() -> None:
    failed = attempt(1, "failed", None)
    assert set_of(failed) == []
    assert set_of(failed, attempt(2, "passed", APRIL)) == [(Standing.transferred, APRIL)]


def test_a_verdict_that_turns_suspends_from_its_day() -> None:
    turned = attempt(1, "passed", MARCH, APRIL)
    assert set_of(turned) == [(Standing.transferred, MARCH), (Standing.suspended, APRIL)]
    again = attempt(2, "passed", MAY)
    assert set_of(turned, again)[-1] == (Standing.transferred, MAY)
    assert len(set_of(turned, again)) == 3


def test_of_one_day_only_what_counts_is_set() -> None:
    assert set_of(attempt(1, "passed", MARCH, MARCH)) == [(Standing.suspended, MARCH)]
    turned, again = attempt(1, "passed", MARCH, APRIL), attempt(2, "passed", APRIL)
    assert set_of(turned, again) == [(Standing.transferred, MARCH), (Standing.transferred, APRIL)]
    elsewhere = attempt(1, "passed", APRIL, transfer_id=uuid4(), id=UUID(int=9))
    assert (Standing.suspended, APRIL) not in set_of(turned, elsewhere)
    both = attempt(2, "passed", APRIL, APRIL)
    assert (Standing.suspended, APRIL) in set_of(turned, both)
