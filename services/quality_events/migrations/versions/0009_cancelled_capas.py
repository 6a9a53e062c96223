"""A CAPA that was cancelled leaves its place: its source may open another one."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

SOURCE = ("source_type", "source_id", "generation")


def upgrade() -> None:
    op.drop_constraint("_".join(("capa", *SOURCE, "key")), "capa", type_="unique")
    op.create_index("capa_source", "capa", SOURCE, unique=True, postgresql_where=sa.text("state <> 'cancelled'"))
