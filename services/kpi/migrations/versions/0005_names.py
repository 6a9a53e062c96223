"""Moments are called as they are in facts."""

from installation.renaming import rename_column

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    rename_column("measured_fact", "occurred", "occurred_at")
