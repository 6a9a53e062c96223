"""How names of companies are compared, in whichever script their register writes them: pure functions."""

import re
import unicodedata
from typing import Final

_LEGAL_FORMS: Final = re.compile(
    r"(\s+(gmbh|ag|se|kg|kgaa|ltd|limited|pty|pte|inc|llc|llp|plc|co|corp|sa|sas|sa\s?rl|spa|srl|bv|nv|oy|ab|as|aps|doo"
    r"|sro|kft|sp\s?z\s?oo))+$"
)
# Marks of other scripts tell one word from another, as the vowels of Devanagari do.
_ACCENTS: Final = re.compile("[\u0300-\u036f\ufe00-\ufe0f]")
_LETTERS_AND_DIGITS: Final = ("L", "M", "N")
_LOOKS: Final = str.maketrans(
    "авекмнорстухіјѕӏԁԛԝ" + "αβεζηικμνορτυχ" + "øłđı", "abekmhopctyxijsldqw" + "abezhikmnoptyx" + "oldi"
)
"""Letters of other scripts that look like one of a to z as they are, or as capitals do (some of UTS 39)."""


def normalised(legal_name: str) -> str:
    """A name without case, accents, punctuation and a legal form at its end: two spellings of one company meet.

    Letters stay, of every script: never is it empty.
    """
    apart = unicodedata.normalize("NFKD", legal_name)
    plain = unicodedata.normalize("NFKC", _ACCENTS.sub("", apart).casefold())
    words = "".join(each for each in plain if _is_of_a_word(each))
    return " ".join(_LEGAL_FORMS.sub("", words).split()) or words.strip() or plain.strip()


def looks(normalised_name: str) -> str:
    """What a name seems to be to who reads it: a Cyrillic а is an a."""
    return normalised_name.translate(_LOOKS)


def _is_of_a_word(character: str) -> bool:
    return character == "_" or character.isspace() or unicodedata.category(character)[0] in _LETTERS_AND_DIGITS
