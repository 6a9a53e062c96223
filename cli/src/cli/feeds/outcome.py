"""What became of a file."""

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(slots=True)
class Outcome:
    """Rows by what became of them, and what was wrong. ``errors`` have row, field, value and reason."""

    accepted: int = 0
    duplicate: int = 0
    amended: int = 0
    refused: int = 0
    errors: list[dict[str, Any]] = field(default_factory=list)
    message_id: str | None = None
    state: str | None = None
    notices: list[str] = field(default_factory=list)

    @classmethod
    def of_answer(cls, answer: dict[str, Any]) -> "Outcome":
        """What partner_feeds answered about a message."""
        return cls(
            accepted=answer.get("accepted") or 0,
            duplicate=answer.get("duplicate") or 0,
            amended=answer.get("amended") or 0,
            refused=answer.get("refused") or 0,
            errors=answer.get("errors") or [],
            message_id=answer.get("message_id"),
            state=answer.get("state"),
            notices=answer.get("notices") or [],
        )

    def as_json(self) -> dict[str, Any]:
        """The object of ``--json``; a message that does not exist (a dry run) has no id."""
        return {name: value for name, value in asdict(self).items() if value is not None}
