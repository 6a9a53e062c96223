"""How reported values stand to the range of a parameter: pure rules. Nothing is rounded before it is compared."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from contracts.transfer_design import ReadingVerdict
from gxp.units import converted
from tech_transfer.qbd.bounds import Bounds


@dataclass(frozen=True, slots=True)
class ReportedValue:
    """A value that the maker's system reported, and which revision of which record has it."""

    value: Decimal | None
    text: str | None
    unit: str | None
    record: str
    record_revision: int


@dataclass(frozen=True, slots=True)
class Found:
    """How all values of a parameter stand to its range, and those that lie outside."""

    verdict: ReadingVerdict
    why: str
    outside: Sequence[ReportedValue] = ()


def plain(words: str) -> str:
    """Words as they are compared, however they are spaced and whatever their case: compatible characters are one
    (NFKC), as systems write one letter in several ways. Letters that only look alike differ."""
    folded = unicodedata.normalize("NFKC", words).casefold()  # which takes some characters apart again
    return " ".join(unicodedata.normalize("NFKC", folded).split())


def values_of(data: Iterable[Any], step: str, name: str) -> list[ReportedValue]:
    """What records of a batch (``step``, ``values``, ``source``, ``revision``) say of a parameter, in their order."""
    return [
        ReportedValue(
            Decimal(each["value"]) if each.get("value") is not None else None,
            each.get("text"),
            each.get("unit"),
            record.source,
            record.revision,
        )
        for record in sorted(data, key=lambda record: str(record.source))
        if plain(record.step) == plain(step)
        for each in record.values
        if plain(each["name"]) == plain(name)
    ]


def judge(proven: Bounds, unit: str, values: Sequence[ReportedValue]) -> Found:
    """One value outside is enough; what cannot be compared is not good."""
    if not values:
        return Found(ReadingVerdict.not_reported, "nothing was reported of it")
    inside = [_lies_inside(proven, unit, each) for each in values]
    if outside := [each for each, found in zip(values, inside, strict=True) if found is False]:
        said = ", ".join(f"{each.value} {each.unit}" for each in outside)
        return Found(ReadingVerdict.outside, f"{said} is outside of {shown(proven)} {unit}", outside)
    if unjudged := [why for each in values if (why := _why_not(unit, each))]:
        return Found(ReadingVerdict.unjudged, "; ".join(dict.fromkeys(unjudged)))
    return Found(ReadingVerdict.inside, f"it is inside of {shown(proven)} {unit}")


def shown(bounds: Bounds) -> str:
    """A range in words."""
    if bounds.lower is None:
        return f"at most {bounds.upper}"
    return f"at least {bounds.lower}" if bounds.upper is None else f"{bounds.lower} to {bounds.upper}"


def _lies_inside(proven: Bounds, unit: str, given: ReportedValue) -> bool | None:
    """Whether a value lies inside; None where it cannot be compared."""
    if given.value is None or given.unit is None:
        return None
    value = converted(given.value, given.unit, unit)
    if value is None:
        return None
    above = proven.lower is None or value >= proven.lower
    return above and (proven.upper is None or value <= proven.upper)


def _why_not(unit: str, given: ReportedValue) -> str:
    if given.value is None:
        return f'"{given.text}" is no number'
    if given.unit is None:
        return f"{given.value} has no unit: its source states none"
    if converted(given.value, given.unit, unit) is None:
        return f"{given.unit} cannot be compared with {unit}"
    return ""
