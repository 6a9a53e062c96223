"""JSON text without numbers that no measurement has: of a million digits one ends the whole process that reads it."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

LONGEST_NUMBER: Final = 100
"""Characters of a number: those that are measured have a quarter of it."""
TOO_LONG: Final = "1e9999"
"""Stands for a number that is longer. It is of no size that is measured either, and so is never taken."""

_SIGNS = b"+-.0123456789eE"
_AS_ZEROS = bytes.maketrans(_SIGNS, b"0" * len(_SIGNS))
_SHORTEST = 19
"""Characters of the shortest number that may be unreadable, by its exponent: a Decimal's has 18 digits."""
_TEXT_OR_NUMBER = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|[-+.0-9eE]{%d,}' % _SHORTEST, re.DOTALL)
_LONG_EXPONENT = re.compile(rb"[eE][-+]?[0-9]{10}").search
_ESCAPE = re.compile(rb"\\.", re.DOTALL)


def without_long_numbers(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same text with ``TOO_LONG`` in place of each number that is. What stands in texts stays as it is."""
    kept, in_text = b"", False
    for piece in pieces:
        window = kept + piece
        kept = window[-1:] if _ends_in_escape(window) else b""
        window = window.removesuffix(kept)
        begins_in_text, in_text = in_text, in_text ^ _is_odd(_quotes(window))
        if not in_text and not kept:
            # A number may go on in the next piece. Of a long one the beginning is enough to know it.
            whole = window.rstrip(_SIGNS)
            kept, window = window[len(whole) :][: LONGEST_NUMBER + 1], whole
        if window:
            yield _bounded(window, begins_in_text)
    if kept:
        yield _bounded(kept, in_text)


def _bounded(window: bytes, begins_in_text: bool) -> bytes:
    # One search in a window whose numbers are all zeros costs a fraction of a regular expression.
    if b"0" * _SHORTEST not in window.translate(_AS_ZEROS):
        return window
    opened = b'"' if begins_in_text else b""
    return _TEXT_OR_NUMBER.sub(_short, opened + window).removeprefix(opened)


def _short(found: re.Match[bytes]) -> bytes:
    token = found[0]
    is_long = len(token) > LONGEST_NUMBER or _LONG_EXPONENT(token)
    return TOO_LONG.encode() if is_long and not token.startswith(b'"') else token


def _quotes(window: bytes) -> int:
    """Quotes that begin or end a text."""
    return (_ESCAPE.sub(b"", window) if b"\\" in window else window).count(b'"')


def _ends_in_escape(window: bytes) -> bool:
    return _is_odd(len(window) - len(window.rstrip(b"\\")))


def _is_odd(number: int) -> bool:
    return bool(number % 2)
