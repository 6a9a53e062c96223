"""Whose turn it is to take the next step with a partner."""

from installation.waiting import add_turns

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    add_turns("partner", {"prospect": ("sponsor", None), "suspended": ("sponsor", None)})
