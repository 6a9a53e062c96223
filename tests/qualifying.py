"""What is told of a site's qualification, for tests of the rules."""

from typing import Any
from uuid import UUID, uuid4

from directory.qualified import Change

_OF_ONE = uuid4()


def told(
    sequence: int, after: str, on: str, zone: str | None = "Europe/Vienna", of: UUID = _OF_ONE, **more: Any
) -> Change:
    """A change of a qualification for packaging any product; at ten in UTC where only its day is given."""
    said: dict[str, Any] = {"qualification_id": of, "number": "QUAL-2026-1", "site_id": uuid4()}
    said |= {"partner_id": uuid4(), "activity": "packaging", "dosage_form": None, "product_ids": ()}
    said |= {"purpose": "commercial", "before": "planned", "after": after, "valid_from": None, "valid_to": None}
    said |= {"conditions": (), "waived": False, "reason": "", "occurred_at": on if "T" in on else f"{on}T10:00:00Z"}
    return Change.of(said | more, sequence, zone)
