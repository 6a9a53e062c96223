"""Where a method transfer stands, and what that is called."""

from enum import StrEnum
from typing import Final

from contracts.method_transfers import MethodTransferKind


class MethodTransferState(StrEnum):
    """Where a method transfer stands."""

    planned = "planned"
    criteria_frozen = "criteria_frozen"
    """Both laboratories and quality approved the protocol: nothing of it changes any more."""
    in_execution = "in_execution"
    evaluated = "evaluated"
    passed = "passed"
    failed = "failed"
    waived = "waived"
    reopened = "reopened"
    """Results that were amended later turned what was concluded."""
    repeated = "repeated"
    """Another attempt took its place."""
    amended = "amended"
    """Its protocol was revised before it was concluded: the one that follows is approved anew."""
    withdrawn = "withdrawn"
    """It was planned by mistake."""


State = MethodTransferState
TESTING: Final = frozenset({State.criteria_frozen, State.in_execution})
"""Results are taken."""
CONCLUDED: Final = frozenset({State.passed, State.failed})
TO_REPEAT: Final = frozenset({State.failed, State.reopened})
RUNNING: Final = frozenset({State.planned, *TESTING, State.evaluated})
"""Nothing is concluded yet: another protocol amends it."""
UNTESTED: Final = frozenset({State.planned, State.criteria_frozen})
"""No result is there yet that counts."""
WITHOUT_TESTS: Final = frozenset({MethodTransferKind.waiver})
"""Kinds of which the protocol plans no results."""
