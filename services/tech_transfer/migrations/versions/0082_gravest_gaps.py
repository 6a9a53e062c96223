"""A gap that was critical once is ended by two people, whatever its severity is by then."""

import sqlalchemy as sa
from alembic import op
from installation.changes import unseen

revision = "0082"
down_revision = "0081"

EVER = """
UPDATE gap SET was_critical = true WHERE severity = 'critical' OR state IN ('identified', 'mitigation_agreed') AND EXISTS (
    SELECT FROM audit WHERE audit.table_name = 'gap' AND audit.record_id = gap.id
    AND audit.new ->> 'severity' = 'critical')
"""
BY_TWO = """
    NOT was_critical OR state NOT IN ('closed', 'accepted')
    OR endorsed_by IS NOT NULL AND ended_by IS NOT NULL AND endorsed_by <> ended_by
"""
CHECKED = "SELECT with_check FROM pg_policies WHERE tablename = 'gap' AND policyname = 'partner_inserts'"


def upgrade() -> None:
    op.add_column("gap", sa.Column("was_critical", sa.Boolean(), nullable=False, server_default=sa.false()))
    unseen("gap", EVER)
    op.alter_column("gap", "was_critical", server_default=None)
    op.create_check_constraint("gap_that_is_critical_was_so", "gap", "severity <> 'critical' OR was_critical")
    op.drop_constraint("critical_gap_is_ended_by_two", "gap")
    op.create_check_constraint("critical_gap_is_ended_by_two", "gap", BY_TWO)
    checked = op.get_bind().scalar(sa.text(CHECKED))
    filled = checked.replace("'severity'::text", "'severity'::text, 'was_critical'::text")
    op.execute(f"ALTER POLICY partner_inserts ON gap WITH CHECK ({filled})")
