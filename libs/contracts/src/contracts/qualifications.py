"""Facts of partner_registry on what a site is qualified for."""

from enum import StrEnum
from uuid import UUID

from contracts.fact import Fact, fact
from contracts.moments import Day, DueAt


class Purpose(StrEnum):
    """For what a site works."""

    development = "development"
    commercial = "commercial"


class QualificationState(StrEnum):
    """Where a qualification stands. Work may be given by one that is approved or conditional."""

    planned = "planned"
    in_assessment = "in_assessment"
    approved = "approved"
    conditional = "conditional"
    rejected = "rejected"
    suspended = "suspended"
    expired = "expired"
    withdrawn = "withdrawn"


class EndCause(StrEnum):
    """Why a qualification ends that says nothing of the work that was done by it."""

    sold = "sold"
    closed = "closed"


class QualificationFact(Fact):
    """What every fact about one qualification carries: a site, for a scope and a purpose."""

    qualification_id: UUID
    number: str
    site_id: UUID
    partner_id: UUID
    activity: str
    dosage_form: str | None
    """Or the technology; None: whatever it makes by the activity."""
    product_ids: tuple[UUID, ...]
    """None: any product."""
    purpose: Purpose


@fact("io.entente.QualificationPlanned.v1", topic="partner-registry.qualification", key="qualification_id")
class QualificationPlanned(QualificationFact):
    """A site is to be qualified."""


@fact("io.entente.SiteQualificationChanged.v1", topic="partner-registry.qualification", key="qualification_id")
class SiteQualificationChanged(QualificationFact):
    """What a site may do for the sponsor changed, or may end later."""

    before: QualificationState
    after: QualificationState
    valid_from: Day | None
    valid_to: Day | None
    """The last local day of the site on which it counts; None before it was approved."""
    conditions: tuple[str, ...]
    """What is not allowed while conditions are open."""
    waived: bool
    """Something else stands for the audit."""
    reason: str
    effective_on: Day | None = None
    """The local day of the site since which it is so, perhaps long before it is told; None where none is stated."""
    cause: EndCause | None = None
    """That the site was sold or closed; None where something else changed it."""


@fact("io.entente.QualificationExpiring.v1", topic="partner-registry.qualification", key="qualification_id")
class QualificationExpiring(QualificationFact):
    """It ends soon; told once at each number of days."""

    days: int
    """180, 90 or 30: it ends within so many."""
    ends_at: DueAt
