"""A notification knows by whose registrations its kind was chosen, and whether that is assumed."""

import sqlalchemy as sa
from alembic import op
from installation.changes import unseen

revision = "0075"
down_revision = "0074"

GIVEN = {"nullable": False}
# What was due rests on nothing but the market: of its products' registrations the timer asks.
ASSUMED = """
UPDATE authority_notification AS said SET kind_assumed = true, product_ids = array_remove(ARRAY[
    CASE cause_type
        WHEN 'complaint' THEN (SELECT product_id FROM complaint WHERE complaint.id = said.cause_id)
        WHEN 'deviation' THEN (SELECT product_id FROM deviation WHERE deviation.id = said.cause_id)
        WHEN 'oos' THEN (SELECT product_id FROM oos_investigation WHERE oos_investigation.id = said.cause_id)
    END], NULL)
WHERE state = 'due' AND kind = 'us_field_alert'
"""


def upgrade() -> None:
    table = "authority_notification"
    for name in ("kind_stated", "kind_assumed"):
        op.add_column(table, sa.Column(name, sa.Boolean(), server_default="false", **GIVEN))
    op.add_column(table, sa.Column("product_ids", sa.ARRAY(sa.Uuid()), server_default="{}", **GIVEN))
    op.add_column(table, sa.Column("kind_read", sa.Integer(), server_default="0", **GIVEN))
    op.add_column(table, sa.Column("replaced_by", sa.Uuid(), sa.ForeignKey(f"{table}.id")))
    op.add_column(table, sa.Column("replaced_at", sa.DateTime(timezone=True)))
    unseen(table, ASSUMED)
