"""Bytes into lines, in memory that does not grow with the file nor with an endless line."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

WINDOW = 64 * 1024
"""A chunk is looked at in pieces of this size, so that one huge chunk is not copied line by line at once."""


class Line(NamedTuple):
    """One physical line without its ending; ``content`` is None when it was too long to be kept."""

    number: int
    content: bytes | None


def split_lines(chunks: Iterable[bytes], longest: int) -> Iterator[Line]:
    """Lines ended by LF, CRLF or CR, wherever the chunks were cut."""
    kept = bytearray()
    too_long = False
    number = 1
    for piece, ended in _pieces(chunks):
        if ended and not kept and not too_long and len(piece) <= longest:
            yield Line(number, piece)
            number += 1
            continue
        if not too_long:
            kept += piece
        if len(kept) > longest:
            too_long = True
            kept.clear()
        if ended:
            yield Line(number, None if too_long else bytes(kept))
            number += 1
            kept.clear()
            too_long = False
    if kept or too_long:
        yield Line(number, None if too_long else bytes(kept))


def _pieces(chunks: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Parts of lines, and whether the line ends with the part."""
    after_return = False
    for window in windows(chunks):
        # CRLF cut in two: the line already ended with the CR of the window before.
        rest = window[1:] if after_return and window.startswith(b"\n") else window
        after_return = window.endswith(b"\r")
        for piece in rest.splitlines(keepends=True):
            if piece.endswith(b"\r\n"):
                yield piece[:-2], True
            elif piece.endswith((b"\n", b"\r")):
                yield piece[:-1], True
            else:
                yield piece, False


def windows(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces that are never large."""
    for chunk in chunks:
        if len(chunk) <= WINDOW:
            if chunk:
                yield chunk
            continue
        for start in range(0, len(chunk), WINDOW):
            yield chunk[start : start + WINDOW]


_END_MARK = b"\x1a"


def without_end_mark(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes without the mark (Ctrl-Z) by which programs of DOS end a text."""
    held = b""
    for chunk in chunks:
        if chunk:
            yield held + chunk.removesuffix(_END_MARK)
            held = _END_MARK if chunk.endswith(_END_MARK) else b""
