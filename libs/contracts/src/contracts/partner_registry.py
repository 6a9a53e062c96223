"""Facts of partner_registry: who may do what for us."""

from enum import StrEnum
from uuid import UUID

from contracts.fact import Fact, fact
from contracts.moments import Day, DueAt
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


class CertificateKind(StrEnum):
    """What an authority attests by a certificate."""

    gmp = "gmp"
    gdp = "gdp"
    manufacturing_authorisation = "manufacturing_authorisation"
    import_authorisation = "import_authorisation"
    iso = "iso"
    accreditation = "accreditation"


class CertificateState(StrEnum):
    """Where a certificate stands. Only what was confirmed counts, and only on its days."""

    unchecked = "unchecked"
    valid = "valid"
    expired = "expired"
    withdrawn = "withdrawn"
    refused = "refused"


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


class CertificateFact(Fact):
    """What every fact about one certificate carries."""

    certificate_id: UUID
    number: str
    site_id: UUID
    partner_id: UUID
    kind: CertificateKind
    certificate_number: str
    """The authority's."""
    authority: str
    holder: str
    """The legal entity that it names."""
    activities: tuple[str, ...]
    """What remains of them after all restrictions."""
    dosage_forms: tuple[str, ...]
    """None: it is not limited to some."""
    valid_from: Day
    ends_on: Day | None
    """The last local day of the site on which it counts; None where it has no end."""


@fact("io.entente.CertificateRecorded.v1", topic="partner-registry.certificate", key="certificate_id")
class CertificateRecorded(CertificateFact):
    """A site's certificate was written down. It does not count before it is confirmed."""

    digest: str
    """SHA-256 of the document."""


@fact("io.entente.CertificateConfirmed.v1", topic="partner-registry.certificate", key="certificate_id")
class CertificateConfirmed(CertificateFact):
    """Somebody else found it in the authority's own register: it counts on its days."""

    authority_register: str
    checked_on: Day


@fact("io.entente.CertificateExpiring.v1", topic="partner-registry.certificate", key="certificate_id")
class CertificateExpiring(CertificateFact):
    """It ends soon, and no confirmed one follows without a gap; told once at each number of days."""

    days: int
    """180, 90 or 30: it ends within so many."""
    ends_at: DueAt


@fact("io.entente.CertificateExtended.v1", topic="partner-registry.certificate", key="certificate_id")
class CertificateExtended(CertificateFact):
    """The authority lets it count for longer, also after it has expired."""

    before: Day
    """The last day until then."""
    notice: str


@fact("io.entente.CertificateExpired.v1", topic="partner-registry.certificate", key="certificate_id")
class CertificateExpired(CertificateFact):
    """Its last day ended at the site, which is ``occurred_at``."""


@fact("io.entente.CertificateWithdrawn.v1", topic="partner-registry.certificate", key="certificate_id")
class CertificateWithdrawn(CertificateFact):
    """The authority took it back, as a whole or in part."""

    effective_on: Day
    """The first local day of the site on which it counts no more, or only for what remains."""
    wholly: bool
    non_compliance: bool
    """The authority stated that the site does not comply with GMP."""
    reason: str


@fact("io.entente.partner-registry.BallHeld.v1", topic="partner-registry.ball", key="subject_id")
class PartnerRegistryBallHeld(BallHeld):
    """A partner waits to be activated, a certificate to be confirmed; or it waits no longer."""
