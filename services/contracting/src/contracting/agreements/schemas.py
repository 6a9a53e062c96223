"""What is said about an agreement: what readers see of it as it is stored."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from pydantic import Field as Given
from sqlmodel import Field, SQLModel, String

from contracting.agreement_versions.schemas import MissingPart, OverruledClause, VersionPurpose, VersionState
from contracting.agreement_versions.terms import Party
from contracting.clauses.terms import ClauseCode
from contracts import Day
from contracts.contracting import AgreementEnd, AgreementKind, Renewal
from runtime.bodies import Body, Words
from serving.shown import Answer, Ref, Shown, WaitingFor


class AgreementState(StrEnum):
    """Where an agreement stands."""

    preparing = "preparing"
    """No version of it took effect yet."""
    effective = "effective"
    in_notice = "in_notice"
    """It is in force, and the day on which it ends is set."""
    expired = "expired"
    terminated = "terminated"
    abandoned = "abandoned"
    """Its first version was withdrawn: it never held."""


IN_FORCE = frozenset({AgreementState.effective, AgreementState.in_notice})
OPEN = IN_FORCE | {AgreementState.preparing}


class AgreementFields(SQLModel):
    """What readers see of an agreement."""

    number: str = Field(unique=True)
    kind: AgreementKind = Field(sa_type=String)
    title: str
    state: AgreementState = Field(default=AgreementState.preparing, sa_type=String)
    partner_id: UUID
    parent_id: UUID | None = Field(default=None, foreign_key="agreement.id")
    """The master agreement under which it is made."""
    stand_alone_reason: str | None = None
    """Why it stands without one, where it does."""
    sponsor_entity: str
    sponsor_entity_id: UUID | None = None
    partner_entity: str
    partner_entity_id: UUID | None = None
    current_version_id: UUID | None = None
    """The version in force, or the last one that was."""
    current_version: int | None = None
    """Its number."""
    current_from: date | None = None
    """Its first day."""
    begun_on: date | None = None
    """The first day of the first version."""
    expires_on: date | None = None
    """The last day, renewals counted; null: without end, or nothing is in force yet."""
    notice_days: int | None = None
    renewal: Renewal = Field(default=Renewal.none, sa_type=String)
    renewal_months: int | None = None
    notice_by: Party | None = Field(default=None, sa_type=String)
    """Which side gave notice."""
    notice_received_on: date | None = None
    notice_reason: str | None = None
    notice_clause: str | None = None
    """The clause by which it was given for cause."""
    ending: AgreementEnd | None = Field(default=None, sa_type=String)
    """Why it ends then."""
    ends_on: date | None = None
    """The last day, where notice was given or both sides set an end."""
    ended_on: date | None = None
    """The last day on which it held, once that is over."""
    end_reason: str | None = None
    reviewed_on: date | None = None
    review_due_on: date | None = None
    """By when both quality units review a quality agreement again."""


class GiveNotice(Body):
    """That a side ends it: the other side receives it with this."""

    reason: Words = Given(examples=["the product is discontinued"])
    cause_clause: ClauseCode | None = None
    """The clause that was not kept, where it is for cause."""


class RecordNotice(GiveNotice):
    """That a notice of the other side came on paper, or by mail."""

    received_on: Day = Given(examples=["2026-02-02"])
    """The day on which it came: not one that is to come."""


class AgreementRead(AgreementFields, Shown):
    """An agreement as its readers see it."""

    partner: Ref | None
    parent: Ref | None
    decide_by: date | None
    """The last day on which somebody can decide what becomes of it: its own last day, or the last one for a notice
    where it goes on by itself; null: it has none, or is over."""
    review_overdue: bool


class VersionOfAgreement(Answer):
    """A version of the agreement, and what is missing of it."""

    id: UUID
    version_number: int
    state: VersionState
    purpose: VersionPurpose
    drafted_by_side: Party
    effective_from: date
    effective_to: date | None
    changed_clauses: list[str]
    digest: str
    waiting_for: WaitingFor | None
    missing: list[MissingPart]
    """What is not so yet for it to be signed; nothing once it is."""
    contradictions: list[OverruledClause]
    """Clauses of which an agreement that goes before this one says something else; looked up until it is signed."""


class AgreementUnder(Answer):
    """An agreement that is made under this one."""

    id: UUID
    number: str
    kind: AgreementKind
    state: AgreementState


class AgreementDetail(AgreementRead):
    """An agreement with its versions, the oldest first, and what is made under it."""

    versions: list[VersionOfAgreement]
    under: list[AgreementUnder]
    surviving: list[str]
    """What goes on to hold after its end, as the version in force says, or the last one that was."""


class CoveringAgreement(Answer):
    """A version that covers a site and a product on a day."""

    agreement_id: UUID
    number: str
    kind: AgreementKind
    partner_id: UUID
    version_id: UUID
    version_number: int
    effective_from: date
    effective_to: date | None
    """The last day on which it held; null while it does."""
    last_day: date | None
    """The last day of the agreement, as it is known now."""


class InForce(Answer):
    """Which agreements cover a site and a product on a day of the site."""

    site: Ref
    product: Ref | None
    on: date
    covered: bool
    """Whether any agreement does."""
    quality_covered: bool
    """Whether a quality agreement does: without one nothing of GMP is covered (EU GMP 7.1)."""
    words: str
    """The same in words."""
    agreements: Sequence[CoveringAgreement]
    as_of: datetime
