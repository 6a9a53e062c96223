"""Journeys of tests/e2e, through the gateway of a running installation, by people who sign in at its Keycloak."""

import pytest

from tests.e2e.test_journeys_to_release import (
    test_a_part_and_a_merge_are_held_by_what_they_came_of,
    test_released_in_one_market_and_rejected_in_the_other,
    test_two_qualified_persons_sign_at_once,
)

__all__ = [
    "test_a_part_and_a_merge_are_held_by_what_they_came_of",
    "test_released_in_one_market_and_rejected_in_the_other",
    "test_two_qualified_persons_sign_at_once",
]

pytestmark = pytest.mark.timeout(1200)
