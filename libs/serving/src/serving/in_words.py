"""Values as people read them, before they sign and on paper."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

_REF = {"id", "number", "name"}
"""What a reference to another record has."""


def words(name: str) -> str:
    """The name of a field or of a table."""
    return name.replace("_", " ")


def text(value: Any, *, brief: bool = False) -> str:
    """A value in words: what it has as `name: value`, several one below the other, another record as it is called.

    What is empty is left out. In ``brief`` all stands in one line, without ids, by which no person knows anything.
    """
    match value:
        case Mapping() if value.keys() == _REF:
            return " ".join(filter(None, (value["number"], value["name"]))) or str(value["id"])
        case Mapping():
            told = {name: each for name, each in value.items() if not (empty(each) or (brief and name.endswith("_id")))}
            return "; ".join(f"{words(name)}: {text(each, brief=brief)}" for name, each in told.items())
        case str():
            return " / ".join(value.splitlines()) if brief else value  # or a text could pass for the next words
        case Sequence():
            return (", " if brief else "\n").join(text(each, brief=brief) for each in value)
    return json.dumps(value)


def empty(value: Any) -> bool:
    """Whether there is nothing to read."""
    return value in (None, [], {})
