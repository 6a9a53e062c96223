"""Less holds by what is told of a qualification, or of a registration, than by what was told before of the same."""

from datetime import date
from typing import Any

import pytest

from contracts.qualifications import QualificationState
from contracts.registrations import RegistrationStep
from quality_events.impacts.authorisations import takes_away
from tests.releasing import qualified, registered
from tests.world import World

WORLD = World()
QUALIFIED, REGISTERED = qualified(WORLD, WORLD.site, "drug_product"), registered(WORLD, "US")
FEWER = {"sites": REGISTERED.sites[:1]}


@pytest.mark.parametrize(
    ("first", "change", "expected"),
    [
        (QUALIFIED, {}, False),
        (QUALIFIED, {"valid_to": date(2099, 1, 1)}, False),
        (QUALIFIED, {"valid_from": date(2017, 1, 1)}, False),
        (QUALIFIED, {"after": QualificationState.conditional}, False),
        (QUALIFIED, {"after": QualificationState.suspended}, True),
        (QUALIFIED, {"valid_to": date(2018, 6, 1)}, True),
        (QUALIFIED, {"valid_from": date(2018, 6, 1)}, True),
        (QUALIFIED, {"product_ids": (WORLD.product,)}, True),
        (REGISTERED, {}, False),
        (REGISTERED, FEWER, True),
        (REGISTERED, {"what": RegistrationStep.withdrawn}, True),
        (REGISTERED, FEWER | {"what": RegistrationStep.submitted}, False),
    ],
)
def test_less_holds_than_before(first: Any, change: dict[str, Any], expected: bool) -> None:
    assert takes_away(first.model_dump(mode="json"), first.model_copy(update=change)) is expected


def test_the_first_that_is_told_takes_nothing_away_but_where_it_refuses() -> None:
    assert [takes_away(None, each) for each in (QUALIFIED, REGISTERED)] == [False, False]
    assert takes_away(None, QUALIFIED.model_copy(update={"after": QualificationState.withdrawn}))
