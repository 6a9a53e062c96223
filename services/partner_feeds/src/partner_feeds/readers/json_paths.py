"""Where a value stands in a record: the paths of RFC 9535 that lead to one place, without wildcards and filters."""

import re
from typing import Any

from partner_feeds.readers.json_text import Repeated

_STEP = re.compile(r"\.([^\W\d][\w-]*)|\['([^'\\]+)'\]|\[\"([^\"\\]+)\"\]|\[(\d{1,6})\]")

Steps = tuple[str | int, ...]


def steps_of(path: str) -> Steps:
    """The members and places that a path goes through. Raises ValueError with what would be right."""
    rest, steps = path.removeprefix("$"), list[str | int]()
    while rest:
        step = _STEP.match(rest)
        if step is None or not path.startswith("$"):
            raise ValueError(f"{path!r}: write a path such as $.result.value, $['Lot No.'] or $.values[0]")
        steps.append(int(step[4]) if step[4] else step[1] or step[2] or step[3])
        rest = rest[step.end() :]
    return tuple(steps)


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
