"""Small copies of partners, sites and products, built from facts, so that this service asks nobody."""

from uuid import UUID

from sqlmodel import Field

from quality_events.metadata import Table


class KnownPartner(Table, table=True):
    """A partner's number and name."""

    __tablename__ = "known_partner"

    id: UUID = Field(primary_key=True)
    number: str
    name: str


class KnownSite(Table, table=True):
    """A site's name, whose it is, and by which local time its days are counted."""

    __tablename__ = "known_site"

    id: UUID = Field(primary_key=True)
    partner_id: UUID
    number: str
    name: str
    time_zone: str | None = None
    """An IANA name. None where the copy is from before this was kept, until the site is told of again."""


class KnownProduct(Table, table=True):
    """A product's code, which is the material of its lots."""

    __tablename__ = "known_product"

    id: UUID = Field(primary_key=True)
    code: str
    name: str
