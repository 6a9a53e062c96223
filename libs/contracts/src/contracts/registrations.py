"""Facts of partner_registry on what is registered where: the sponsor's in full, and to each partner its own row."""

from enum import StrEnum
from uuid import UUID

from contracts.fact import Fact, Part, fact
from contracts.moments import Day


class RegistrationState(StrEnum):
    """Where a product's registration for a market stands."""

    submitted = "submitted"
    approved = "approved"
    withdrawn = "withdrawn"


class RegistrationStep(StrEnum):
    """What changed of a registration."""

    submitted = "submitted"
    approved = "approved"
    varied = "varied"
    withdrawn = "withdrawn"


class ApplicationType(StrEnum):
    """By which application a product was registered: in the US which reports its holder owes follows from that."""

    nda = "nda"
    """A new drug application (21 CFR 314)."""
    anda = "anda"
    """An abbreviated one (21 CFR 314)."""
    bla = "bla"
    """A biologics licence application (21 CFR 601)."""
    maa = "maa"
    """A marketing authorisation application outside of the US."""
    other = "other"


class RegisteredActivity(Part):
    """A site that is approved for an activity."""

    site_id: UUID
    activity: str
    valid_from: Day
    valid_to: Day | None = None
    """The last day; None where it has no end."""


@fact("io.entente.RegistrationChanged.v1", topic="partner-registry.registration", key="registration_id")
class RegistrationChanged(Fact):
    """A product was submitted, approved, varied or withdrawn for a market. The sponsor's alone.

    What was told last is told again where somebody says by which application it was, or where its holder
    merged into another entity: the newest counts.
    """

    registration_id: UUID
    number: str
    product_id: UUID
    market: str
    """ISO 3166-1 alpha-2, or EU."""
    regime: str
    holder: str
    """The legal entity that holds the authorisation, as it was called when that was told."""
    legal_entity_id: UUID | None = None
    """None where it was told in words alone."""
    application_type: ApplicationType | None = None
    """None where nobody has said it."""
    authorisation_number: str | None
    what: RegistrationStep
    state: RegistrationState
    effective_on: Day
    """From which day on it holds; it may be told later, or before."""
    sites: tuple[RegisteredActivity, ...] = ()
    """As approved from that day on; of a submission none."""
    specification_version: str | None = None
    method_versions: tuple[str, ...] = ()
    process_version: str | None = None
    variation: str | None = None
    """The authority's number of it."""


@fact("io.entente.SiteRegistrationChanged.v1", topic="partner-registry.registered-site", key="registered_site_id")
class SiteRegistrationChanged(Fact):
    """What a partner is told: its site is registered for an activity, otherwise than before, or no longer."""

    registered_site_id: UUID
    site_id: UUID
    partner_id: UUID
    activity: str
    product_id: UUID
    product_code: str
    market: str
    registered: bool
    """Whether it is named from that day on."""
    effective_on: Day
    valid_from: Day | None = None
    valid_to: Day | None = None
    specification_version: str | None = None
    method_versions: tuple[str, ...] = ()
    process_version: str | None = None
