"""A JSON file as the values in it, one after the other, each with the way to it: nothing is kept but the way."""

import re
from collections.abc import Iterable, Iterator
from itertools import repeat
from typing import Any

import ijson

from partner_feeds.readers.json_numbers import without_long_numbers
from partner_feeds.readers.json_paths import DEEPEST, Steps, leads
from partner_feeds.readers.json_text import Repeated, Unreadable
from partner_feeds.readers.lines import windows

BEGIN = ("start_map", "start_array")
MARK = b"\xef\xbb\xbf"
NOT_JSON = (ijson.JSONError, ValueError)
"""What reading raises where the file is no JSON."""

_END = ("end_map", "end_array")
_NO_NUMBER = re.compile(r"\W{0,2}(?:NaN|Infinity)\b").match
_AROUND = 20


class Walk:
    """The values of a file as ijson's events. One that begins may be ``taken`` whole: it is not walked through then."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self.events: Iterator[tuple[str, Any]] = ijson.basic_parse(_File(chunks))
        self.way: list[str | int] = []
        """To the value that was given last."""
        self.taken = False
        self._ended = False

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        for event, value in self.events:
            if event == "map_key":
                self.way[-1] = value
            elif event in _END:
                self.way.pop()
                self._step()
            else:
                self.taken = False
                yield event, value
                if event in BEGIN and not self.taken:
                    self.way.append(0 if event == "start_array" else "")
                else:
                    self._step()

    def _step(self) -> None:
        if not self.way:
            self._ended = True
        elif isinstance(self.way[-1], int):
            self.way[-1] += 1

    def skip(self, event: str) -> None:
        """Leave out the value that began with this event, with all in it."""
        self.taken = True
        depth = int(event in BEGIN)
        while depth:
            event, _ = next(self.events)
            depth += (event in BEGIN) - (event in _END)

    def why_not(self, error: Exception) -> Unreadable:
        """What is said of the rest of a file that is no JSON from here on."""
        reason, near = _said(error)
        if "premature EOF" in reason:
            reason, near = "the file breaks off here", ""
        elif self._ended:
            reason = "there is more text after the end of the JSON; of a record in each line say format: jsonl"
        return Unreadable(near, f"not JSON, and what follows could not be read either: {reason}", True)


def _said(error: Exception) -> tuple[str, str]:
    """What ijson says, and the text around which it says it: that above the mark in its third line."""
    given = error.args[0] if error.args else ""
    text = given.decode("utf-8", "replace") if isinstance(given, bytes) else str(given)
    reason, context, mark, *_ = *text.split("\n"), "", ""
    at = max(0, mark.find("^"))
    if _NO_NUMBER(context[max(0, at - 2) :]):
        reason = "NaN and Infinity are no JSON: write null where there is no number, or the word as a text"
    return reason[:200], context[max(0, at - _AROUND) : at + _AROUND].strip()


class _File:
    """Chunks as a file that is read to its end."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._pieces = without_long_numbers(windows(chunks))
        self._marked = True

    def read(self, size: int = -1) -> bytes:
        """The next piece, whatever its size."""
        if size == 0:
            return b""
        piece = next(self._pieces, b"")
        self._marked, marked = False, self._marked
        return piece.removeprefix(MARK) if marked else piece


def built(events: Iterator[tuple[str, Any]], begun: str, largest: int, to_records: Steps) -> Iterable[Any]:
    """The value that has begun, of which all events are taken. What has a key twice is told so.

    What is too large or deep is refused once for each record in it: they keep their places in the file.
    """
    root: dict[str, Any] | list[Any] = {} if begun == "start_map" else []
    open_: list[dict[str, Any] | list[Any]] = [root]
    way: list[Any] = [-1]
    size, deepest, records, depth = 0, 1, 0, len(to_records)
    for event, value in events:
        size += 8 + (len(value) if isinstance(value, str) else 0)
        if event == "map_key":
            way[-1] = value
        elif event in _END:
            open_.pop()
            way.pop()
            if not open_:
                break
        else:
            taken = ({} if event == "start_map" else []) if event in BEGIN else value
            inside, fits = open_[-1], size <= largest and len(open_) <= DEEPEST
            if isinstance(inside, list):
                way[-1] += 1
                if fits:
                    inside.append(taken)
            elif fits:
                key = way[-1]
                inside[key] = Repeated(key) if key in inside else taken
            records += len(way) == depth and leads(to_records, way)
            if event in BEGIN:
                open_.append(taken)
                way.append(-1)
                deepest = max(deepest, len(open_))
    if deepest > DEEPEST:
        return repeat(Unreadable("", f"nested more than {DEEPEST} levels deep", False), records or 1)
    if size > largest:
        return repeat(Unreadable("", f"the record is larger than {largest} bytes", False), records or 1)
    return (root,)
