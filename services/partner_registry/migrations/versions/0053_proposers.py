"""Who registered a partner does not assess it: of those that are there, the audit tells who that was."""

import sqlalchemy as sa
from alembic import op
from installation.changes import unseen

revision = "0053"
down_revision = "0052"

REGISTERED = """
UPDATE partner SET registered_by = (SELECT audit.actor FROM audit WHERE audit.table_name = 'partner'
    AND audit.record_id = partner.id AND audit.operation = 'INSERT' ORDER BY audit.at LIMIT 1)
"""
PROPOSED = """
UPDATE qualification SET proposed_by = partner.registered_by FROM partner WHERE partner.id = qualification.partner_id
"""


def upgrade() -> None:
    op.add_column("partner", sa.Column("registered_by", sa.String()))
    op.add_column("qualification", sa.Column("proposed_by", sa.String()))
    unseen("partner", REGISTERED)
    op.execute("ALTER TABLE partner NO FORCE ROW LEVEL SECURITY")
    unseen("qualification", PROPOSED)
    op.execute("ALTER TABLE partner FORCE ROW LEVEL SECURITY")
