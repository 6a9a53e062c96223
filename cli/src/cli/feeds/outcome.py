"""What became of a file."""

from dataclasses import asdict, dataclass, field
from typing import Any

COUNTS = ("accepted", "duplicate", "amended", "conflict", "unjudged", "left_out", "without_record", "refused")
"""What may become of a row."""
OPEN = ("conflict", "unjudged", "refused")
"""What of it somebody must look at."""
_ALWAYS = ("accepted", "duplicate", "refused")


@dataclass(slots=True)
class Outcome:
    """Rows by what became of them, and what was wrong. ``errors`` have row, field, value and reason."""

    accepted: int = 0
    duplicate: int = 0
    amended: int = 0
    conflict: int = 0
    unjudged: int = 0
    left_out: int = 0
    without_record: int = 0
    refused: int = 0
    errors: list[dict[str, Any]] = field(default_factory=list)
    message_id: str | None = None
    state: str | None = None
    notices: list[str] = field(default_factory=list)
    values: list[dict[str, Any]] = field(default_factory=list)
    """Of a trial: the first rows that are taken, with their cells and records."""

    @classmethod
    def of_answer(cls, answer: dict[str, Any]) -> "Outcome":
        """What partner_feeds answered about a message."""
        return cls(
            **{name: answer.get(name) or 0 for name in COUNTS},
            errors=answer.get("errors") or [],
            message_id=answer.get("message_id"),
            state=answer.get("state"),
            notices=answer.get("notices") or [],
            values=answer.get("values") or [],
        )

    @property
    def open(self) -> int:
        """Rows that somebody must look at."""
        return sum(getattr(self, name) for name in OPEN)

    def counted(self) -> str:
        """The counts in words, without those of nothing that rarely happens."""
        counts = {name: getattr(self, name) for name in COUNTS}
        return ", ".join(f"{n} {name.replace('_', ' ')}" for name, n in counts.items() if n or name in _ALWAYS)

    def as_json(self) -> dict[str, Any]:
        """The object of ``--json``; a message that does not exist (a dry run) has no id."""
        return {name: value for name, value in asdict(self).items() if value is not None}
