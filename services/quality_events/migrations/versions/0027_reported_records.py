"""Versions of the batch record as makers' systems gave them."""

import sqlalchemy as sa
from alembic import op
from installation import tables

revision = "0027"
down_revision = "0026"

GIVEN = {"nullable": False}
TEXTS = ("source", "record_version", "digest", "changed_at", "received_by")


def upgrade() -> None:
    op.create_table(
        "reported_record",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("batch_id", sa.Uuid(), sa.ForeignKey("batch.id"), **GIVEN),
        *(sa.Column(name, sa.String(), **GIVEN) for name in TEXTS),
        *(sa.Column(name, sa.Integer(), **GIVEN) for name in ("revision", "authority")),
        sa.Column("complete", sa.Boolean(), **GIVEN),
        sa.Column("status", sa.String()),
        sa.Column("received_at", sa.DateTime(timezone=True), **GIVEN),
        sa.UniqueConstraint("batch_id", "source", "revision", "digest"),
    )
    tables.child_record("reported_record", "batch_id", of="batch")
