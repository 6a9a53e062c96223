"""Alembic's entry."""

import notes.model  # noqa: F401
from notes.metadata import metadata
from runtime import migrate

migrate.run(metadata)
