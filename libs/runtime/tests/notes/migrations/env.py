"""Alembic's entry."""

import notes.model  # noqa: F401
from installation import migrate
from notes.metadata import metadata

migrate.run(metadata)
