"""Alembic's entry: the plumbing does the rest."""

import kpi.main  # noqa: F401  the tables of every model it imports are known from here on
from directory.copies import TABLES
from installation import migrate
from kpi.buckets import model  # noqa: F401  plain tables, which nothing else imports
from kpi.metadata import metadata

migrate.run(metadata, beside=TABLES)
