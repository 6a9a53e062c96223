"""Facts of partner_registry on which company stands behind a partner: its names and its owner."""

from uuid import UUID

from contracts.fact import Fact, fact
from contracts.moments import Day


@fact("io.entente.PartnerRenamed.v1", topic="partner-registry.partner", key="partner_id")
class PartnerRenamed(Fact):
    """A legal entity of a partner, which stays the same, has another name or form from a day on. Told late, too."""

    partner_id: UUID
    number: str
    """The partner's."""
    legal_name: str
    """By which the partner is known by all that is told now."""
    legal_entity_id: UUID
    entity_number: str
    before: str
    """What the entity was called on the day before; where nobody knows, what it was first known as."""
    after: str
    form: str | None
    """Its legal form from that day on, such as GmbH; None where nobody has said it."""
    valid_from: Day


@fact("io.entente.PartnerOwnershipChanged.v1", topic="partner-registry.partner", key="partner_id")
class PartnerOwnershipChanged(Fact):
    """Another company owns a partner from a day on. It stays the same, with its agreements and qualifications."""

    partner_id: UUID
    number: str
    before: str | None
    """Who owned it on the day before; None where nobody knows."""
    after: str
    effective_on: Day
    reason: str
