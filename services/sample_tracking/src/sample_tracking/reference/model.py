"""What this service remembers of partner-registry's products and sites."""

from uuid import UUID

from sqlmodel import Field

from sample_tracking.metadata import Table


class Product(Table, table=True):
    """A product of the sponsor, as ProductRegistered told."""

    id: UUID = Field(primary_key=True)
    code: str
    name: str


class Site(Table, table=True):
    """A partner's site, as SiteRegistered told: who made a lot there, and who tested it."""

    id: UUID = Field(primary_key=True)
    partner_id: UUID
    number: str
