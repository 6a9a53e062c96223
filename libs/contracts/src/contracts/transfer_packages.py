"""Facts of tech_transfer about what is handed over: the documents of its package (WHO TRS 1044 annex 4, 7)."""

from enum import StrEnum
from uuid import UUID

from contracts.fact import fact
from contracts.moments import HappenedAt
from contracts.tech_transfer import TransferFact


class PackageCategory(StrEnum):
    """What a document of the package is about."""

    process_description = "process_description"
    flow_diagram = "flow_diagram"
    batch_record = "batch_record"
    equipment = "equipment"
    process_parameters = "process_parameters"
    """Critical process parameters (ICH Q8)."""
    quality_attributes = "quality_attributes"
    """Critical quality attributes (ICH Q8)."""
    control_strategy = "control_strategy"
    """With the design space, where there is one."""
    methods = "methods"
    validation_reports = "validation_reports"
    specifications = "specifications"
    stability = "stability"
    regulatory_filings = "regulatory_filings"
    cleaning = "cleaning"
    safety = "safety"
    """With the exposure limits."""
    materials = "materials"
    """With their suppliers."""
    packaging = "packaging"
    lessons = "lessons"
    """Deviations, and what was learnt of them."""


class ReturnReason(StrEnum):
    """Why the receiving unit gives a document back."""

    incomplete = "incomplete"
    illegible = "illegible"
    not_approved = "not_approved"
    wrong_version = "wrong_version"
    contradicts_another = "contradicts_another"
    """Another document of the package says otherwise."""
    not_applicable = "not_applicable"
    """To the receiving site, or to what is transferred."""
    language = "language"
    other = "other"


class PackageItemFact(TransferFact):
    """What every fact about one item of the package carries."""

    item_id: UUID
    item_number: str
    category: PackageCategory
    mandatory: bool


class PackageRoundFact(PackageItemFact):
    """What every fact about a document that was handed over carries."""

    document_version: str
    digest: str
    """SHA-256 of the document."""
    round: int
    """How many times a document was provided for this item."""


@fact("io.entente.PackageItemProvided.v1", topic="tech-transfer.package-item", key="item_id")
class PackageItemProvided(PackageRoundFact):
    """The sending unit handed a document over, or a newer version of it."""

    accepted_version: str | None = None
    """The version that the receiving unit accepted before: it worked by that one until now. None of a first one."""
    accepted_at: HappenedAt | None = None
    """Since when it worked by that version."""


@fact("io.entente.PackageItemAccepted.v1", topic="tech-transfer.package-item", key="item_id")
class PackageItemAccepted(PackageRoundFact):
    """The receiving unit can work by the document."""


@fact("io.entente.PackageItemReturned.v1", topic="tech-transfer.package-item", key="item_id")
class PackageItemReturned(PackageRoundFact):
    """The receiving unit cannot work by the document: the item counts as missing until it is provided again."""

    reason: ReturnReason


@fact("io.entente.PackageItemWaived.v1", topic="tech-transfer.package-item", key="item_id")
class PackageItemWaived(PackageItemFact):
    """The sponsor's quality says why nothing has to be handed over of it."""

    reason: str
