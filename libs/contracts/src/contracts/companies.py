"""Facts of partner_registry on which company stands behind a partner: its names, its owner, and what became of it."""

from uuid import UUID

from contracts.fact import Fact, fact
from contracts.moments import Day
from contracts.partner_registry import PartnerStatus


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


@fact("io.entente.PartnerAbsorbed.v1", topic="partner-registry.partner", key="partner_id")
class PartnerAbsorbed(Fact):
    """A partner merged into another one, which has all its rights and duties since a day. Told when that day has come,
    or later. What was told in its name stays so; its sites are told of by ``SiteTransferred``."""

    partner_id: UUID
    number: str
    """The absorbed one's, which goes on to lead to it."""
    legal_name: str
    before: PartnerStatus
    """Where the relation with it stood until then."""
    successor_id: UUID
    successor_number: str
    successor_name: str
    """By which the successor was known when this was told."""
    effective_on: Day
    """The first day on which there is only the successor."""
    reason: str


@fact("io.entente.PartnersUnified.v1", topic="partner-registry.partner", key="partner_id")
class PartnersUnified(Fact):
    """Two partners are one company that was registered twice, or that was taken back. No fact is moved: each record
    keeps the id with which it was written. The sponsor's alone, for it may be a mistake."""

    partner_id: UUID
    """The one that was registered later; its number is an alias of the other's."""
    number: str
    elder_id: UUID
    elder_number: str
    undone: bool
    """They are two after all."""
    reason: str
