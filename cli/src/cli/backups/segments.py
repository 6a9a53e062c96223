"""Places in the write-ahead log, and the files that hold it: whether one follows the other without a gap."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

_NAME = re.compile(r"(?P<timeline>[0-9A-F]{8})(?P<high>[0-9A-F]{8})(?P<low>[0-9A-F]{8})(?P<partial>\.partial)?")
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


def gaps(found: Iterable[Segment], start: int) -> list[str]:
    """What lacks between a place and the last segment, a sentence each.

    A restore goes on from one timeline to the next, so a number counts as held whichever timeline holds it.
    """
    found = list(found)
    if not found:
        return ["no write-ahead log was received"]
    size = found[0].size
    if any(each.size != size for each in found):
        return ["the segments are of different sizes: they are of more than one server"]
    first, held = start // size, {each.number for each in found}
    lacking = [number for number in range(first, max(max(held), first) + 1) if number not in held]
    return [f"{len(lacking)} segments lack, the first at {_written(lacking[0] * size)}"] if lacking else []


def _written(at: int) -> str:
    return f"{at >> 32:X}/{at & 0xFFFFFFFF:X}"
