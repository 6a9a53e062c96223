"""Recalls say whose turn it is, and so do batches without a record and complaints that drug safety waits for.

Of a batch that was rejected for every market that is kept, so that none lets it out again.

The day until which all of a finding is done was named as if it were done on that day.
"""

import sqlalchemy as sa
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

# Decisions of several markets in one instant, of which one is a rejection, are of one signature. Of a batch that had no
# other market nothing tells it: that is in the justification alone.
REJECTED = """
UPDATE batch SET rejected_everywhere_at = first.decided_at, rejected_everywhere_by = first.number
FROM (
    SELECT DISTINCT ON (signed.batch_id) signed.batch_id, signed.decided_at, of_it.number
    FROM disposition_decision AS signed JOIN disposition AS of_it ON of_it.id = signed.disposition_id
    WHERE signed.decision = 'rejected' AND EXISTS (
        SELECT FROM disposition_decision AS other WHERE other.batch_id = signed.batch_id
        AND other.disposition_id <> signed.disposition_id AND other.decided_at = signed.decided_at
        AND other.decided_by = signed.decided_by)
    ORDER BY signed.batch_id, signed.decided_at, signed.id
) AS first WHERE first.batch_id = batch.id
"""


def upgrade() -> None:
    add_turns("recall", dict.fromkeys(("proposed", "started", "reconciled"), ("sponsor", None)))
    changes.unseen("batch", MANUFACTURED)
    changes.unseen("complaint", OWED_TO_SAFETY)
    op.add_column("batch", sa.Column("rejected_everywhere_at", sa.DateTime(timezone=True)))
    op.add_column("batch", sa.Column("rejected_everywhere_by", sa.String()))
    changes.guard_dates("batch")
    both = "(rejected_everywhere_at IS NULL) = (rejected_everywhere_by IS NULL)"
    op.create_check_constraint("batch_is_rejected_everywhere", "batch", both)
    changes.unseen("batch", REJECTED)
    op.alter_column("audit_finding", "done_on", new_column_name="all_due_on")
    op.execute("ALTER TABLE audit_finding RENAME CONSTRAINT done_on_is_finite TO all_due_on_is_finite")
