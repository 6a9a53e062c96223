"""What would be right in place of a unit that is none of UCUM's, or that UCUM reads as what nobody means.

An unknown unit is refused, never guessed; so is one that looks like another: ``Mg/mL`` is megagrams to UCUM.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from typing import Final

from gxp.unit_words import ALONE, EXACTLY, MISREAD, UCUM_OF
from gxp.units import LONGEST_UNIT, converted, is_unit

_MOLAR = re.compile("([munpf\u00b5\u03bc])M").fullmatch
_LARGE: Final = {"M": "mega", "G": "giga", "T": "tera", "P": "peta", "E": "exa", "Z": "zetta", "Y": "yotta"}
_TOO_LARGE = re.compile(r"[MGTPEZY](?:g|G|l|L|m|mol|eq|s|S|A|osm|bar|Cel|C|F)").fullmatch
"""Prefixes above kilo that no laboratory needs with these units: a capital letter was meant as a small one."""
_HUGE = re.compile(r"[PEZY][A-Za-z]+|[GT](?:T|U|R|P|H|t|u|ph|pc|ar|st)").fullmatch
"""Likewise, where no small letter tells what was meant."""
_ANNOTATIONS: Final = {"cfu", "kbe", "ufc", "iu", "ie", "eu", "pfu", "ppm", "ppb"}
"""In braces they mean nothing to UCUM, and 1 {CFU}/g is no [CFU]/g."""

_ATOMS = re.compile(r"\{[^{}]*\}|\[[^\[\]]*\]|[A-Za-z%]+(?:\[[^\[\]]*\])?(?:\{[^{}]*\})?")
_PERCENT_OF = re.compile(r"%\s*\(?\s*([mwvMWV]\s*/\s*[mwvMWV])?\s*\)?|%.*").fullmatch
_POWER = re.compile(r"[x×*]?\s*10\s*[\^*eE]\s*([0-9]{1,2})\s*(.*)").fullmatch
_HUNDRED = re.compile(r"(.+)/\s*100\s*(m[lL]|g)").fullmatch
_LOGARITHM = re.compile(r"(?:log|lg)\s*(?:10)?(?:[\s(_]\s*(.+?))?\)?", re.IGNORECASE).fullmatch
_DOTTED = re.compile(r"\b([IEU])\.\s?([IEU])\b\.?", re.IGNORECASE)
"""``I.E.``, ``I.U.``: no point between two units."""
_OF_TIME = re.compile(r"(.*(?:/|[mku]?Pa\.))([SH])((?:[./].*)?)").fullmatch
"""Whatever is counted by the siemens or the henry is meant by the second or the hour; so is a viscosity."""
_SIGNS: Final = str.maketrans({"·": ".", "*": ".", "×": ".", "⋅": ".", "²": "2", "³": "3", "µ": "u", "μ": "u"})


@lru_cache(maxsize=4096)
def why_no_unit(unit: str) -> str | None:
    """What would be right in place of a unit; None for one that is right.

    What follows in braces is an annotation, by which a unit that looks like another can be meant: ``K{kelvin}``.
    """
    shown = repr(unit[:LONGEST_UNIT])
    if not is_unit(unit):
        suggestion = _suggestion(unit)
        advice = f"write {suggestion}" if suggestion else "write a UCUM unit such as mg, %, mg/mL, Cel, or 1 for none"
        return f"{shown} is not a UCUM unit: {advice}"
    if unit in ALONE:
        what, likely = ALONE[unit]
        right = likely or "the unit that is meant"
        return f"UCUM reads in {shown} {unit} as {what}: write {right}, or {unit}{{{what}}} if it is that"
    if time := _OF_TIME(unit):
        read = {"S": "siemens", "H": "henry"}[time[2]]
        return f"UCUM reads in {shown} {time[2]} as {read}: write {time[1]}{time[2].lower()}{time[3]}"
    misread = {atom: found for atom in _ATOMS.findall(unit) if (found := _misread(atom))}
    if not misread:
        return None
    likely = _ATOMS.sub(lambda atom: misread[atom[0]][1] if atom[0] in misread else atom[0], unit)
    meant = _ATOMS.sub(lambda atom: f"{atom[0]}{{{misread[atom[0]][0]}}}" if atom[0] in misread else atom[0], unit)
    if not is_unit(likely) or "" in (each for _, each in misread.values()):
        likely = "the unit that is meant"
    read = " and ".join(f"{atom} as {what}" for atom, (what, _) in misread.items())
    kept = "" if "{" in unit else f", or {meant} if that is meant"
    return f"UCUM reads in {shown} {read}: write {likely}{kept}"


def known_unit(unit: str) -> str:
    """The unit, if it is one, and none that looks like another. Raises ValueError with what would be right."""
    if reason := why_no_unit(unit):
        raise ValueError(reason)
    return unit


def _misread(atom: str) -> tuple[str, str] | None:
    """How UCUM reads a part of a unit that most likely means another, and that other; blank where it cannot be told."""
    if atom in MISREAD:
        return MISREAD[atom]
    if atom.startswith("{") and atom[1:-1].lower() in _ANNOTATIONS:
        return "an annotation without meaning", UCUM_OF[atom[1:-1].lower()]
    if _TOO_LARGE(atom):
        return _LARGE[atom[0]], atom[0].lower() + atom[1:]
    is_huge = atom != "Pa" and bool(_HUGE(atom)) and is_unit(atom) and is_unit(atom[1:])
    return (_LARGE[atom[0]], "") if is_huge else None


def _suggestion(unit: str) -> str | None:
    """The likely UCUM unit, part by part; None where no part tells."""
    return next((each for each in _candidates(unit.strip()) if is_unit(each) and why_no_unit(each) is None), None)


def _candidates(unit: str) -> Iterator[str]:
    plain = _DOTTED.sub(r"\1\2", " ".join(unit.translate(_SIGNS).split()))
    if _MOLAR(unit):
        yield _part(unit)
    yield EXACTLY.get(unit, UCUM_OF.get(unit.casefold(), ""))
    if unit.startswith("%") and (found := _PERCENT_OF(unit)):
        volume = found[1] and found[1].casefold().replace(" ", "") in ("w/v", "m/v")
        yield "g/dL" if volume else "%"
    if logarithm := _LOGARITHM(plain):
        of = f"_{logarithm[1]}" if logarithm[1] else ""
        yield f"{{log10{of.replace(' ', '_')}}}"
    if power := _POWER(unit):
        yield f"10*{power[1]}{_in_parts(power[2].translate(_SIGNS))}"
    if hundred := _HUNDRED(plain):
        yield f"{_in_parts(hundred[1])}/{'dL' if hundred[2].lower() == 'ml' else 'hg'}"
    yield _in_parts(plain)
    yield _in_parts(re.sub(r"(?<=[A-Za-z])\s+(?=[A-Za-z])", ".", plain))


def _in_parts(unit: str) -> str:
    """``KBE/g`` is ``[CFU]/g``: each part between its operators by itself."""
    return "".join(piece if piece in "/." else _part(piece.strip()) for piece in re.split(r"([/.])", unit))


def _part(text: str) -> str:
    if molar := _MOLAR(text):
        return f"{molar[1].translate(_SIGNS)}mol/L"
    if likely := _misread(text):
        return likely[1]
    known = UCUM_OF.get(text.casefold())
    if known and not (is_unit(text) and text not in MISREAD):
        return known
    if is_unit(text) or not text:
        return text
    # Of a word that is all capitals its program knows no small letters; of any other they mean something.
    return text.lower() if text.isupper() and is_unit(text.lower()) else text


_PLAIN_NUMBERS: Final = {"mol", "rad", "sr"}
_COUNTED = re.compile(r"1|\{[^{}]*\}").fullmatch


def meant_by(word: str) -> str | None:
    """The UCUM unit that a word most likely means: itself, or what would be right in its place; None for no unit."""
    return word if is_unit(word) and why_no_unit(word) is None else _suggestion(word)


def is_stated_as(unit: str, word: str) -> bool:
    """Whether a file's word for a unit means this UCUM unit: °C is Cel, and tabs may be what is counted."""
    if word in (unit, "-"):
        return word != "-" or bool(_COUNTED(unit))
    meant = meant_by(word)
    return meant == unit or (bool(_COUNTED(unit)) and bool(_COUNTED(meant or "1")))


