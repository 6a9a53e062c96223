"""What a record is to the revisions of it that are known: rules alone, without a database."""

from collections.abc import Callable
from enum import StrEnum

Key = tuple[str, str]
"""A record's type and id: a sender may give a batch's start and its completion the same number."""


class Novelty(StrEnum):
    """What a record is to those that came before it."""

    new = "new"
    amended = "amended"
    late = "late"
    """A revision below one that is known, and not known itself: it is kept behind that one."""
    known = "known"
    contradicting = "contradicting"
    """Known under this revision, and with other content."""


TAKEN = frozenset({Novelty.new, Novelty.amended, Novelty.late})
"""What says something that nobody knew."""


class Revisions:
    """The digests of records' contents, by revision. What is judged joins: later records are held against it."""

    def __init__(self) -> None:
        self._digests: dict[tuple[Key, int], int] = {}
        self._highest: dict[Key, int] = {}

    def __len__(self) -> int:
        return len(self._digests)

    def __contains__(self, key: Key) -> bool:
        return key in self._highest

    def knows(self, key: Key, revision: int) -> bool:
        """Whether this very revision is known."""
        return (key, revision) in self._digests

    def add(self, key: Key, revision: int, digest: int) -> None:
        """Know one more revision. The first content of a revision stays."""
        self._digests.setdefault((key, revision), digest)
        self._highest[key] = max(revision, self._highest.get(key, revision))

    def novelty(self, key: Key, revision: int, digest: int, formerly: Callable[[], int] | None = None) -> Novelty:
        """What a record is to what is known, which it joins; ``formerly`` gives its digest in earlier releases."""
        before, highest = self._digests.get((key, revision)), self._highest.get(key)
        self.add(key, revision, digest)
        if before is not None:
            same = before == digest or (formerly is not None and before == formerly())
            return Novelty.known if same else Novelty.contradicting
        if highest is None:
            return Novelty.new
        return Novelty.amended if revision > highest else Novelty.late
