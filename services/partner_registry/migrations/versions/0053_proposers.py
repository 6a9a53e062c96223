"""Who registered a partner does not assess it, and for what one is suspended is kept until it is lifted.

Of partners that are there, the audit tells who registered them, and the last change of their status why they are suspended.
"""

import sqlalchemy as sa
from alembic import op
from installation import tables
from installation.changes import unseen
from sqlalchemy.dialects import postgresql

revision = "0053"
down_revision = "0052"

REGISTERED = """
UPDATE partner SET registered_by = (SELECT audit.actor FROM audit WHERE audit.table_name = 'partner'
    AND audit.record_id = partner.id AND audit.operation = 'INSERT' ORDER BY audit.at LIMIT 1)
"""
PROPOSED = """
UPDATE qualification SET proposed_by = partner.registered_by FROM partner WHERE partner.id = qualification.partner_id
"""

SUSPENDED = """
UPDATE partner SET suspension_reason = (SELECT entry.data ->> 'reason' FROM history_entry AS entry
    WHERE entry.partner_id = partner.id AND entry.kind = 'PartnerStatusChanged' AND entry.data ->> 'after' = 'suspended'
    ORDER BY entry.data ->> 'occurred_at' DESC LIMIT 1)
WHERE state = 'suspended'
"""


def upgrade() -> None:
    op.add_column("partner", sa.Column("registered_by", sa.String()))
    op.add_column("qualification", sa.Column("proposed_by", sa.String()))
    unseen("partner", REGISTERED)
    op.execute("ALTER TABLE partner NO FORCE ROW LEVEL SECURITY")
    unseen("qualification", PROPOSED)
    op.execute("ALTER TABLE partner FORCE ROW LEVEL SECURITY")
    op.add_column("partner", sa.Column("suspension_reason", sa.String()))
    op.execute("ALTER TABLE history_entry NO FORCE ROW LEVEL SECURITY")
    unseen("partner", SUSPENDED)
    op.execute("ALTER TABLE history_entry FORCE ROW LEVEL SECURITY")
    op.create_table(
        "partner_suspension",
        *tables.versioned(),
        sa.Column("suspended_for", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["partner.id"]),
    )
    tables.sponsor_record("partner_suspension")
