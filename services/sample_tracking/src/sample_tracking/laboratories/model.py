"""What is known of a laboratory's site that decides what it may be ordered, and by when."""

from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from sample_tracking.metadata import Table


class SiteCountry(Table, table=True):
    """In which country a site is, by whose public holidays its working days are counted. Its id is the site's."""

    __tablename__ = "site_country"

    id: UUID = Field(primary_key=True)
    partner_id: UUID
    country: str


class KnownQualification(Table, table=True):
    """One fact about a site's qualification, as it was told: what holds on a day is worked out from all of them."""

    __tablename__ = "known_qualification"

    id: UUID = Field(primary_key=True)
    """The event's."""
    site_id: UUID
    sequence: int
    said: dict[str, Any] = Field(sa_type=JSONB)


class LaboratoryPartner(Table, table=True):
    """What a partner is by what was told last. Its id is the partner's."""

    __tablename__ = "laboratory_partner"

    id: UUID = Field(primary_key=True)
    sequence: int
    status: str
