"""The tables of this service, in a registry of their own: services may share a process, not class names."""

from sqlalchemy.orm import registry
from sqlmodel import SQLModel

tables = registry()
metadata = tables.metadata


class Table(SQLModel, registry=tables):
    """The base of this service's tables."""
