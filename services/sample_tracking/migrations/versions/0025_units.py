"""People enter the determinations of which a result is made, too, and among how many units defective ones are counted."""

import sqlalchemy as sa
from alembic import op
from installation.changes import fill_too
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    # As they were written: what a partner's fact tells of them is held against the column.
    op.alter_column(
        "result", "determinations", type_=ARRAY(sa.String()), postgresql_using="determinations::varchar[]"
    )
    op.add_column("result", sa.Column("inspected", sa.Integer()))
    fill_too("result", "determinations", "inspected")
