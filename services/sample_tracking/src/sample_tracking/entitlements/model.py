"""How a laboratory stands to a method from a day on. Each setting is a record that stays as it is."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel, String

from contracts import Side
from contracts.entitlements import EntitlementChanged, EntitlementStanding
from runtime.work import Versioned
from sample_tracking.entitlements.rule import Setting
from sample_tracking.metadata import Table


class EntitlementFields(SQLModel):
    """What readers see of a setting as it is stored."""

    method_id: UUID = Field(foreign_key="method.id")
    method_code: str
    method_version: str
    laboratory_site_id: UUID
    laboratory_partner_id: UUID
    standing: EntitlementStanding = Field(sa_type=String)
    valid_from: date
    """The first local day of the laboratory on which it holds, until another does."""
    proof: str
    """What proves it, such as a report of the transfer."""
    proof_digest: str
    """SHA-256 of that, in hexadecimal."""
    reason: str | None = None
    set_by: str
    method_transfer_id: UUID | None = None
    """The transfer of the method that it follows from; None of one that a person set."""


class Entitlement(EntitlementFields, Versioned, Table, table=True):
    """A setting. What it corrects stays beside it: the last one before a day decides, and who asks sees all."""

    sides: ClassVar[Mapping[Side, str]] = {Side.laboratory: "laboratory_partner_id"}
    parties: list[UUID] = Field(sa_type=ARRAY(Uuid))

    @property
    def known(self) -> Setting:
        """What the rules know of it."""
        return Setting(**{name: getattr(self, name) for name in Setting.__dataclass_fields__})

    def told(self, now: datetime, product_id: UUID | None) -> EntitlementChanged:
        """What others are told of it; ``product_id`` is the method's."""
        return EntitlementChanged.of(self, now, product_id=product_id)
