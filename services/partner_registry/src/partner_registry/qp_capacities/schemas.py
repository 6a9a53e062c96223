"""What is said about who may certify: bodies of requests, what is stored, and answers."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator
from sqlalchemy import Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field as Column
from sqlmodel import SQLModel, String

from contracts import Day
from contracts.certifying import QpRegime, QpSide
from partner_registry.entities.schemas import named_once
from partner_registry.matters.schemas import OpenMatter
from partner_registry.metadata import INSTANT
from runtime.bodies import Body, Code, Digest, Line, Reason
from serving.shown import Answer, Ref, Shown


class QpNamingState(StrEnum):
    """How far a capacity is. What is proposed or was rejected lets nobody certify."""

    proposed = "proposed"
    named = "named"
    rejected = "rejected"
    ended = "ended"
    withdrawn = "withdrawn"


class NameQp(Body):
    """A person as an authorisation names it (Directive 2001/83/EC articles 48 to 52; UK SI 2012/1916)."""

    subject: Line = Field(examples=["eva.novak"])
    """The login with which the person signs."""
    printed_name: Line = Field(examples=["Dr. Eva Novak"])
    partner_id: UUID | None = None
    """Whose person it is; none is the sponsor's."""
    regime: QpRegime
    legal_entity: Line | None = Field(None, examples=["Alpine Pharma GmbH"])
    """Whose authorisation it is, in words; left out where ``legal_entity_id`` names it."""
    legal_entity_id: UUID | None = None
    """That entity, of the sponsor or of the partner whose person it is: ``legal_entity`` says what it was called on the
    first day."""
    authorisation: Code = Field(examples=["AT-MIA-0117"])
    """The number of the manufacturing, import or wholesale authorisation on which the person is named."""
    site_ids: Annotated[list[UUID], Field(min_length=1, max_length=100)]
    product_kinds: list[Line] = Field(default_factory=list, max_length=50, examples=[["chemical", "biological"]])
    """None: it is not limited to some."""
    valid_from: Day = Field(examples=["2026-02-01"])
    valid_to: Day | None = Field(None, examples=["2029-01-31"])
    """The last day, where one is known."""
    deputy_of: UUID | None = None
    """The capacity, on the same authorisation, of whom the person stands in for."""
    evidence: Digest = Field(examples=["0b" * 32])
    """SHA-256 of the document that names the person."""

    @model_validator(mode="after")
    def _ends(self) -> Self:
        if self.valid_to and self.valid_to < self.valid_from:
            raise ValueError(f"valid_to {self.valid_to} lies before valid_from {self.valid_from}")
        if len({*self.site_ids}) < len(self.site_ids):
            raise ValueError("site_ids name a site twice: each once")
        return named_once(self, "legal_entity")


class EndQp(Reason):
    """The last day on which the person certifies."""

    valid_to: Day = Field(examples=["2027-06-30"])


class WithdrawQp(Reason):
    """The first day from which the person certifies no more, for the capacity was taken back."""

    effective_on: Day = Field(examples=["2026-03-01"])


class QpCapacityFields(SQLModel):
    """What readers see of a capacity as it is stored."""

    number: str
    state: QpNamingState = Column(default=QpNamingState.proposed, sa_type=String)
    side: QpSide = Column(sa_type=String)
    partner_id: UUID | None = Column(default=None, foreign_key="partner.id")
    subject: str
    printed_name: str
    regime: QpRegime = Column(sa_type=String)
    legal_entity: str
    legal_entity_id: UUID | None = Column(default=None, foreign_key="legal_entity.id")
    authorisation: str
    site_ids: list[UUID] = Column(sa_type=ARRAY(Uuid))
    product_kinds: list[str] = Column(default_factory=list, sa_type=ARRAY(String))
    valid_from: date
    valid_to: date | None = None
    """The last day; of one that was withdrawn from its first day on, the day before that."""
    ends_at: datetime | None = Column(default=None, sa_type=INSTANT)
    """When that day ends at the first of the sites."""
    deputy_of: UUID | None = Column(default=None, foreign_key="qp_capacity.id")
    evidence: str
    recorded_by: str
    confirmed_by: str | None = None
    """Who saw the evidence too: neither the person itself nor who named it."""
    reason: str | None = None
    """Why it was rejected, ended or was withdrawn."""


class QpCapacityRead(QpCapacityFields, Shown):
    """A capacity as its readers see it."""

    sites_sold_on: dict[UUID, date]
    """Of a partner's person the sites that the partner sold, each with the first day on which it was another one's: the
    person certifies for it until the day before."""
    entity: Ref | None
    """The legal entity as it is called now; null where it is named in words alone, or is not the reader's to see."""
    open_batches: list[OpenMatter]
    """Of one that ended or was withdrawn the batches at its sites that began until then, and are open now: somebody
    else certifies them. Of others none."""
    open_work_known: bool


class QpCapacityUsed(Answer):
    """A capacity by which the person may certify."""

    capacity: Ref
    legal_entity: str
    authorisation: str
    product_kinds: list[str]
    valid_from: date
    valid_to: date | None
    deputy_of: UUID | None


class QpAnswer(Answer):
    """Whether a person may certify for a site that day: by validity, never by a role."""

    subject: str
    regime: QpRegime
    site: Ref
    on: date
    """The site's local day of which it is said."""
    kept: bool
    allowed: bool
    capacities: list[QpCapacityUsed]
    why_not: list[str]
