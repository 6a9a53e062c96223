"""The unit that a column's name states, and what must be asked about it."""

import re
from typing import Final, NamedTuple

from cli.feeds.sketch.roles import words_of
from gxp.unit_names import meant_by, why_no_unit
from partner_feeds.language.agreement import unit_in

_IN_BRACKETS = re.compile(r"[(\[]([^()\[\]]+|[^()\[\]]*\([^()]*\)[^()\[\]]*)[)\]]\s*$").search
_OF_ONE_LETTER: Final = frozenset("smhdgl%")
_NAME = re.compile(r"[A-Za-z]{0,3}[0-9]+(?:[-./ ][0-9]+)*%?|[^\W\d_]{1,3}\.?").fullmatch
_TIMES: Final = frozenset(["time", "times", "duration", "zeit", "dauer", "rt", "interval"])
_SHORT: Final = frozenset(
    (
        "mg kg ug µg ng pg ml ul µl nl dl sec min hrs ms cm mm um µm nm nM pM bar kPa Pa psi ppm ppb mol IU IE EU CFU "
        "KBE PFU °C °F Cel Hz kHz kDa Da rpm AU mAU OD NTU cP cps nC mV mA osm m2 m3 cm2 cm3 mm2 mm3"
    )
    .casefold()
    .split()
)
"""Units that look like names."""


class Unit(NamedTuple):
    """What a mapping says, and the question that stays."""

    ucum: str
    doubt: str


def unit_of(name: str) -> Unit:
    """The unit in brackets at a name's end, where it is one that laboratories write there."""
    found = _IN_BRACKETS(name)
    stated = found[1].strip() if found else ""
    if not stated:
        return Unit("1", "ASK for the unit")
    if stated == "%":
        return Unit("%", "")
    if _is_no_unit(stated) or (stated == "min" and not _TIMES & set(words_of(name))):
        meant = meant_by(stated) if unit_in(name) else None
        return Unit(meant or "1", f"ASK for the unit: what is {stated}?")
    if why_no_unit(stated) is None:
        return Unit(stated, "")
    return likely(stated)


def likely(stated: str) -> Unit:
    """The unit that is most likely meant by what is none of UCUM's: it is to be confirmed."""
    found = meant_by(stated)
    return (
        Unit(found, f"ASK whether {stated} is {found}")
        if found
        else Unit("1", f"ASK for the unit: UCUM has no {stated}")
    )


def _is_no_unit(stated: str) -> bool:
    """A number, a wavelength such as A280, or a letter that is more often the sign of a quantity than of a unit."""
    if len(stated) == 1:
        return stated not in _OF_ONE_LETTER
    return bool(_NAME(stated)) and stated.casefold() not in _SHORT
