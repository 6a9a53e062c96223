"""What may be a number or a code: two that look alike to a person are never two things."""

import re
import unicodedata

_DECEIVING = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\uff01-\uff5e]").search
"""Soft hyphen, zero-width and direction marks, and the full-width forms of ASCII."""


def check_storable(text: str) -> str:
    """The text. Raises ValueError for one with a character that no database takes."""
    if "\0" in text:
        raise ValueError("holds the character U+0000 (NUL), which cannot be stored: write it without")
    return text


def check_visible(text: str) -> str:
    """The text. Raises ValueError for one of which nobody would see anything, or that cannot be stored."""
    if all(unicodedata.category(letter)[0] in "CZ" for letter in text):
        raise ValueError("holds nothing that can be seen")
    return check_storable(text)


def check_code(code: str) -> str:
    """The code. Raises ValueError for one that looks like another, or like nothing."""
    if found := _DECEIVING(code):
        name = f"U+{ord(found[0]):04X} {unicodedata.name(found[0], '')}".strip()
        raise ValueError(f"holds {name}, which is invisible or looks like another character: write it without")
    return check_visible(code)
