"""Whose turn it is to say that a partner merges, or that two are one company."""

from installation.changes import guard_dates
from installation.waiting import add_turns

revision = "0055"
down_revision = "0054"


def upgrade() -> None:
    for table in ("partner_merger", "partner_union"):
        add_turns(table, {"proposed": ("sponsor", None)})
        guard_dates(table)
