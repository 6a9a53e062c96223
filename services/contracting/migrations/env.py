"""Alembic's entry: the plumbing does the rest."""

from contracting.metadata import metadata
from directory.copies import TABLES
from installation import migrate

migrate.run(metadata, beside=TABLES)
