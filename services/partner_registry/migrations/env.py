"""Alembic's entry: the plumbing does the rest."""

from partner_registry.metadata import metadata
from runtime import migrate

migrate.run(metadata)
