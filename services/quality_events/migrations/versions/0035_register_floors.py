"""After a restore to an earlier moment each register leaves out the numbers that it may have given since."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"

# What holds for a register that had no entry at that moment stands under no name: it may have had some since.
LEAVE_OUT = """
CREATE FUNCTION leave_numbers_out(skip int) RETURNS int LANGUAGE sql SET search_path = pg_catalog, public, pg_temp AS $$
WITH known AS (
    SELECT legal_entity, regime, max(register_number) AS last FROM disposition_decision GROUP BY legal_entity, regime
    UNION ALL SELECT legal_entity, regime, floor FROM register_floor
    UNION ALL SELECT '', '', 0
), moved AS (
    INSERT INTO register_floor (legal_entity, regime, floor)
    SELECT legal_entity, regime, max(last) + skip FROM known GROUP BY legal_entity, regime
    ON CONFLICT (legal_entity, regime) DO UPDATE SET floor = excluded.floor RETURNING legal_entity
)
SELECT count(*)::int FROM moved WHERE legal_entity <> '' $$
"""


def upgrade() -> None:
    op.create_table(
        "register_floor",
        sa.Column("legal_entity", sa.String(), primary_key=True),
        sa.Column("regime", sa.String(), primary_key=True),
        sa.Column("floor", sa.Integer(), nullable=False),
    )
    op.execute("ALTER TABLE register_floor ENABLE ROW LEVEL SECURITY")
    op.execute("REVOKE ALL ON register_floor FROM svc_sponsor, svc_partner, svc_worker")
    op.execute("GRANT SELECT ON register_floor TO svc_sponsor, svc_worker")
    op.execute("CREATE POLICY everyone ON register_floor FOR SELECT TO svc_sponsor, svc_worker USING (true)")
    op.execute(LEAVE_OUT)
    # An administrator's alone, before any service runs again.
    op.execute("REVOKE EXECUTE ON FUNCTION leave_numbers_out FROM PUBLIC")
