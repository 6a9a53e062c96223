"""What is said about a product as a partner knows it: bodies of requests, what is stored, and answers."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from pydantic import Field
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field as Column
from sqlmodel import SQLModel, String

from contracts import Day
from runtime.bodies import Body, Code, Line, Reason
from serving.shown import Ref, Shown


class PartnerProductState(StrEnum):
    """Whether the partner knows the product. What was withdrawn was recorded in error."""

    valid = "valid"
    ended = "ended"
    withdrawn = "withdrawn"


class RecordPartnerProduct(Body):
    """A product that a partner makes or tests, and what it calls it."""

    partner_id: UUID
    product_id: UUID
    partner_code: Code | None = Field(None, examples=["4711-A"])
    """By which code its systems know the product; null where by the sponsor's."""
    partner_name: Line | None = Field(None, examples=["Amlodipin Tabl. 5 mg"])
    """What it calls the product; null where as the sponsor does."""
    valid_from: Day = Field(examples=["2026-02-01"])


class EndPartnerProduct(Reason):
    """The last day on which it knows the product so."""

    valid_to: Day = Field(examples=["2026-06-30"])


class PartnerProductFields(SQLModel):
    """What readers see of it as it is stored."""

    state: PartnerProductState = Column(default=PartnerProductState.valid, sa_type=String)
    partner_id: UUID = Column(foreign_key="partner.id")
    product_id: UUID = Column(foreign_key="product.id")
    product_code: str
    product_name: str
    dosage_form: str
    strengths: list[str] = Column(sa_type=ARRAY(String))
    partner_code: str | None = None
    """By which code the partner's systems know the product; null where by the sponsor's."""
    partner_name: str | None = None
    """What the partner calls the product; null where as the sponsor does."""
    valid_from: date
    valid_to: date | None = None
    """The last day; null while no end is known."""
    end_reason: str | None = None
    recorded_by: str


class PartnerProductRead(PartnerProductFields, Shown):
    """A product as a partner knows it, as the sponsor and that partner see it."""

    partner: Ref
