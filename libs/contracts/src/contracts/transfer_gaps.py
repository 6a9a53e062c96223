"""Facts of tech_transfer about what differs between the two sites (WHO TRS 1044 annex 4, 6.5; ICH Q9)."""

from enum import StrEnum
from uuid import UUID

from contracts.fact import fact
from contracts.tech_transfer import TransferFact
from contracts.vocabulary import Classification


class GapCategory(StrEnum):
    """In what the two sites differ."""

    equipment = "equipment"
    scale = "scale"
    materials = "materials"
    utilities = "utilities"
    analytics = "analytics"
    people = "people"
    environment = "environment"
    regulatory = "regulatory"


class GapOutcome(StrEnum):
    """How a gap ended."""

    closed = "closed"
    """It is mitigated, as the evidence shows."""
    accepted = "accepted"
    """What is left of it is a risk that is taken."""


class GapFact(TransferFact):
    """What every fact about one gap carries."""

    gap_id: UUID
    gap_number: str
    category: GapCategory
    severity: Classification


@fact("io.entente.GapIdentified.v1", topic="tech-transfer.gap", key="gap_id")
class GapIdentified(GapFact):
    """Something is otherwise at the receiving site than at the sending one."""


@fact("io.entente.GapClosed.v1", topic="tech-transfer.gap", key="gap_id")
class GapClosed(GapFact):
    """A gap is mitigated, or what is left of it is accepted; a critical one by two people's signatures."""

    outcome: GapOutcome


@fact("io.entente.GapForetold.v1", topic="tech-transfer.foretold-deviation", key="foretold_deviation_id")
class GapForetold(TransferFact):
    """A deviation at the receiving site is one that a gap, or an item of the package, gave warning of."""

    foretold_deviation_id: UUID
    gap_id: UUID | None = None
    item_id: UUID | None = None
    """Of the package; one of the two is named."""
    category: str
    """Of the gap or of the item."""
    severity: Classification | None = None
    """Of the gap."""
    deviation_id: UUID
    deviation_number: str
