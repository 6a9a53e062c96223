"""Bodies of requests and answers about partners."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints

from contracts.partner_registry import PartnerKind, PartnerStatus
from partner_registry.partners.model import Partner

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Country = Annotated[str, StringConstraints(pattern="^[A-Z]{2}$")]
"""ISO 3166-1 alpha-2."""
Duns = Annotated[str, StringConstraints(pattern="^[0-9]{9}$")]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class Body(BaseModel):
    """A request's body: what it does not know, it refuses."""

    model_config = ConfigDict(extra="forbid")


class RegisterPartner(Body):
    """A new partner."""

    legal_name: Name
    kind: PartnerKind
    country: Country
    duns: Duns | None = None


class ChangeStatus(Body):
    """Why the relation changes."""

    reason: Reason


class PartnerRead(BaseModel):
    """A partner as its readers see it."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    number: str
    legal_name: str
    kind: PartnerKind
    country: str
    duns: str | None
    state: PartnerStatus
    version: int
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, partner: Partner) -> Self:
        """The readable form of a record."""
        return cls.model_validate(partner)
