"""Results that are no plain number: a limit with its sign (``<0,05``), or a word that says what was found."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from contracts.partner_feeds import Qualifier
from partner_feeds.values.texts import as_word, in_ascii

_SIGNS: Final = {
    "<": Qualifier.below_quantitation,
    "<=": Qualifier.at_most,
    "≤": Qualifier.at_most,
    "⩽": Qualifier.at_most,
    ">": Qualifier.above,
    ">=": Qualifier.above,
    "≥": Qualifier.above,
    "⩾": Qualifier.above,
}
_SIGNED = re.compile(r"(<=|>=|[<>≤≥⩽⩾])\s*([+-]?[0-9.,].*)", re.DOTALL).fullmatch

_WORDS: Final = {
    Qualifier.not_detected: (
        "nd nn bdl lod blod belowlod <lod <llod <dl <nwg <ng notdetected nichtnachweisbar nichtnachgewiesen "
        "nondétecté nonrilevato nonedetected notfound nichtbestimmbar nb nizaznano nogrowth udn undetected"
    ),
    Qualifier.below_quantitation: (
        "<loq <lloq <lq <ql <bg bql blq bloq blloq loq belowloq nq notquantifiable tr trace traces spuren "
        "belowreportingthreshold <rt belowlimit udb podmejodoločljivosti inférieuràlq"
    ),
    Qualifier.too_numerous: "tntc toonumeroustocount overgrown zuviele nichtzählbar",
    "complies": "complies comply conforms conform pass passes passed entspricht ustreza skladno conforme",
    "does not comply": (
        "doesnotcomply fail fails failed entsprichtnicht neustreza nonconforming non-conforming outoflimits "
        "outofspecification oos"
    ),
    "absent": "absent absence negative neg negativ abwesend odsotno sterile steril",
    "present": "present positive pos positiv",
}
_MEANINGS: Final = {word: means for means, words in _WORDS.items() for word in words.split()}


@dataclass(frozen=True, slots=True)
class Qualified:
    """A result whose number, where there is one, is read by its qualifier; ``text`` is the word as written."""

    qualifier: Qualifier
    value: Decimal | None
    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """In place of a value: the laboratory takes back what it reported before; ``text`` is the word as written."""

    text: str


def signed(text: str) -> tuple[Qualifier, str] | None:
    """The qualifier of a sign before a number, and the number's text; None for any other text."""
    found = _SIGNED(in_ascii(text))
    return (_SIGNS[found[1]], found[2]) if found else None


def meaning_of(word: str) -> str | None:
    """What a word in a column of results most likely says, to be proposed and never taken; None for other words."""
    return _MEANINGS.get(re.sub(r"[\s.]", "", as_word(word).casefold()))
