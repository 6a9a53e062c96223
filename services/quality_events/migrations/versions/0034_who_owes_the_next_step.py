"""Recalls say whose turn it is, and so do batches without a record and complaints that drug safety waits for.

The day until which all of a finding is done was named as if it were done on that day.
"""

from alembic import op
from installation import changes
from installation.waiting import add_turns

revision = "0034"
down_revision = "0033"

# Since when is not known of what is there already: it is said to be since the last change.
MANUFACTURED = """
UPDATE batch SET awaited_side = 'partner', awaited_partner_id = partner_id, awaited_since = updated_at
WHERE state = 'manufactured'
"""
OWED_TO_SAFETY = """
UPDATE complaint SET awaited_side = 'both', awaited_partner_id = partner_id
WHERE state = 'triaged' AND shared_at IS NOT NULL AND safety_due_at IS NOT NULL AND safety_passed_at IS NULL
"""


def upgrade() -> None:
    add_turns("recall", dict.fromkeys(("proposed", "started", "reconciled"), ("sponsor", None)))
    changes.unseen("batch", MANUFACTURED)
    changes.unseen("complaint", OWED_TO_SAFETY)
    op.alter_column("audit_finding", "done_on", new_column_name="all_due_on")
    op.execute("ALTER TABLE audit_finding RENAME CONSTRAINT done_on_is_finite TO all_due_on_is_finite")
