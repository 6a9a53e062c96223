"""What is wrong with a value that somebody else made: by field, each field once, and in words that show no value."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from pydantic import ValidationError

_FORMS_OF_A_MOMENT = ("datetime", "date", "constrained-str")
"""Under these names pydantic tells what kept a value from being each of them."""
_FORM = re.compile(r"[a-z-]+\[.*\]", re.DOTALL)
"""So does pydantic name other forms: ``function-after[...]``, ``literal['x']``."""
_IS = {
    "decimal": "is no number",
    "int": "is no whole number",
    "string": "is no text",
    "uuid": "is no UUID",
    "bool": "is neither true nor false",
    "model": "is no object",
    "tuple": "is no list",
    "datetime": "is no instant, day or month",
}
_WRITE = {
    "^[0-9a-f]{64}$": "write a SHA-256 as 64 digits of 0 to 9 and a to f",
    "^[A-Z]{2}$": "write two capital letters, such as SI",
}
"""What would be right, for a pattern that few people read."""


class Fault(NamedTuple):
    """One field, or with an empty name the whole, and what was given for it."""

    field: str
    kind: str
    """pydantic's type of error."""
    reason: str
    given: Any


def faults_of(errors: Sequence[Mapping[str, Any]]) -> list[Fault]:
    """pydantic's errors, each field once: one that may have several forms is told in each of them."""
    found: dict[str, Fault] = {}
    places = [each["loc"] for each in errors]
    for each in errors:
        if each["type"] == "too_short" and _is_long_enough(each, places):
            continue
        field = ".".join(map(str, _without_forms(each["loc"], places)))
        known = each.get("ctx", {})
        # Of our own rules and of broken JSON the reason itself.
        reason = str(known.get("error") or _WRITE.get(known.get("pattern"), each["msg"]))
        fault = Fault(field, each["type"], reason, each.get("input"))
        before = found.setdefault(field, fault)
        if before is not fault and fault.kind == "literal_error":
            found[field] = before._replace(reason=f"{before.reason}; or {each['ctx']['expected']}")
    return list(found.values())


def _is_long_enough(error: Mapping[str, Any], places: Iterable[Sequence[int | str]]) -> bool:
    """Whether so many were given, and pydantic counts none of those that are wrong: these are told by themselves."""
    place = error["loc"]
    parts_are_wrong = any(len(other) > len(place) and other[: len(place)] == place for other in places)
    return parts_are_wrong and len(error["input"]) >= error["ctx"]["min_length"]


def _without_forms(place: Sequence[int | str], places: Sequence[Sequence[int | str]]) -> list[int | str]:
    """The place without the forms that pydantic tried there."""
    plain = [step for step in place if not (isinstance(step, str) and _FORM.fullmatch(step))]
    if plain[-1:] and plain[-1] in _FORMS_OF_A_MOMENT:
        tried = [other for other in places if other[:-1] == place[:-1] and other[-1] in _FORMS_OF_A_MOMENT]
        plain = plain[:-1] if len(tried) > 1 else plain
    return plain


def in_one_line(error: ValidationError) -> str:
    """All that is wrong with a document: ``source, parties are missing; value is no number``."""
    faults = faults_of(error.errors(include_url=False))
    missing = [fault.field for fault in faults if fault.kind == "missing"]
    parts = [f"{', '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing"] if missing else []
    return "; ".join([*parts, *_each(fault for fault in faults if fault.kind != "missing")])


def _each(faults: Iterable[Fault]) -> Iterable[str]:
    for field, kind, reason, _ in faults:
        what, _, how = kind.partition("_")
        wrong = _IS.get(what) if how in ("type", "parsing", "from_date_parsing") else None
        if kind == "json_invalid":
            yield f"the data is no JSON: {reason}"
        elif not field:
            yield f"the data {wrong}" if wrong else reason
        else:
            yield f"{field} {wrong}" if wrong else f"{field}: {reason}"
