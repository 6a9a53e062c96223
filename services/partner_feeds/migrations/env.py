"""Alembic's entry: the plumbing does the rest."""

from partner_feeds.metadata import metadata
from runtime import migrate

migrate.run(metadata)
