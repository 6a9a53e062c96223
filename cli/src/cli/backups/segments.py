"""Places in the write-ahead log, and the files that hold it: whether one follows the other without a gap."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

_NAME = re.compile(r"(?P<timeline>[0-9A-F]{8})(?P<high>[0-9A-F]{8})(?P<low>[0-9A-F]{8})(?P<partial>\.partial)?")
_HISTORY = re.compile(r"[0-9A-F]{8}\.history")
_SIZES = {2**power for power in range(20, 31)}
"""Bytes: of one MB to one GB, as PostgreSQL allows."""


def place(text: str) -> int:
    """A place as PostgreSQL writes it, ``16/B374D848``, as a number of bytes."""
    high, low = text.split("/")
    return (int(high, 16) << 32) + int(low, 16)


@dataclass(frozen=True, slots=True, order=True)
class Segment:
    """One file of the log: how many of its size lie before it, on which timeline, and whether it is still written."""

    number: int
    timeline: int
    size: int
    path: Path
    partial: bool = False

    @classmethod
    def of(cls, path: Path) -> Self | None:
        """What a file's name says; None of what is no segment, such as a timeline's history."""
        named, size = _NAME.fullmatch(path.name), path.stat().st_size
        if named is None or size not in _SIZES:
            return None
        number = int(named["high"], 16) * (2**32 // size) + int(named["low"], 16)
        return cls(number, int(named["timeline"], 16), size, path, partial=bool(named["partial"]))


def segments(folder: Path) -> list[Segment]:
    """All segments of a folder, in their order."""
    files = folder.iterdir() if folder.is_dir() else ()
    return sorted(segment for path in files if path.is_file() and (segment := Segment.of(path)))


def way(folder: Path) -> dict[int, int]:
    """The timelines that lead to the newest one, as its history tells, each with the place where it begins.

    Nothing where no history was received: then there is one timeline.
    """
    files = [path for path in folder.glob("*.history") if _HISTORY.fullmatch(path.name)] if folder.is_dir() else []
    if not files:
        return {}
    newest = max(files, key=lambda path: path.name)
    return led(int(newest.name[:8], 16), newest.read_text())


def led(newest: int, history: str) -> dict[int, int]:
    """As ``way``, of what the history of a timeline says."""
    left = [(int(line[0]), place(line[1])) for each in history.splitlines() if (line := each.split())[1:]]
    timelines = [*(timeline for timeline, _ in left), newest]
    return dict(zip(timelines, [0, *(at for _, at in left)], strict=True))


def on_the_way(found: Iterable[Segment], begins: dict[int, int]) -> list[Segment]:
    """Those that recovery reads, one of each number: what a timeline holds behind the place it was left at is not.

    Of a segment in which a timeline was left the next one holds a copy, and goes on in it.
    """
    chosen = dict[int, Segment]()
    for each in sorted(found, key=lambda each: (each.number, each.partial)):
        if is_on_the_way(each, begins):
            chosen.setdefault(each.number, each)
    return list(chosen.values())


def is_on_the_way(segment: Segment, begins: dict[int, int]) -> bool:
    """Whether it is of the timeline that a segment of its number has to be of."""
    begun = [timeline for timeline, at in begins.items() if at // segment.size <= segment.number]
    return not begun or segment.timeline == begun[-1]


def gaps(found: Iterable[Segment], start: int) -> list[str]:
    """What lacks between a place and the last segment that is on the way, a sentence each."""
    found = list(found)
    if not found:
        return ["no write-ahead log was received"]
    size = found[0].size
    if any(each.size != size for each in found):
        return ["the segments are of different sizes: they are of more than one server"]
    first, held = start // size, {each.number for each in found}
    lacking = [number for number in range(first, max(max(held), first) + 1) if number not in held]
    return [f"{len(lacking)} segments lack, the first at {written(lacking[0] * size)}"] if lacking else []


def written(at: int) -> str:
    """A number of bytes as PostgreSQL writes that place."""
    return f"{at >> 32:X}/{at & 0xFFFFFFFF:X}"
