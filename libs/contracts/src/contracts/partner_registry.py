"""Facts of partner_registry: who may do what for us."""

from enum import StrEnum
from uuid import UUID

from contracts.fact import Fact, fact
from contracts.turns import BallHeld


class PartnerKind(StrEnum):
    """What a partner does for the sponsor."""

    cmo = "cmo"
    clo = "clo"
    cdmo = "cdmo"


class PartnerStatus(StrEnum):
    """Where the relation with a partner stands."""

    prospect = "prospect"
    active = "active"
    suspended = "suspended"
    exited = "exited"


@fact("io.entente.PartnerRegistered.v1", topic="partner-registry.partner", key="partner_id")
class PartnerRegistered(Fact):
    """A contract manufacturer or laboratory became known to the sponsor."""

    partner_id: UUID
    number: str
    legal_name: str
    kind: PartnerKind
    country: str
    """ISO 3166-1 alpha-2."""


@fact("io.entente.PartnerStatusChanged.v1", topic="partner-registry.partner", key="partner_id")
class PartnerStatusChanged(Fact):
    """A partner became active, was suspended or left."""

    partner_id: UUID
    before: PartnerStatus
    after: PartnerStatus
    reason: str


@fact("io.entente.SiteRegistered.v1", topic="partner-registry.site", key="site_id")
class SiteRegistered(Fact):
    """A partner's plant or laboratory became known."""

    site_id: UUID
    partner_id: UUID
    number: str
    name: str
    country: str
    time_zone: str
    """IANA name; naive times from the site's systems are read in it."""
    activities: tuple[str, ...]


@fact("io.entente.ProductRegistered.v1", topic="partner-registry.product", key="product_id")
class ProductRegistered(Fact):
    """A product of the sponsor became known."""

    product_id: UUID
    code: str
    name: str
    dosage_form: str
    strengths: tuple[str, ...] = ()


@fact("io.entente.partner-registry.BallHeld.v1", topic="partner-registry.ball", key="subject_id")
class PartnerRegistryBallHeld(BallHeld):
    """A partner waits to be activated, or waits no longer."""
