"""Copies of partners, sites and products: what people call them. They may come later than the facts about them."""

from uuid import UUID

from sqlmodel import Field

from kpi.metadata import Table


class Partner(Table, table=True):
    """A partner's number and name."""

    id: UUID = Field(primary_key=True)
    number: str = Field(unique=True)
    name: str


class Site(Table, table=True):
    """A site's number and name."""

    id: UUID = Field(primary_key=True)
    partner_id: UUID
    number: str = Field(unique=True)
    name: str


class Product(Table, table=True):
    """A product's code and name."""

    id: UUID = Field(primary_key=True)
    code: str = Field(unique=True)
    name: str
