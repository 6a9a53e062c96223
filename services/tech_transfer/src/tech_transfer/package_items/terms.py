"""Words about items of the package."""

from enum import StrEnum


class ItemState(StrEnum):
    """Where an item of the package stands."""

    pending = "pending"
    """Nothing was handed over yet."""
    provided = "provided"
    accepted = "accepted"
    returned = "returned"
    """It counts as missing until it is provided again."""
    waived = "waived"
    closed = "closed"
    """The transfer was cancelled: the receiving unit reads nothing of it any more."""


OPEN = frozenset({ItemState.pending, ItemState.provided, ItemState.returned})
"""States in which somebody owes a step."""
GOING_ON = OPEN | {ItemState.accepted}
"""States in which a document may still be provided, or waived."""


class Confidentiality(StrEnum):
    """Who reads of an item."""

    confidential = "confidential"
    """Both units."""
    strictly_confidential = "strictly_confidential"
    """Both units, and in them only who is named to work with it: each unit sees to that."""
    sponsor_only = "sponsor_only"
    """A draft: no partner knows of it before it is addressed to both units. It is never mandatory."""


class PackageMove(StrEnum):
    """What happened to a document in a round."""

    provided = "provided"
    accepted = "accepted"
    returned = "returned"
    waived = "waived"
