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

    What is empty is left out. In ``brief`` all stands in one line, without ids, by which no person knows anything; and
    of a list that there is nothing in it, for that is signed, too.
    """
    match value:
        case Mapping() if value.keys() == _REF:
            return " ".join(filter(None, (value["number"], value["name"]))) or str(value["id"])
        case Mapping():
            left_out = {name for name, each in value.items() if empty(each, brief=brief)}
            left_out |= {name for name in value if brief and name.endswith("_id")}
            told = ((name, each) for name, each in value.items() if name not in left_out)
            return "; ".join(f"{words(name)}: {text(each, brief=brief)}" for name, each in told)
        case str():
            return " / ".join(value.splitlines()) if brief else value  # or a text could pass for the next words
        case Sequence():
            return (", " if brief else "\n").join(text(each, brief=brief) for each in value) or "none"
    return json.dumps(value)


def empty(value: Any, *, brief: bool = False) -> bool:
    """Whether there is nothing to read; of a list ``brief`` reads that there is nothing in it."""
    return value in ((None, {}) if brief else (None, [], {}))
