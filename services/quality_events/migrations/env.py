"""Alembic's entry: the plumbing does the rest."""

from quality_events.metadata import metadata
from runtime import migrate

migrate.run(metadata)
