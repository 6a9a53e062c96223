"""Facts of partner_registry on what becomes of a site."""

from enum import StrEnum
from uuid import UUID

from contracts.fact import Fact, fact
from contracts.moments import Day, HappenedAt
from contracts.vocabulary import FactSide, Quantity


class SiteFact(Fact):
    """What every fact about one site carries."""

    site_id: UUID
    partner_id: UUID
    number: str


@fact("io.entente.SiteCorrected.v1", topic="partner-registry.site", key="site_id")
class SiteCorrected(SiteFact):
    """What was said of a site was wrong or not complete; it is the same one. Copies of it take all of this."""

    name: str
    premises: str | None
    """The address and buildings, as one would write them on a letter; None where nobody has said."""
    time_zone: str
    """IANA name; naive times from the site's systems are read in it."""
    activities: tuple[str, ...]
    technologies: tuple[str, ...]
    dosage_forms: tuple[str, ...]
    reason: str


@fact("io.entente.SiteClosed.v1", topic="partner-registry.site", key="site_id")
class SiteClosed(SiteFact):
    """A site is to close, was closed, or stays open after all: told with each news of it, and again on the day."""

    closing_on: Day | None
    """The first local day on which it does not work any more; None where the closing was called off."""
    closed: bool
    """That day has come."""
    successor_id: UUID | None = None
    """The site that takes its place."""
    reason: str


@fact("io.entente.SiteTransferred.v1", topic="partner-registry.site", key="site_id")
class SiteTransferred(SiteFact):
    """A site was sold: from a day on it belongs to another partner, which is ``partner_id``. Told when that has come.

    Records from before stay with who sold it; whoever keeps a copy of sites takes the new owner from this.
    """

    from_partner_id: UUID
    """Whose it was until then."""
    effective_on: Day
    """The first local day of the site on which it belongs to the new owner."""
    effective_at: HappenedAt
    """When that day begins there."""
    by_succession: bool = False
    """The owner before merged into the new one, which has taken its place in all that it did; else it was sold."""


class Segregation(StrEnum):
    """Classes of material for which premises are kept apart (EU GMP 3.6, 5.19; 21 CFR 211.42(d))."""

    beta_lactam = "beta_lactam"
    cephalosporin = "cephalosporin"
    cytotoxic = "cytotoxic"
    hormone = "hormone"
    live_organism = "live_organism"
    high_potency = "high_potency"
    none = "none"


class LineFact(Fact):
    """What every fact about one line of a site carries."""

    line_id: UUID
    number: str
    site_id: UUID
    partner_id: UUID
    code: str
    """What the site calls it."""
    activity: str
    effective_on: Day
    """From which local day of the site on it holds; it may be told later, or before."""
    told_by: FactSide
    """Who says so: the sponsor, or the owner of the site."""


@fact("io.entente.LineShared.v1", topic="partner-registry.line", key="line_id")
class LineShared(LineFact):
    """A line begins to share with classes of material for which premises are kept apart."""

    segregation: tuple[Segregation, ...]
    """Those with which it did not share on the day before."""


@fact("io.entente.CapacityChanged.v1", topic="partner-registry.line", key="line_id")
class CapacityChanged(LineFact):
    """What a line can make in a year is another amount from a day on."""

    before: Quantity | None
    """None where nobody had said."""
    after: Quantity


class Criticality(StrEnum):
    """How much what is made rests on it."""

    critical = "critical"
    major = "major"
    minor = "minor"


class SubSupplierAuditor(StrEnum):
    """Who audits a sub-supplier."""

    partner = "partner"
    sponsor = "sponsor"
    third_party = "third_party"
    nobody = "nobody"


@fact("io.entente.SubSupplierUsed.v1", topic="partner-registry.sub-supplier", key="sub_supplier_use_id")
class SubSupplierUsed(Fact):
    """A site has something from somebody else, or not any more; told anew when it is judged anew.

    Whether the sponsor agreed is not said here.
    """

    sub_supplier_use_id: UUID
    number: str
    site_id: UUID
    partner_id: UUID
    purpose: str
    """What is had from it."""
    supplier: str
    supplier_country: str
    """ISO 3166-1 alpha-2."""
    product_code: str | None
    """None: for whatever the site makes."""
    criticality: Criticality
    audited_by: SubSupplierAuditor
    last_audit_on: Day | None
    used_since: Day
    ended_on: Day | None = None
    """The first local day of the site on which it is not used any more."""
