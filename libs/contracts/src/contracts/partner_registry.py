"""Facts of partner_registry: who may do what for us."""

from enum import StrEnum
from uuid import UUID

from contracts.fact import Fact, Part, fact
from contracts.moments import Day, DueAt, HappenedAt
from contracts.partner_work import DecidedWork, StatusCause
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


class InspectionKind(StrEnum):
    """Why an authority comes, or looks from afar."""

    routine = "routine"
    pre_approval = "pre_approval"
    for_cause = "for_cause"
    remote = "remote"


class InspectionState(StrEnum):
    """How far an inspection is."""

    announced = "announced"
    running = "running"
    observed = "observed"
    answered = "answered"
    classified = "classified"
    closed = "closed"


class InspectionOutcome(StrEnum):
    """What the authority decided: FDA's no, voluntary or official action indicated; others state compliance."""

    nai = "nai"
    vai = "vai"
    oai = "oai"
    compliant = "compliant"
    non_compliant = "non_compliant"


class LetterKind(StrEnum):
    """What an authority sends after an inspection; ``snc`` is a statement of non-compliance with GMP."""

    form_483 = "form_483"
    warning_letter = "warning_letter"
    import_alert = "import_alert"
    snc = "snc"


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
    decided_work: tuple[DecidedWork, ...] = ()
    """What becomes of open work, as far as that was decided with the suspension."""
    undecided_work: int | None = None
    """How much work is open of which nothing is decided yet; None where that is not known, or was no suspension."""
    cause: StatusCause | None = None
    """For what an authority decided it is suspended; None where for something else, or it is not."""


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
    succeeds_id: UUID | None = None
    """The site whose work moves to these premises; nothing that was attested to it comes along."""
    premises: str | None = None
    """The address and buildings, as one would write them on a letter; None where nobody has said."""
    technologies: tuple[str, ...] = ()
    dosage_forms: tuple[str, ...] = ()


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

    followed: bool = False
    """A confirmed one of the same kind and scope counts on the next day."""


@fact("io.entente.CertificateWithdrawn.v1", topic="partner-registry.certificate", key="certificate_id")
class CertificateWithdrawn(CertificateFact):
    """The authority took it back, as a whole or in part."""

    effective_on: Day
    """The first local day of the site on which it counts no more, or only for what remains."""
    wholly: bool
    non_compliance: bool
    """The authority stated that the site does not comply with GMP."""
    reason: str


class InspectionFact(Fact):
    """What every fact about one inspection of an authority carries."""

    inspection_id: UUID
    number: str
    site_id: UUID
    partner_id: UUID
    authority: str
    kind: InspectionKind
    products: tuple[str, ...] = ()
    """That the authority named."""


@fact("io.entente.RegulatoryInspectionAnnounced.v1", topic="partner-registry.inspection", key="inspection_id")
class RegulatoryInspectionAnnounced(InspectionFact):
    """An authority said that it comes, or stands at the door."""

    announced_at: HappenedAt
    told_sponsor_at: HappenedAt
    starts_on: Day


class Observed(Part):
    """One thing that the inspectors noted."""

    text: str
    classification: str | None = None
    """Where the authority gives one."""
    ours: bool | None = None
    """Whether it concerns what is made for the sponsor; None where nobody has judged it."""


@fact("io.entente.RegulatoryInspectionRecorded.v1", topic="partner-registry.inspection", key="inspection_id")
class RegulatoryInspectionRecorded(InspectionFact):
    """The inspectors left, and what they noted, which may be nothing."""

    announced_at: HappenedAt
    told_sponsor_at: HappenedAt
    ended_on: Day
    observations: tuple[Observed, ...]
    answer_due_at: DueAt | None = None
    """Of a Form 483, 15 working days later (74 FR 40211); None where no norm says by when."""


class Letter(Part):
    """A letter of the authority after the inspection."""

    letter: LetterKind
    issued_on: Day
    reference: str


@fact("io.entente.RegulatoryInspectionClassified.v1", topic="partner-registry.inspection", key="inspection_id")
class RegulatoryInspectionClassified(InspectionFact):
    """The authority decided, or sent a letter; told anew with each."""

    outcome: InspectionOutcome | None
    """None before it decided."""
    classified_on: Day | None = None
    letters: tuple[Letter, ...]


@fact("io.entente.CommitmentOverdue.v1", topic="partner-registry.inspection", key="inspection_id")
class CommitmentOverdue(InspectionFact):
    """The last day of a promise to the authority ended, which is ``occurred_at``; told once."""

    commitment: int
    """Counted from 1."""
    text: str


@fact("io.entente.partner-registry.BallHeld.v1", topic="partner-registry.ball", key="subject_id")
class PartnerRegistryBallHeld(BallHeld):
    """A partner waits to be activated, a certificate to be confirmed; or it waits no longer."""
