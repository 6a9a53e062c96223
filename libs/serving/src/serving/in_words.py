"""Values as people read them, before they sign and on paper."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_REF = {"id", "number", "name"}
"""What a reference to another record has."""
_UNNAMED = "not named here"
"""Beside the id of what the reader is not told the name of, or that is not known yet."""


_DIVIDES = re.compile(r'[;,"]|:(?!\S)').search
"""What divides values, or could be taken for that."""


def words(name: str) -> str:
    """The name of a field or of a table."""
    return name.replace("_", " ")


def text(value: Any, *, brief: bool = False) -> str:
    """A value in words: what it has as `name: value`, several one below the other, another record as it is called.

    A text that stands among others and could be taken for more of them is in quotation marks: nobody writes a value
    that was none. Where one of the values has several of its own, these are in brackets.

    What is empty is left out. In ``brief`` all stands in one line, without ids, by which no person knows anything, and
    of what has no name that it has none; and of a list that there is nothing in it, for that is signed, too.
    """
    match value:
        case Mapping() if value.keys() == _REF:
            return _called(value) or (f"{_UNNAMED} ({value['id']})" if brief else str(value["id"]))
        case Mapping():
            left_out = {name for name, each in value.items() if empty(each, brief=brief)}
            left_out |= {name for name, each in value.items() if brief and _is_an_id(name, each)}
            told = ((name, each) for name, each in value.items() if name not in left_out)
            return "; ".join(f"{words(name)}: {among(each, brief=brief)}" for name, each in told)
        case str():
            return " / ".join(value.splitlines()) if brief else value  # or a text could pass for the next words
        case Sequence():
            return (", " if brief else "\n").join(among(each, brief=brief) for each in value) or "none"
    return json.dumps(value)


def among(value: Any, *, brief: bool = False) -> str:
    """A value as it stands beside others in one line."""
    said = text(value, brief=brief)
    match value:
        case Mapping() if value.keys() != _REF:
            return f"({said})" if brief and "; " in said else said
        case str() | Mapping():
            line = " / ".join(said.splitlines())
            return json.dumps(line, ensure_ascii=False) if _DIVIDES(line) else line
    return said


def named(value: Any, answer: Any) -> Any:
    """A value with each id as the reference that an ``answer`` has for it, where that has a number or a name."""
    known: dict[str, Any] = {}
    for each in _references(answer):
        if _called(each):
            known.setdefault(each["id"], each)
    return _with_references(value, known)


def _is_an_id(name: str, value: Any) -> bool:
    return name.endswith("_id") and isinstance(value, str)


def _called(reference: Mapping[str, Any]) -> str:
    return " ".join(filter(None, (reference["number"], reference["name"])))


def _references(value: Any) -> Iterator[Mapping[str, Any]]:
    match value:
        case Mapping() if value.keys() == _REF:
            yield value
        case Mapping():
            for each in value.values():
                yield from _references(each)
        case list():
            for each in value:
                yield from _references(each)


def _with_references(value: Any, known: Mapping[str, Any]) -> Any:
    match value:
        case Mapping() if value.keys() == _REF:
            return value if _called(value) else known.get(value["id"], value)
        case Mapping():
            told = {name: _with_references(each, known) for name, each in value.items()}
            return {name.removesuffix("_id") if each != value[name] else name: each for name, each in told.items()}
        case list():
            return [_with_references(each, known) for each in value]
        case str():
            return known.get(value, value)
    return value


def empty(value: Any, *, brief: bool = False) -> bool:
    """Whether there is nothing to read; of a list ``brief`` reads that there is nothing in it."""
    return value in ((None, {}) if brief else (None, [], {}))
