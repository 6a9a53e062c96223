"""Documents as people handed them in; their bytes lie elsewhere, by their digest."""

import sqlalchemy as sa
from alembic import op
from installation import tables
from installation.tables import ACTOR, TENANT, Begin, PartnersWrite
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0002"

GIVEN = {"nullable": False}
HANDED_IN = PartnersWrite(
    sides=["partner_id"],
    inserts=Begin(
        fills=[
            *("id", "created_at", "updated_at", "digest", "file_name", "media_type", "size", "uploaded_by"),
            *("partner_id", "parties"),
        ],
        otherwise={"version": 1},
        parties=["partner_id"],
        check=f"document.uploaded_by = {ACTOR} AND document.partner_id = {TENANT}",
    ),
)


def upgrade() -> None:
    op.create_table(
        "document",
        *tables.versioned(),
        *(sa.Column(name, sa.String(), **GIVEN) for name in ("digest", "file_name", "media_type", "uploaded_by")),
        sa.Column("size", sa.BigInteger(), **GIVEN),
        sa.Column("partner_id", sa.Uuid()),
        sa.Column("parties", postgresql.ARRAY(sa.Uuid()), **GIVEN),
        sa.UniqueConstraint("digest", "uploaded_by"),
    )
    tables.root_record("document", HANDED_IN)
    # What was handed in stays as it was.
    op.execute(f"REVOKE UPDATE ON document FROM {', '.join(tables.ROLES)}")
