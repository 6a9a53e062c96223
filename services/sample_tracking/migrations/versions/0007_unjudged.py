"""Results have qualifiers, and those that nobody could judge have an owner and what quality made of them."""

import sqlalchemy as sa
from alembic import op
from installation.renaming import rename_column
from sqlalchemy.dialects.postgresql import JSONB

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.execute("ALTER TABLE result ALTER COLUMN below_quantitation DROP NOT NULL")
    op.execute(
        "ALTER TABLE result ALTER COLUMN below_quantitation TYPE varchar "
        "USING CASE WHEN below_quantitation THEN 'below_quantitation' END"
    )
    rename_column("result", "below_quantitation", "qualifier")
    for column in ("owner", "interpreted_by"):
        op.add_column("result", sa.Column(column, sa.String()))
    op.add_column("result", sa.Column("interpretation", JSONB()))
    op.add_column("result", sa.Column("interpreted_at", sa.DateTime(timezone=True)))
    op.create_index(
        "result_unjudged",
        "result",
        ["id"],
        postgresql_where=sa.text(
            "evaluation = 'not_evaluated' AND superseded_by IS NULL "
            "AND reason NOT IN ('no_specification', 'report_only', 'exempt')"
        ),
    )
