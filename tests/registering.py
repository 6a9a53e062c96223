"""Facts about registrations as readers keep them, for tests of what follows from them."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Told:
    """A fact as it was kept."""

    key: str
    sequence: int
    said: Any


def told(key: str, sequence: int, what: str, on: str, market: str, **more: Any) -> Told:
    """What was told of one registration, as which of the facts about it."""
    state = {"varied": "approved"}.get(what, what)
    return Told(key, sequence, {"what": what, "state": state, "effective_on": on, "market": market} | more)
