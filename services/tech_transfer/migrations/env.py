"""Alembic's entry: the plumbing does the rest."""

from directory.copies import TABLES
from installation import migrate
from tech_transfer.metadata import metadata

migrate.run(metadata, beside=TABLES)
