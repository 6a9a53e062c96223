"""One company that was registered twice."""

import sqlalchemy as sa
from alembic import op
from installation import tables

revision = "0038"
down_revision = "0037"

GIVEN = {"nullable": False}


def upgrade() -> None:
    op.create_table(
        "partner_union",
        *tables.versioned(),
        *(sa.Column(name, sa.String(), **GIVEN) for name in ("number", "state", "reason", "proposed_by")),
        *(sa.Column(name, sa.Uuid(), sa.ForeignKey("partner.id"), **GIVEN) for name in ("partner_id", "elder_id")),
        *(sa.Column(name, sa.String()) for name in ("united_by", "split_reason", "split_by")),
        *(sa.Column(name, sa.DateTime(timezone=True)) for name in ("united_at", "split_at")),
        sa.UniqueConstraint("number"),
    )
    op.create_index(
        "partner_union_alive",
        "partner_union",
        ["partner_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('proposed', 'united')"),
    )
    op.create_index("partner_union_elder_id", "partner_union", ["elder_id"])
    tables.sponsor_record("partner_union")
    tables.numbers("partner_union_number")
