"""UCUM units: which are valid, and what a value in one is in another, exactly.

Definitions come from ucum-essence.xml as ucumvert ships it. They are multiplied out as fractions, for a factor that
went through a float may push a value over a limit's edge.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache, lru_cache
from typing import Any, Final

from lark import Lark, Token
from lark.exceptions import LarkError

LONGEST_UNIT: Final = 40
"""Characters. Real units are short; a long text would only keep the parser busy."""
LARGEST_EXPONENT: Final = 30
"""Beyond this a unit is no unit of measurement, and its factor would fill the memory."""

# A temperature scale's zero, in kelvin (UCUM 22, 30 and table 8). The other special units, pH among them, are no
# multiple of a proper unit: a value in one compares only with a value in the same one.
_ZERO: Final[Mapping[str, Fraction]] = {
    "Cel": Fraction("273.15"),
    "[degF]": Fraction("459.67") * 5 / 9,
    "[degRe]": Fraction("273.15"),
}


class NotComparable(Exception):
    """No exact rule leads from one unit to the other."""


@dataclass(frozen=True, slots=True)
class Scale:
    """A unit in base units: ``factor * value + zero``, of this dimension (base units and their exponents)."""

    factor: Fraction
    dimension: frozenset[tuple[str, int]] = frozenset()
    zero: Fraction = Fraction(0)


_ONE = Scale(Fraction(1))


def _times(left: Scale, right: Scale, exponent: int = 1) -> Scale:
    """``left * right ** exponent``. Raises NotComparable: a scale that does not begin at zero has no multiples."""
    if left.zero or right.zero:
        raise NotComparable("a temperature scale with a zero of its own cannot be part of a compound unit")
    if abs(exponent) > LARGEST_EXPONENT:
        raise NotComparable(f"an exponent is at most {LARGEST_EXPONENT}")
    dimension = dict(left.dimension)
    for base, power in right.dimension:
        dimension[base] = dimension.get(base, 0) + power * exponent
    present = frozenset((base, power) for base, power in dimension.items() if power)
    return Scale(left.factor * right.factor**exponent, present)


@lru_cache(maxsize=1)
def _parser() -> Lark:
    """Built at first use: a process that never meets two units need not wait for it, nor for ucumvert's imports."""
    from ucumvert import get_ucum_parser

    parser: Lark = get_ucum_parser()
    return parser


def _table(*tags: str) -> Mapping[str, Any]:
    """Entries of UCUM's table by their case-sensitive code; as a prefix ``m`` is milli, as a unit the metre."""
    from ucumvert.xml_util import root as essence

    return {entry.attrib["Code"]: entry for tag in tags for entry in essence.iterfind(f"{{*}}{tag}")}


@cache
def _prefixes() -> Mapping[str, Fraction]:
    return {code: Fraction(entry.find("{*}value").attrib["value"]) for code, entry in _table("prefix").items()}


@cache
def _units() -> Mapping[str, Any]:
    return _table("base-unit", "unit")


@lru_cache(maxsize=512)
def _atom(code: str) -> Scale:
    """A unit of UCUM's table. Raises NotComparable for one that is no multiple of base units."""
    element = _units()[code]
    definition = element.find("{*}value")
    if definition is None:
        return Scale(Fraction(1), frozenset({(code, 1)}))
    function = definition.find("{*}function")
    if function is not None:
        if code not in _ZERO:
            raise NotComparable(f"{code} is no multiple of another unit")
        degree = _times(Scale(Fraction(function.attrib["value"])), _scale(function.attrib["Unit"]))
        return Scale(degree.factor, degree.dimension, _ZERO[code])
    # Procedure-defined units such as [CFU] are commensurable with themselves alone (UCUM 24); [IU] is [iU].
    if element.attrib.get("isArbitrary") == "yes" and definition.attrib["Unit"] == "1":
        return Scale(Fraction(1), frozenset({(code, 1)}))
    return _times(Scale(Fraction(definition.attrib["value"])), _scale(definition.attrib["Unit"]))


def _simple(parts: list[Any]) -> Scale:
    if len(parts) == 2:
        return _times(Scale(_prefixes()[str(parts[0])]), _atom(str(parts[1])))
    if parts[0].type == "FACTOR":
        return Scale(Fraction(str(parts[0])))
    return _atom(str(parts[0]))


def _main(parts: list[Any]) -> Scale:
    return _times(_ONE, _walk(parts[1]), -1) if len(parts) == 2 else _walk(parts[0])


_RULES: Final[Mapping[str, Callable[[list[Any]], Scale]]] = {
    "main_term": _main,
    "term": lambda parts: _times(_walk(parts[0]), _walk(parts[2]), 1 if parts[1] == "." else -1),
    "component": lambda parts: _walk(parts[0]),  # what follows in braces is an annotation, which has no meaning
    "annotatable": lambda parts: _times(_ONE, _walk(parts[0]), int(parts[1])),
    "simple_unit": _simple,
}


def _walk(node: Any) -> Scale:
    """The scale of a syntax tree. A token here is an annotation alone, such as ``{tablet}``: the number one."""
    return _ONE if isinstance(node, Token) else _RULES[str(node.data)](node.children)


@lru_cache(maxsize=4096)
def _scale(unit: str) -> Scale:
    return _walk(_parser().parse(unit))


@lru_cache(maxsize=4096)
def is_unit(unit: str) -> bool:
    """True for a valid UCUM unit, ``1`` and annotations such as ``{tablet}`` included."""
    if not unit or len(unit) > LONGEST_UNIT:
        return False
    try:
        _parser().parse(unit)
    except LarkError:
        return False
    return True


@lru_cache(maxsize=4096)
def _line(unit: str, target: str) -> tuple[Fraction, Fraction] | None:
    """Slope and intercept from one unit to the other, or None."""
    if not (is_unit(unit) and is_unit(target)):
        return None
    try:
        given, wanted = _scale(unit), _scale(target)
    except NotComparable:
        return None
    if given.dimension != wanted.dimension:
        return None
    return given.factor / wanted.factor, (given.zero - wanted.zero) / wanted.factor


def converted(value: Decimal, unit: str, target: str) -> Decimal | Fraction | None:
    """A value in another unit, exactly; None where the units cannot be compared. Equal units are not looked at."""
    if unit == target:
        return value
    line = _line(unit, target)
    return None if line is None else Fraction(value) * line[0] + line[1]


def ratio(value: Decimal, unit: str, of: Decimal, of_unit: str) -> Fraction | None:
    """How many times another value one is, exactly; None where the units cannot be compared or have no multiples.

    A scale with a zero of its own has none, nor has a logarithmic one: 40 Cel is not twice 20 Cel. Raises
    ZeroDivisionError where the other value is nothing.
    """
    line = _line(unit, of_unit)
    if line is None or _scale(unit).zero or _scale(of_unit).zero:
        return None
    return Fraction(value) * line[0] / Fraction(of)