def is_another(unit: str, word: str) -> bool:
    """Whether a word is a unit of the same kind as this one and of another size: mg/L beside mg/mL, ppm beside %.

    Of another kind, as ``SEC`` beside %, it is most likely no unit at all.
    """
    meant = meant_by(word)
    if meant is None or meant == unit or _is_counted(meant) or _is_counted(unit):
        return False
    size = converted(Decimal(1), meant, unit)
    return size is not None and size != 1


_COMMON = re.compile("%.*|[kmunµμ]g|mcg|[muµμ][lL]|[mcunµμ]m|pp[mb]|°[CF]|kN|kPa|mbar").fullmatch
_RATIO = re.compile(
    r"(?:[kmunp]?g|[mun]?mol|[mu]?[lL]|\[(?:CFU|PFU|IU|EU)\])/"
    r"(?:[km]?g|[dmu]?[lL]|m[23]|cm2|h|min|\{(?:tablet|capsule|vial|dose)\})"
).fullmatch
_BY_VOLUME: Final = {"%": "g/dL", "[ppm]": "mg/L", "[ppb]": "ug/L"}
"""What a share is of a solution, where nobody says that it is by mass."""


def is_surely_a_unit(word: str) -> bool:
    """Whether a word in a name is a unit and can be nothing else: %, °C, mg, mg/mL; but not SEC, A280, N/A or m/V."""
    meant = meant_by(word)
    return meant is not None and bool(_COMMON(word) or _RATIO(meant))


def is_of_another_kind(unit: str, word: str) -> bool:
    """Whether a word is surely a unit, and no value in it is one in this unit: mg/mL beside %, or % beside mg."""
    meant = meant_by(word)
    if meant is None or not is_surely_a_unit(word) or converted(Decimal(1), meant, unit) is not None:
        return False
    return converted(Decimal(1), _BY_VOLUME.get(meant, meant), _BY_VOLUME.get(unit, unit)) != 1


def contradicts(unit: str, word: str) -> bool:
    """Whether a word beside a number says another unit than this one, of the same kind or surely of another."""
    return is_another(unit, word) or is_of_another_kind(unit, word)


def _is_counted(unit: str) -> bool:
    """Whether it is a plain number to UCUM, as tablets, radians and g/g are: of those a word tells nothing."""
    left, slash, right = unit.partition("/")
    return unit in _PLAIN_NUMBERS or bool(_COUNTED(unit)) or (slash == "/" and left == right)
