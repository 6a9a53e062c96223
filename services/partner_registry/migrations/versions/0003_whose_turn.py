"""Whose turn it is to take the next step with a partner."""

from installation import tables

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    tables.waiting("partner", {"prospect": ("sponsor", None), "suspended": ("sponsor", None)})
