"""The process of a transfer that was cancelled is closed to its receiving unit, as its package is."""

from alembic import op

revision = "0080"
down_revision = "0072"

TABLES = ("gap", "gap_search", "target_profile", "cqa", "cpp", "qbd_cell", "process_reading")
TABLES += ("transfer_batch", "ppq_series", "comparability", "process_verification")
CLOSED = """
UPDATE {table} AS one SET updated_at = now(), version = one.version + 1,
    parties = array(SELECT unnest(one.parties) INTERSECT SELECT one.sending_partner_id)
FROM transfer WHERE transfer.id = one.transfer_id AND transfer.state = 'cancelled'
"""


def upgrade() -> None:
    op.execute("SELECT set_config('entente.actor', 'migration:tech-transfer:0080', true)")
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        op.execute(CLOSED.format(table=table))
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
