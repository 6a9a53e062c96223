"""What may be a number or a code: two that look alike to a person are never two things."""

import re
import unicodedata

_DECEIVING = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\uff01-\uff5e]").search
"""Soft hyphen, zero-width and direction marks, and the full-width forms of ASCII."""


_UNSEEN = re.compile(
    "[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e007f]"
)
"""Control, direction and zero-width characters, but tab, line ends and what joins letters in some scripts: none of them
is seen, and some let the rest be seen in another order."""


def check_seen(text: str) -> str:
    """The text. Raises ValueError for one with a character that nobody sees, or that turns the others around."""
    if found := _UNSEEN.search(text):
        raise ValueError(f"holds {_named(found[0])}, which nobody sees: write it without")
    return text


def seen(text: str) -> str:
    """The text with what nobody would see of it as code points, such as ``<U+202E>``."""
    return _UNSEEN.sub(lambda found: f"<U+{ord(found[0]):04X}>", text)


def _named(letter: str) -> str:
    return f"U+{ord(letter):04X} {unicodedata.name(letter, '')}".strip()


def check_storable(text: str) -> str:
    """The text. Raises ValueError for one with a character that no database takes, or that nobody sees."""
    if "\0" in text:
        raise ValueError("holds the character U+0000 (NUL), which cannot be stored: write it without")
    return check_seen(text)


def check_visible(text: str) -> str:
    """The text. Raises ValueError for one of which nobody would see anything, or that cannot be stored."""
    if all(unicodedata.category(letter)[0] in "CZ" for letter in text):
        raise ValueError("holds nothing that can be seen")
    return check_storable(text)


def check_code(code: str) -> str:
    """The code. Raises ValueError for one that looks like another, or like nothing."""
    if found := _DECEIVING(code):
        raise ValueError(
            f"holds {_named(found[0])}, which is invisible or looks like another character: write it without"
        )
    return check_visible(code)
