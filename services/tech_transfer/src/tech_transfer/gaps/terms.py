"""Words about gaps."""

from enum import StrEnum


class GapState(StrEnum):
    """Where a gap stands."""

    identified = "identified"
    mitigation_agreed = "mitigation_agreed"
    """Both units agree to what is done about it."""
    closed = "closed"
    accepted = "accepted"
    """What is left of it is a risk that is taken."""


class SearchState(StrEnum):
    """Whether a search counts."""

    done = "done"
    withdrawn = "withdrawn"
