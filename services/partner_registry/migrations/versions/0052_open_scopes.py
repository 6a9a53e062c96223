"""One scope may be open for one product while it is for another; whether two lists overlap is asked before."""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"


def upgrade() -> None:
    op.drop_index("qualification_open", "qualification")
    op.create_index(
        "qualification_open",
        "qualification",
        ["site_id", "activity", "dosage_form", "purpose", "product_ids"],
        unique=True,
        postgresql_where=sa.text("state IN ('planned', 'in_assessment')"),
        postgresql_nulls_not_distinct=True,
    )
