"""Less holds by what is told of a qualification, or of a registration, than by what was told before of the same."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from contracts.qualifications import QualificationState
from contracts.registrations import ApplicationType, RegistrationState, RegistrationStep
from quality_events.impacts.authorisations import Arrival, stands_since, takes_away
from quality_events.readiness.places import registered as is_registered
from quality_events.readiness.terms import Done, Dossier, Told
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


WITHDRAWN = REGISTERED.model_copy(
    update={"what": RegistrationStep.withdrawn, "state": RegistrationState.withdrawn, "sites": ()}
)
MARCH, MAY, JUNE = (datetime(2026, month, 1, tzinfo=UTC) for month in (3, 5, 6))


@pytest.mark.parametrize(
    "change",
    [
        {"application_type": ApplicationType.bla},
        {"occurred_at": JUNE},
        {"holder": "another", "authorisation_number": "2", "regime": "y"},
        {"effective_on": date(2018, 1, 2)},
        {"what": RegistrationStep.varied, "effective_on": date(2018, 1, 2), "specification_version": "v2"},
    ],
)
@pytest.mark.parametrize("came", [(MAY, JUNE), (JUNE, MAY)])
def test_what_changes_nothing_for_a_batch_is_no_news(change: dict[str, Any], came: tuple[datetime, datetime]) -> None:
    """It is lost since that was heard first; also where what was told of it later came before."""
    facts = [REGISTERED, WITHDRAWN, WITHDRAWN.model_copy(update=change)]
    assert set(_since(facts, [MARCH, *came]).values()) == {MAY}


def test_what_was_given_back_and_is_lost_again_is_news() -> None:
    """Whoever released it between the two rested on what held then."""
    fewer, whole = (REGISTERED.model_copy(update={"what": RegistrationStep.varied} | each) for each in (FEWER, {}))
    none = fewer.model_copy(update={"sites": ()})
    assert set(_since([REGISTERED, none, whole, none], [MARCH, MARCH, MAY, JUNE]).values()) == {JUNE}


def _since(facts: list[Any], came: list[datetime]) -> Any:
    told = [Told("a", at, each.model_dump(mode="json")) for at, each in enumerate(facts)]
    day = date(2018, 3, 1)
    done = [Done("making", WORLD.site, day, day, frozenset({"drug_product"}), WORLD.maker, day)]
    dossier = Dossier(batch={"product_id": str(WORLD.product)}, done=done, registrations=told)
    arrivals = [Arrival("a", at, each) for at, each in enumerate(came)]
    return stands_since(is_registered, dossier, "US", day, arrivals)
