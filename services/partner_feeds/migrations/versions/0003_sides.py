"""What a feed may report and in whose name, whether it loads its past, and the database's own line."""

import sqlalchemy as sa
from alembic import op
from installation import tables
from installation.tables import PartnersWrite
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"

OF_THE_MESSAGE = PartnersWrite(
    sides=["partner_id"],
    inserts=True,
    columns=["state", "attempt", "version", "updated_at"],
    moves={"partly_translated": ["replaying"], "quarantined": ["replaying"]},
)


def upgrade() -> None:
    op.add_column("feed", sa.Column("grants", postgresql.JSONB(), nullable=False, server_default="[]"))
    op.add_column("feed", sa.Column("state", sa.String(), nullable=False, server_default="live"))
    op.add_column("message", sa.Column("backfill", sa.Boolean(), nullable=False, server_default="false"))
    tables.root_record("feed")
    tables.sponsor_record("mapping_version")
    tables.root_record("message", OF_THE_MESSAGE)
    by_party = tables.is_party("message", "message_id")
    # Insert-only for everybody. Not audited: the audited message holds the digest of these bytes.
    op.execute("DROP POLICY party ON message_chunk")
    op.execute(f"CREATE POLICY party ON message_chunk TO svc_partner USING ({by_party}) WITH CHECK ({by_party})")
    for table in ("translation", "message_row"):
        tables.projection(table, seen_by_partners=by_party)
    tables.projection("known_partner", partner_column="id")
    tables.projection("known_site", partner_column="partner_id")
    for table in ("known_product", "known_record", "lot_start"):
        tables.projection(table)
