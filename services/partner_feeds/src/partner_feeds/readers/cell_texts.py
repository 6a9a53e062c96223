"""The texts of a workbook's cells: those in a cell itself, and those that cells share."""

import re
from array import array
from collections.abc import Callable
from functools import lru_cache
from typing import IO
from xml.parsers import expat

from partner_feeds.readers.stored import Stored
from partner_feeds.readers.workbook import Workbook

RAISED = "\x00"
"""Before a text of which a part is struck through, raised or lowered: no text of XML holds it."""
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")
"""A character as ECMA-376, part 1, 22.9.2.19 writes it: _x000D_, and _x005F_ for an underscore before such an x."""
_LENGTH_OF_ESCAPE = len("_x000D_")
_IN_PARTS = "a part of the text is struck through, raised or lowered: write what is meant, and footnotes elsewhere"


class Text:
    """Gathers the text of an element from its runs, without how it is pronounced, and its escapes read."""

    def __init__(self, longest: int) -> None:
        self._longest, self._most = longest, _LENGTH_OF_ESCAPE * (longest + 1)
        self.begin()

    def begin(self) -> None:
        """A new text."""
        self._parts: list[str] = []
        self._size, self._inside, self._silent = 0, False, False
        self._mark = ""

    def start(self, name: str) -> None:
        """An element begins."""
        self._silent = self._silent or name == "rPh"
        if name in ("strike", "vertAlign"):
            self._mark = RAISED
        self._inside = name in ("t", "v") and not self._silent

    def end(self, name: str) -> None:
        """An element ends."""
        self._silent = self._silent and name != "rPh"
        self._inside = False

    def data(self, text: str) -> None:
        """Text, of which no more is kept than a cell may hold, were each character of it an escape."""
        if self._inside and self._size < self._most:
            self._parts.append(text[: self._most - self._size])
            self._size += len(text)

    def __str__(self) -> str:
        """The text; of one that is too long, one character more than a cell may hold."""
        text = "".join(self._parts)
        if "_x" in text:
            text = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
        return self._mark + text[: self._longest + 1]


class SharedStrings:
    """The texts that cells refer to by number. They lie in a file, so that memory stays flat."""

    def __init__(self, book: Workbook, longest: int, file: IO[bytes]) -> None:
        self._file = file
        self._ends = array("Q", [0])
        self._text = Text(longest)
        self.at: Callable[[int], str] = lru_cache(maxsize=10_000)(self._read)
        """The text of a number. Raises IndexError."""
        if "xl/sharedStrings.xml" in book.parts:
            parser = expat.ParserCreate()
            parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
            parser.CharacterDataHandler = self._text.data
            for _ in book.parse("xl/sharedStrings.xml", parser):
                pass

    def _start(self, name: str, _: object) -> None:
        local = name.rpartition(":")[2]
        if local == "si":
            self._text.begin()
        self._text.start(local)

    def _end(self, name: str) -> None:
        local = name.rpartition(":")[2]
        self._text.end(local)
        if local == "si":
            self._file.write(str(self._text).encode("utf-8", "surrogatepass"))
            self._ends.append(self._file.tell())

    def _read(self, number: int) -> str:
        if number < 0:
            raise IndexError(f"there is no text {number}")
        begin, end = self._ends[number], self._ends[number + 1]
        self._file.seek(begin)
        return self._file.read(end - begin).decode("utf-8", "surrogatepass")


def shown(text: str) -> str:
    """A text; or what cannot be taken, for a part of it is struck through, raised or lowered: 98.2 and a footnote."""
    if not text.startswith(RAISED):
        return text
    return Stored(text.removeprefix(RAISED), "none", _IN_PARTS)
