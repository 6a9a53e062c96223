"""When the first phase of an OOS investigation ends by itself."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.add_column("oos_investigation", sa.Column("phase_1_until", sa.DateTime(timezone=True)))
    op.create_index(
        "oos_investigation_phase_1_until",
        "oos_investigation",
        ["phase_1_until"],
        postgresql_where=sa.text("state = 'phase_1'"),
    )


def downgrade() -> None:
    op.drop_column("oos_investigation", "phase_1_until")
