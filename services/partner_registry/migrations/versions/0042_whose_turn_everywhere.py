"""Whose turn it is to take the next step with what the sponsor is to decide."""

from installation.changes import guard_dates, unseen
from installation.waiting import add_turns

revision = "0042"
down_revision = "0041"

TURNS = {
    "duplicate_candidate": ("open",),
    "partner_exit": ("preparing",),
    "qp_capacity": ("proposed",),
    "registration": ("submitted",),
    "oversight_plan": ("derived",),
    "segmentation": ("proposed",),
    "risk_assessment": ("draft", "half_signed"),
    "mutual_recognition": ("unconfirmed", "checked"),
}
USES = """
UPDATE sub_supplier_use SET awaited_side = 'sponsor', awaited_since = updated_at WHERE state = 'in_use'
"""


def upgrade() -> None:
    for table, states in TURNS.items():
        add_turns(table, dict.fromkeys(states, ("sponsor", None)))
        guard_dates(table)
    unseen("sub_supplier_use", USES)
