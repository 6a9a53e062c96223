"""Alembic's entry: the plumbing does the rest."""

from directory.copies import TABLES
from installation import migrate
from partner_feeds.metadata import metadata

migrate.run(metadata, beside=TABLES)
