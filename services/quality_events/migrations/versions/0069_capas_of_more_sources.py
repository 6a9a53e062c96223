"""A finding, complaint, change or recall may have several CAPAs: a recall one of each maker."""

import sqlalchemy as sa
from alembic import op

revision = "0069"
down_revision = "0068"

SOURCE = ("source_type", "source_id", "generation")
ONE_EACH = "state <> 'cancelled' AND source_type IN ('manual', 'deviation', 'oos')"


def upgrade() -> None:
    op.drop_index("capa_source", "capa")
    op.create_index("capa_source", "capa", SOURCE, unique=True, postgresql_where=sa.text(ONE_EACH))
