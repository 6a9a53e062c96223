"""Small copies of partners, sites and products, built from facts, so that this service asks nobody."""

from uuid import UUID

from sqlmodel import Field

from partner_feeds.metadata import Table


class KnownPartner(Table, table=True):
    """A partner's number and name."""

    __tablename__ = "known_partner"

    id: UUID = Field(primary_key=True)
    number: str
    name: str


class KnownSite(Table, table=True):
    """A site, whose it is, and the zone in which its systems' clocks run."""

    __tablename__ = "known_site"

    id: UUID = Field(primary_key=True)
    partner_id: UUID
    number: str
    name: str
    time_zone: str


class KnownProduct(Table, table=True):
    """A product's code, which partners' systems give as the material of its lots."""

    __tablename__ = "known_product"

    id: UUID = Field(primary_key=True)
    code: str
    name: str
