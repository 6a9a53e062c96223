"""The write-ahead log, read record by record: recovery takes a spoilt one for the end of the log, and says nothing."""

import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

from cli.backups import programs
from cli.backups.segments import Segment, place, written
from cli.backups.store import Base, Store
from cli.failures import Failure

_ENDED = re.compile(r"error in WAL record at (?P<last>[0-9A-F]+/[0-9A-F]+): (?P<why>.*)", re.DOTALL)
_PLACE = re.compile(r"\b[0-9A-F]{1,8}/[0-9A-F]{1,8}\b")
_ONE_MESSAGE = 2**17
"""Bytes that a server sends at once: a receiver that was cut off may hold so much of a record that has no end yet."""


@dataclass(frozen=True, slots=True)
class Read:
    """How far the log behind a base backup can be read."""

    last: int
    """Where its last whole record begins."""
    ends: int
    """Where there is no record any more."""
    wrong: str | None = None
    """Why that is not where the log ends."""


def read(store: Store, base: Base) -> Read:
    """Read a log without gaps from a base backup on, over all timelines, as recovery will. Raises Failure."""
    needed = store.log(base)
    first, last = needed[0], needed[-1]
    with tempfile.TemporaryDirectory(prefix="entente-log-") as folder:
        for each in needed:
            # All under one timeline, for pg_waldump follows no other; and what is still written under its later name.
            (Path(folder) / _name(each.number, each.size)).symlink_to(each.path)
        # Behind the last one nothing, so that pg_waldump ends there with the place of the last record.
        nothing = Path(folder) / _name(last.number + 1, last.size)
        with nothing.open("wb") as file:
            file.truncate(last.size)
        # Both are named, for it takes the size of segments from the one that it is given.
        names = [str(Path(folder) / _name(first.number, first.size)), nothing.name]
        said = programs.said("pg_waldump", "--quiet", f"--start={base.start}", *names)
    if (ended := _ENDED.search(said)) is None:
        raise Failure(f"the log behind {base.name} cannot be read: {said or 'pg_waldump says nothing'}")
    # The last that it names: one of before may be what a spoilt record says.
    ends = place(_PLACE.findall(said)[-1])
    return Read(place(ended["last"]), ends, _wrong(ends, last, ended["why"]))


def _wrong(ends: int, last: Segment, why: str) -> str | None:
    behind = (last.number + 1) * last.size
    if last.partial and ends >= last.number * last.size:
        filled = last.number * last.size + len(last.path.read_bytes().rstrip(b"\0"))
        behind = filled if filled - ends > _ONE_MESSAGE else ends
    if ends >= behind:
        return None
    return f"the log breaks at {written(ends)}, and was received up to {written(behind)}: {why}"


def _name(number: int, size: int) -> str:
    high, low = divmod(number, 2**32 // size)
    return f"{1:08X}{high:08X}{low:08X}"
