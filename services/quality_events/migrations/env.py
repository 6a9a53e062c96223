"""Alembic's entry: the plumbing does the rest."""

from directory.copies import TABLES
from installation import migrate
from quality_events.metadata import metadata

migrate.run(metadata, beside=TABLES)
