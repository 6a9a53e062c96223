"""Backups that are older than those that are kept, and the log that none of these needs."""

import shutil
from dataclasses import dataclass, field

from cli.backups.segments import segments
from cli.backups.store import Store
from cli.failures import Failure

FEWEST = 2
"""Base backups that are always kept: one may turn out to be spoilt."""


@dataclass(slots=True)
class Pruned:
    """What was removed."""

    bases: list[str] = field(default_factory=list)
    segments: int = 0
    bytes: int = 0


def prune(store: Store, keep: int) -> Pruned:
    """Remove all but the newest base backups, and the log before the oldest of them.

    Those that stay are verified first. Raises Failure where one is not whole, or where too few were to be kept.
    """
    if keep < FEWEST:
        raise Failure(f"{keep} base backups are too few", f"Keep {FEWEST} or more: --keep.")
    bases, pruned = store.bases(), Pruned()
    for base in bases[-keep:]:
        store.verify(base.name)
    for base in bases[:-keep]:
        # Its file first: what has none counts for nothing, should this be broken off.
        store.data(f"{base.name}.json").unlink()
        shutil.rmtree(store.data(base.name))
        pruned.bases.append(base.name)
    oldest = bases[-keep:][0].starts if bases else 0
    for segment in segments(store.wal):
        if segment.number < oldest // segment.size:
            segment.path.unlink()
            pruned.segments, pruned.bytes = pruned.segments + 1, pruned.bytes + segment.size
    return pruned
