"""The tables of this service, in a registry of their own: services may share a process, not class names."""

from typing import Final

from sqlalchemy import DateTime
from sqlalchemy.orm import registry
from sqlmodel import SQLModel

tables = registry()
metadata = tables.metadata
INSTANT: Final = DateTime(timezone=True)


class Table(SQLModel, registry=tables):
    """The base of this service's tables."""
