"""Which results lie outside of what those before them let expect."""

import sqlalchemy as sa
from alembic import op
from installation import tables

revision = "0029"
down_revision = "0028"

GIVEN = {"nullable": False}


def upgrade() -> None:
    op.create_table(
        "out_of_trend",
        sa.Column("result_id", sa.Uuid(), sa.ForeignKey("result.id"), primary_key=True),
        sa.Column("basis", sa.String(), **GIVEN),
        *(sa.Column(name, sa.Numeric(), **GIVEN) for name in ("lower", "upper")),
        *(sa.Column(name, sa.Integer(), **GIVEN) for name in ("points", "told")),
        sa.Column("holds", sa.Boolean(), **GIVEN),
        sa.Column("told_at", sa.DateTime(timezone=True), **GIVEN),
    )
    tables.projection("out_of_trend", seen_by_partners=tables.is_party("result", "out_of_trend.result_id"))
