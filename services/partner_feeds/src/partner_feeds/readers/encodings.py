"""Bytes into bytes of which lines can be made, by the mark at their beginning or else by the mapping's encoding."""

import codecs
from collections.abc import Iterable, Iterator
from itertools import chain

from partner_feeds.readers.lines import windows

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_NOT_UTF_8 = b"\xff"
_READ_ANYTHING = frozenset({"windows-1250", "windows-1252", "iso-8859-1", "iso-8859-15"})
"""Read by one of these, UTF-8 is text too, of which nearly no letter is right."""


def mark_of(beginning: bytes) -> tuple[bytes, str] | None:
    """The mark with which a file begins, and the encoding that it says; None where there is none."""
    return next((each for each in _MARKS if beginning.startswith(each[0])), None)


def unmarked(chunks: Iterable[bytes], encoding: str) -> tuple[str, Iterator[bytes]]:
    """The encoding of the lines, and their bytes without the mark.

    UTF-16 is given as UTF-8, for lines are cut before they are decoded. What is no UTF-16 becomes no UTF-8.
    """
    rest = iter(chunks)
    beginning = b""
    while len(beginning) < 3 and (chunk := next(rest, None)) is not None:
        beginning += chunk
    if marked := mark_of(beginning):
        beginning, encoding = beginning.removeprefix(marked[0]), marked[1]
    if encoding == "utf-16":  # without a mark, which every program but the rarest writes: by the first letter's zero
        encoding = "utf-16-be" if beginning.startswith(b"\x00") else "utf-16-le"
    whole = chain((beginning,), rest)
    return ("utf-8", _as_utf_8(whole, encoding)) if encoding.startswith("utf-16") else (encoding, whole)


def _as_utf_8(chunks: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)("surrogatepass")
    for window in windows(chunks):
        yield decoder.decode(window).encode("utf-8", "surrogatepass")
    if decoder.getstate()[0]:
        yield _NOT_UTF_8


def is_utf_8_instead(content: bytes, encoding: str) -> bool:
    """Whether a line is UTF-8, and the encoding would make other letters of it: ``Å½`` of a ``Ž``."""
    if encoding not in _READ_ANYTHING or content.isascii():
        return False
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def in_utf_8(beginning: bytes) -> bytes:
    """The beginning of a file without its mark, as UTF-8 where the mark says UTF-16; else as it is."""
    return b"".join(unmarked([beginning], "utf-8")[1])
