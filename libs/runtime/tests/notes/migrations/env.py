"""Alembic's entry."""

from notes import model
from runtime import migrate

migrate.run(model.Table.metadata)
