"""Who may do what with a qualification, and what of it is signed."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Final

from contracts import Grant, Role, Side
from partner_registry.qualifications.periods import OPEN

QUALITY: Final = frozenset({Role.quality})
ASSESSORS: Final = frozenset({Role.quality, Role.msat, Role.finance, Role.legal, Role.auditor})
PROVIDERS: Final[frozenset[Role | Grant]] = frozenset({Role.quality, Side.owner(Role.partner_quality)})
PREPARED: Final = frozenset({"prepared_by", "endorsed_by"})
SIGNED_AS: Final[Mapping[str, str]] = {
    **{each: each for each in ("site", "partner", "activity", "purpose", "products", "state", "conditions")},
    **{"dosage form": "dosage_form", "valid to": "valid_to", "audit waived": "waived"},
}
SIGNED_APART: Final[Collection[str]] = (
    *("state", "periods", "reason", "conditions", "condition_due_at", "later_evidence"),
    *("prolonged", "valid_from", "valid_to", "ends_at", "partner_id", "parties"),
)
"""What becomes of it later breaks no signature; nor that its partner merged into another one, which each reader is
told: the site, and the work for which it is qualified, are what was signed."""
TURNS: Final[Mapping[StrEnum, Collection[Side]]] = {state: {Side.sponsor} for state in OPEN}
