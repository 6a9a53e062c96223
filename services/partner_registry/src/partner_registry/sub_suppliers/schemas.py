"""What is said about a sub-supplier: bodies of requests, what is stored of its use, and answers."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from pydantic import Field
from sqlmodel import Field as Column
from sqlmodel import SQLModel, String

from contracts import Day
from contracts.sites import Criticality, SubSupplierAuditor
from runtime.bodies import Body, Code, Country, Line, Reason
from serving.shown import Answer, Ref, Shown


class UseState(StrEnum):
    """Whether the site still uses it."""

    in_use = "in_use"
    ended = "ended"


class ConsentOnRecord(StrEnum):
    """Whether the sponsor agreed to the use. Of consents no fact tells here, so that none is on record."""

    not_on_record = "not_on_record"


class JudgeSubSupplier(Body):
    """How critical it is, and by whom it was audited, as a whole."""

    criticality: Criticality
    audited_by: SubSupplierAuditor = Field(examples=["partner"])
    last_audit_on: Day | None = Field(None, examples=["2025-11-04"])


class UseSubSupplier(JudgeSubSupplier):
    """A sub-supplier that a site uses."""

    site_id: UUID
    purpose: Line = Field(examples=["gamma sterilisation of vials"])
    """What is had from it."""
    supplier: Line = Field(examples=["Steril GmbH"])
    supplier_country: Country
    product_code: Code | None = Field(None, examples=["AMLO-5"])
    """For which product; none where it is used for whatever the site makes."""
    used_since: Day = Field(examples=["2026-02-01"])


class EndSubSupplier(Reason):
    """The first local day on which it is not used any more, once that has come."""

    ended_on: Day = Field(examples=["2026-10-01"])


class SubSupplierFields(SQLModel):
    """What readers see of a use as it is stored."""

    number: str
    state: UseState = Column(default=UseState.in_use, sa_type=String)
    site_id: UUID = Column(foreign_key="site.id")
    partner_id: UUID
    purpose: str
    supplier: str
    supplier_country: str
    product_code: str | None = None
    criticality: Criticality = Column(sa_type=String)
    audited_by: SubSupplierAuditor = Column(sa_type=String)
    last_audit_on: date | None = None
    used_since: date
    ended_on: date | None = None
    reason: str | None = None
    """Why its use ended."""


class SubSupplierRead(SubSupplierFields, Shown):
    """A use as its readers see it."""

    site: Ref
    partner: Ref
    consent: ConsentOnRecord


class SubSupplierUseBrief(Answer):
    """Where and for what a sub-supplier is used."""

    use: Ref
    site: Ref
    partner: Ref
    purpose: str
    criticality: Criticality


class PointOfFailure(Answer):
    """A sub-supplier on which several partners rest."""

    supplier: str
    supplier_country: str
    uses: list[SubSupplierUseBrief]


class PointsOfFailure(Answer):
    """The sub-suppliers that more than one partner uses, those of most partners first."""

    items: list[PointOfFailure]
