"""What is said about a certificate: bodies of requests, what is stored of it, and answers."""

from datetime import date, datetime
from typing import Any, Self
from uuid import UUID

from pydantic import Field, model_validator
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field as Column
from sqlmodel import SQLModel, String

from contracts import Day
from contracts.partner_registry import CertificateKind, CertificateState
from partner_registry.metadata import INSTANT
from partner_registry.sites.model import Activity
from runtime.bodies import Body, Code, Digest, Line, Reason
from serving.shown import Answer, Ref, Shown

"""SHA-256, in hexadecimal digits."""


class Scope(Body):
    """What a site may do by a certificate."""

    activities: list[Activity] = Field(min_length=1, examples=[["drug_product"]])
    dosage_forms: list[Line] = Field(default_factory=list, examples=[["tablet", "capsule"]])
    """None: it is not limited to some."""

    def covers(self, activity: str, dosage_form: str | None) -> bool:
        """Whether an activity with a dosage form is in it; where no form is asked for, in any."""
        if activity not in self.activities:
            return False
        return (
            not self.dosage_forms
            or dosage_form is None
            or dosage_form.casefold() in map(str.casefold, self.dosage_forms)
        )

    def also(self, other: "Scope") -> "Scope | None":
        """What both cover; None where that is nothing."""
        activities = [each for each in self.activities if each in other.activities]
        forms = self.dosage_forms or other.dosage_forms
        if self.dosage_forms and other.dosage_forms:
            known = {each.casefold() for each in other.dosage_forms}
            forms = [each for each in self.dosage_forms if each.casefold() in known]
            activities = activities if forms else []
        return Scope(activities=activities, dosage_forms=forms) if activities else None


class RecordCertificate(Scope):
    """A certificate as it is printed. One of GMP has an end, or an inspection from which its end follows."""

    site_id: UUID
    kind: CertificateKind
    holder: Line = Field(examples=["Alpine Tablets d.o.o."])
    """The legal entity that it names."""
    legal_entity_id: UUID | None = None
    """Which of the partner's legal entities that is, where it is on record."""
    certificate_number: Code = Field(examples=["SI-GMP-2026-0117"])
    authority: Line = Field(examples=["JAZMP"])
    inspected_on: Day | None = Field(None, examples=["2026-01-16"])
    valid_from: Day = Field(examples=["2026-02-01"])
    valid_to: Day | None = Field(None, examples=["2029-01-16"])
    """The last day; none where nothing is printed."""
    digest: Digest = Field(examples=["0b" * 32])
    """SHA-256 of the document."""

    @model_validator(mode="after")
    def _ends(self) -> Self:
        if self.valid_to and self.valid_to < self.valid_from:
            raise ValueError(f"valid_to {self.valid_to} lies before valid_from {self.valid_from}")
        if self.kind == CertificateKind.gmp and not (self.valid_to or self.inspected_on):
            raise ValueError("a certificate of GMP without valid_to counts from its inspection: state inspected_on")
        return self


class ConfirmCertificate(Body):
    """Where and when it was found in the authority's own register."""

    authority_register: Line = Field(examples=["EudraGMDP"])
    checked_on: Day = Field(examples=["2026-02-03"])


class ExtendCertificate(Body):
    """A later last day, and the authority's notice that says so."""

    valid_to: Day = Field(examples=["2029-12-31"])
    notice: Line = Field(examples=["JAZMP notice 4/2029 of 2029-01-10"])


class RestrictCertificate(Scope, Reason):
    """What remains of it from which day on, why, and whether the authority stated non-compliance with GMP."""

    effective_on: Day = Field(examples=["2026-03-01"])
    non_compliance: bool = False


class WithdrawCertificate(Reason):
    """From which day on it counts no more, and whether the authority stated non-compliance with GMP."""

    effective_on: Day = Field(examples=["2026-03-01"])
    non_compliance: bool = False


class MovedEnd(Answer):
    """An end that was moved; the certificate keeps both."""

    before: date
    after: date
    notice: str
    by: str
    at: datetime


class ScopeRead(Answer):
    """What it covers; in whatever dosage form where none is named."""

    activities: list[Activity]
    dosage_forms: list[str]


class Restriction(ScopeRead):
    """What remained of the scope from a day on."""

    effective_on: date
    reason: str
    non_compliance: bool = False


class CertificateFields(SQLModel):
    """What readers see of a certificate as it is stored."""

    number: str
    state: CertificateState = Column(default=CertificateState.unchecked, sa_type=String)
    site_id: UUID = Column(foreign_key="site.id")
    partner_id: UUID
    kind: CertificateKind = Column(sa_type=String)
    holder: str
    legal_entity_id: UUID | None = Column(default=None, foreign_key="legal_entity.id")
    certificate_number: str
    authority: str
    activities: list[Activity] = Column(sa_type=ARRAY(String))
    """As it was issued: ``restrictions`` say what remains."""
    dosage_forms: list[str] = Column(default_factory=list, sa_type=ARRAY(String))
    inspected_on: date | None = None
    valid_from: date
    valid_to: date | None = None
    """The last day as printed, or as extended."""
    ends_on: date | None = None
    """The last day on which it counts: ``valid_to``, or of GMP without one 36 months after the inspection."""
    ends_at: datetime | None = Column(default=None, sa_type=INSTANT)
    """The instant at which that day ends at the site."""
    digest: str
    recorded_by: str
    authority_register: str | None = None
    checked_on: date | None = None
    checked_by: str | None = None
    extensions: list[Any] = Column(default_factory=list, sa_type=JSONB)
    restrictions: list[Any] = Column(default_factory=list, sa_type=JSONB)
    withdrawn_on: date | None = None
    """The first day on which it counts no more."""
    non_compliance: bool = False
    site_sold_on: date | None = None


class CertificateRead(CertificateFields, Shown):
    """A certificate as its readers see it, and whether it counts on the site's day of the answer."""

    site: Ref
    partner: Ref
    extensions: list[MovedEnd]
    restrictions: list[Restriction]
    counts: bool
    scope: ScopeRead | None
    """What it covers on that day; null where it does not count."""
