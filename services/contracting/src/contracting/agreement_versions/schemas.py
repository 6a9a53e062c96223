"""What is said about a version: what readers see of it as it is stored."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from pydantic import Field as Given
from pydantic import computed_field
from sqlalchemy import Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel, String

from contracting.agreement_versions.precedence import ClauseStanding
from contracting.agreement_versions.readiness import StepAhead
from contracting.agreement_versions.terms import AgreementContact, AgreementDocument, AgreementTerms, ExitTerms, Party
from contracting.clauses.moments import left_out_classes, waits_for
from contracting.clauses.terms import Clause
from contracting.metadata import INSTANT
from contracts.contracting import AgreementKind, Renewal
from runtime.bodies import Body, Digest, Line, Words
from serving.shown import Answer, Ref, Shown


class VersionState(StrEnum):
    """Where a version stands."""

    draft = "draft"
    """It was given back: the side that drafted it writes it anew."""
    in_review = "in_review"
    agreed = "agreed"
    signed = "signed"
    """By both; its first day is to come."""
    effective = "effective"
    superseded = "superseded"
    ended = "ended"
    """With its agreement."""
    withdrawn = "withdrawn"


OPEN = frozenset({VersionState.draft, VersionState.in_review, VersionState.agreed})
"""It is not signed by both yet, and may be taken back."""


class VersionPurpose(StrEnum):
    """Why a version is made."""

    first = "first"
    amendment = "amendment"
    renewal = "renewal"


class VersionFields(SQLModel):
    """What readers see of a version."""

    agreement_id: UUID = Field(foreign_key="agreement.id", index=True)
    agreement_number: str
    kind: AgreementKind = Field(sa_type=String)
    partner_id: UUID
    version_number: int
    """From 1, in the order in which they were first put before the other side."""
    state: VersionState = Field(default=VersionState.in_review, sa_type=String)
    purpose: VersionPurpose = Field(sa_type=String)
    drafted_by_side: Party = Field(sa_type=String)
    parent_version_id: UUID | None = None
    """The version that it changes."""
    changed_clauses: list[str] = Field(default_factory=list, sa_type=ARRAY(String))
    round: int = 1
    """How often it was put before the other side."""
    digest: str
    """SHA-256 of the content: what agreeing and signing are bound to."""
    title: str
    sponsor_entity: str
    sponsor_entity_id: UUID | None = None
    partner_entity: str
    partner_entity_id: UUID | None = None
    site_ids: list[UUID] = Field(sa_type=ARRAY(Uuid))
    product_ids: list[UUID] = Field(sa_type=ARRAY(Uuid))
    services: list[str] = Field(sa_type=JSONB)
    markets: list[str] = Field(sa_type=JSONB)
    governing_law: str
    effective_from: date
    expires_on: date | None = None
    notice_days: int | None = None
    notice_days_for_cause: int | None = None
    renewal: Renewal = Field(sa_type=String)
    renewal_months: int | None = None
    exit_terms: Any = Field(sa_type=JSONB)
    contacts: list[Any] = Field(sa_type=JSONB)
    documents: list[Any] = Field(sa_type=JSONB)
    clauses: list[Any] = Field(sa_type=JSONB)
    price_list_id: UUID | None = Field(default=None, foreign_key="price_list.id")
    """What its products cost; those who trade read it."""
    submitted_at: datetime = Field(sa_type=INSTANT)
    submitted_by: str
    sponsor_agreed_by: str | None = None
    sponsor_agreed_at: datetime | None = Field(default=None, sa_type=INSTANT)
    partner_agreed_by: str | None = None
    partner_agreed_at: datetime | None = Field(default=None, sa_type=INSTANT)
    sponsor_signed_by: str | None = None
    sponsor_signed_at: datetime | None = Field(default=None, sa_type=INSTANT)
    partner_signed_by: str | None = None
    partner_signed_at: datetime | None = Field(default=None, sa_type=INSTANT)
    took_effect_at: datetime | None = Field(default=None, sa_type=INSTANT)
    """When that was noted; it holds from the beginning of its first day."""
    effective_to: date | None = None
    """The last day on which it held, once the next one took effect or the agreement ended."""
    withdrawal_reason: str | None = None


class AgreeVersion(Body):
    """That exactly this is agreed on."""

    digest: Digest
    """SHA-256 of the content that was read: another one is refused."""


class Objection(Body):
    """Why one part of a version is not agreed on."""

    part: Line = Given(examples=["notify_deviation"])
    """A clause's code, or the name of another part, such as ``notice_days``."""
    why: Words = Given(examples=["our night shift has no quality unit: 24 hours are not to be kept"])


class ReturnVersion(Body):
    """Why it is given back, part by part."""

    reasons: list[Objection] = Given(min_length=1, max_length=200)


class ClauseRead(Clause, Answer):
    """A clause as it is kept, and whether facts judge it."""

    @computed_field  # type: ignore[prop-decorator]
    @property
    def executed(self) -> bool:
        """Whether it becomes obligations that are judged from facts; else it is agreed on, and recorded."""
        return self.waits_for is None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def waits_for(self) -> str | None:
        """What is not there yet for it to be judged; null where it is judged."""
        return waits_for(self)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def left_out_classes(self) -> list[str]:
        """The classes of what it is about of which it asks nothing."""
        return left_out_classes(self)


class AgreementContactRead(AgreementContact, Answer):
    """Who is to be asked, of which side."""


class AgreementDocumentRead(AgreementDocument, Answer):
    """A document that belongs to the version."""


class ExitTermsRead(ExitTerms, Answer):
    """What is owed when it ends."""


class AgreementTermsRead(AgreementTerms, Answer):
    """Everything that a draft says."""

    exit_terms: ExitTermsRead
    contacts: list[AgreementContactRead]  # type: ignore[assignment]
    documents: list[AgreementDocumentRead]  # type: ignore[assignment]
    clauses: list[ClauseRead]  # type: ignore[assignment]


class MissingPart(Answer):
    """Something that is not so yet."""

    rule: str
    """What it is about: a date, the master agreement, the responsibility matrix, a consent or a signature."""
    before: StepAhead
    """For which step, and each after it, it is needed."""
    why: str


class OverruledClause(Answer):
    """A clause of which another agreement says something else, that goes before this one or is its equal."""

    clause: str
    agreement_number: str
    agreement_kind: AgreementKind
    differs_in: list[str]
    standing: ClauseStanding


class AgreementVersionRead(VersionFields, Shown):
    """A version as its readers see it."""

    partner: Ref | None
    sites: list[Ref]
    products: list[Ref]
    exit_terms: ExitTermsRead
    contacts: list[AgreementContactRead]
    documents: list[AgreementDocumentRead]
    clauses: list[ClauseRead]
    missing: list[MissingPart]
    """What is not so yet for it to be signed; nothing once it is."""
    contradictions: list[OverruledClause]
    """Clauses of which an agreement says something else that goes before this one, or is its equal: with an equal one
    it is not signed. Looked up until it is signed.
    """
    unjudged: list[str]
    """Which of its clauses nothing judges, and of which classes a clause asks nothing."""


class ObjectionRead(Objection, Answer):
    """Why one part of a version was not agreed on."""


class ReturnedRound(Answer):
    """What a version said when it was given back."""

    round: int
    digest: str
    returned_by_side: Party
    returned_by: str
    returned_at: datetime
    reasons: list[ObjectionRead]
    content: AgreementTermsRead


class AgreementVersionDetail(AgreementVersionRead):
    """A version with all that it said before it was given back, the oldest first."""

    rounds: list[ReturnedRound]
