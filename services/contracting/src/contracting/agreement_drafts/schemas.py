"""Bodies of requests and answers about drafts."""

from enum import StrEnum
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field as Column
from sqlmodel import SQLModel, String

from contracting.agreement_versions.schemas import AgreementTermsRead, VersionPurpose
from contracting.agreement_versions.terms import AgreementTerms, Party
from contracts.contracting import AgreementKind
from runtime.bodies import Body, Plain, Words
from serving.shown import Ref, Shown


class DraftState(StrEnum):
    """Where a draft stands."""

    open = "open"
    submitted = "submitted"
    discarded = "discarded"


class DraftAgreement(Body):
    """What a side begins to write: a new agreement, a change of one, or a version that was given back."""

    kind: AgreementKind | None = Field(None, examples=["quality"])
    """Of a new agreement."""
    partner_id: UUID | None = None
    """Of a new agreement the partner; a partner's own person need not name it."""
    parent_id: UUID | None = None
    """Of a new agreement the master agreement under which it is made."""
    stand_alone_reason: Words | None = Field(None, examples=["the partner only does trials so far"])
    """Why a new agreement stands without one, where it does."""
    agreement_id: UUID | None = None
    """The agreement that is changed."""
    parent_version: Annotated[int, Field(ge=1, le=10_000), Plain] | None = None
    """The number of the version that is changed: the last one that both sides signed."""
    purpose: Literal["amendment", "renewal"] | None = None
    """For what an agreement is changed."""
    version_id: UUID | None = None
    """The version that was given back and is written anew."""
    content: AgreementTerms

    @model_validator(mode="after")
    def _is_of_one_thing(self) -> Self:
        about = [each for each in (self.kind, self.agreement_id, self.version_id) if each]
        if len(about) != 1:
            raise ValueError("name one of kind (a new agreement), agreement_id (a change) and version_id (given back)")
        if (self.agreement_id is None) != (self.parent_version is None):
            raise ValueError("parent_version: say which version is changed, where an agreement is changed")
        if self.kind is None and (self.partner_id or self.parent_id or self.stand_alone_reason):
            raise ValueError("partner_id, parent_id, stand_alone_reason: of a new agreement only")
        if self.parent_id and self.stand_alone_reason:
            raise ValueError("stand_alone_reason: it stands under parent_id, and not alone")
        return self


class WriteDraft(Body):
    """Everything that a draft says from now on."""

    content: AgreementTerms


class DraftFields(SQLModel):
    """What readers see of a draft."""

    state: DraftState = Column(default=DraftState.open, sa_type=String)
    kind: AgreementKind = Column(sa_type=String)
    purpose: VersionPurpose = Column(sa_type=String)
    drafted_by_side: Party = Column(sa_type=String)
    partner_id: UUID
    """The partner with which the agreement is, or shall be."""
    parent_id: UUID | None = Column(default=None, foreign_key="agreement.id")
    """The master agreement under which it shall be made."""
    stand_alone_reason: str | None = None
    agreement_id: UUID | None = Column(default=None, foreign_key="agreement.id")
    """Which agreement it changes, or became; null: it shall be a new one."""
    parent_version_id: UUID | None = Column(default=None, foreign_key="agreement_version.id")
    """The version that it changes."""
    version_id: UUID | None = Column(default=None, foreign_key="agreement_version.id")
    """The version that it became, or that was given back and is written anew."""
    content: Any = Column(sa_type=JSONB)
    """Everything that it says."""


class AgreementDraftRead(DraftFields, Shown):
    """A draft as its side, and the sponsor, see it."""

    partner: Ref | None
    content: AgreementTermsRead
    unjudged: list[str]
    """Which of its clauses nothing would judge, and of which classes a clause asks nothing."""
