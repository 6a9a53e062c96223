"""Where a value stands in JSON: the paths of RFC 9535 that lead to one place, or with ``[*]`` to each of a list."""

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from partner_feeds.readers.json_text import Repeated

DEEPEST: Final = 64
"""Levels of a file: the records of no laboratory have more than a few."""
ANY: Final = -1
"""The step ``[*]``, to each element of a list."""

_STEP = re.compile(r"\.([^\W\d][\w-]*)|\['([^'\\]+)'\]|\[\"([^\"\\]+)\"\]|\[(\d{1,6}|\*)\]")
_PLAIN = re.compile(r"[^\W\d][\w-]*").fullmatch

Steps = tuple[str | int, ...]


def steps_of(path: str, *, many: bool = False) -> Steps:
    """The members and places that a path goes through. Raises ValueError with what would be right.

    Only where a path may lead to ``many`` values it may hold ``[*]``.
    """
    rest, steps = path.removeprefix("$"), list[str | int]()
    while rest:
        step = _STEP.match(rest)
        if step is None or not path.startswith("$") or (step[4] == "*" and not many):
            several = " or $.approvals[*].at" if many else ""
            raise ValueError(f"{path!r}: write a path such as $.result.value, $['Lot No.'] or $.values[0]{several}")
        place = ANY if step[4] == "*" else int(step[4] or 0)
        steps.append(place if step[4] else step[1] or step[2] or step[3])
        rest = rest[step.end() :]
    if len(steps) > DEEPEST:
        raise ValueError(f"{path[:80]!r}: no file is nested more than {DEEPEST} levels deep")
    return tuple(steps)


def written(steps: Steps) -> str:
    """The path of these steps, as it is written in a mapping."""
    return "$" + "".join(map(_step, steps))


def _step(step: str | int) -> str:
    if isinstance(step, int):
        return "[*]" if step == ANY else f"[{step}]"
    return f".{step}" if len(step) <= 80 and _PLAIN(step) else f"[{step[:80]!r}]"


def in_each(steps: Steps) -> Steps:
    """The same way, through each element of a list."""
    return tuple(ANY if isinstance(step, int) else step for step in steps)


def leads(path: Sequence[str | int], way: Sequence[str | int]) -> bool:
    """Whether a path leads where a way does, as far as the shorter of both goes."""
    return all(
        step == other or (step == ANY and isinstance(other, int)) for step, other in zip(path, way, strict=False)
    )


def at(record: Any, steps: Steps) -> Any:
    """The value at a path; None where there is none."""
    for step in steps:
        if isinstance(record, dict) and isinstance(step, str):
            record = record.get(step)
        elif isinstance(record, list) and isinstance(step, int):
            record = record[step] if step < len(record) else None
        else:
            return record if isinstance(record, Repeated) else None
    return record


def all_at(value: Any, steps: Steps) -> Iterator[tuple[Steps, Any]]:
    """Each value to which a path leads, with the way to it."""
    for index, step in enumerate(steps):
        if step == ANY:
            for place, each in enumerate(value) if isinstance(value, list) else ():
                for way, found in all_at(each, steps[index + 1 :]):
                    yield (*steps[:index], place, *way), found
            return
        value = at(value, (step,))
    yield steps, value
