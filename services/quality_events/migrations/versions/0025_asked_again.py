"""New evidence is asked about again, and a review that was opened by mistake is cancelled."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"

INSTANT = sa.DateTime(timezone=True)
ONCE = {
    "distribution_impact": ["batch_id", "market", "cause_type", "cause_id"],
    "authority_notification": ["cause_id", "market", "kind"],
}
CANCELLED = """
    (state = 'cancelled') = (cancelled_at IS NOT NULL) AND
    (state <> 'cancelled' OR cancelled_by IS NOT NULL AND cancel_reason IS NOT NULL AND reviewed_at IS NULL)
"""


def upgrade() -> None:
    for table, columns in ONCE.items():
        op.add_column(table, sa.Column("round", sa.Integer(), server_default="1", nullable=False))
        op.drop_constraint(f"{table}_{'_'.join(columns)}_key", table, type_="unique")
        op.create_unique_constraint(f"{table}_once", table, [*columns, "round"])
    op.add_column("oos_investigation", sa.Column("reopened_at", INSTANT))
    for column in (sa.Column("cancel_reason", sa.String()), sa.Column("cancelled_by", sa.String())):
        op.add_column("product_review", column)
    op.add_column("product_review", sa.Column("cancelled_at", INSTANT))
    op.create_check_constraint("product_review_is_cancelled_by_somebody", "product_review", CANCELLED)
