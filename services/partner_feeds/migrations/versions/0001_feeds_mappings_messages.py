"""Feeds, mappings, messages, and copies of partners, sites and products."""

import sqlalchemy as sa
from alembic import op
from installation import tables
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None

BY_PARTY = tables.is_party("message", "message_id")


def directory() -> None:
    op.create_table(
        "known_partner",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
    )
    op.create_table(
        "known_site",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(), nullable=False, index=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("time_zone", sa.String(), nullable=False),
    )
    op.create_table(
        "known_product",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("code", sa.String(), nullable=False, index=True),
        sa.Column("name", sa.String(), nullable=False),
    )
    tables.projection("known_partner", partner_column="id")
    tables.projection("known_site", partner_column="partner_id")
    tables.projection("known_product")


def feeds_and_mappings() -> None:
    op.create_table(
        "feed",
        *tables.versioned(),
        sa.Column("code", sa.String(), nullable=False, unique=True),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("manufacturing_site_id", sa.Uuid(), nullable=False),
        sa.Column("manufacturing_partner_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("format", sa.String(), nullable=False),
        sa.Column("mapping", sa.String()),
        sa.Column("time_zone", sa.String(), nullable=False),
        sa.Column("parties", postgresql.ARRAY(sa.Uuid()), nullable=False),
    )
    op.create_table(
        "mapping_version",
        *tables.versioned(),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("drafted_by", sa.String(), nullable=False),
        sa.Column("approved_by", sa.String()),
        sa.Column("approved_at", sa.DateTime(timezone=True)),
        sa.UniqueConstraint("code", "number"),
    )
    op.create_index(
        "mapping_live", "mapping_version", ["code"], unique=True, postgresql_where=sa.text("state = 'live'")
    )
    tables.root_record("feed")
    tables.sponsor_record("mapping_version")


def message() -> None:
    op.create_table(
        "message",
        *tables.versioned(),
        sa.Column("feed_id", sa.Uuid(), sa.ForeignKey("feed.id"), nullable=False),
        sa.Column("feed", sa.String(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("content_type", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("sender_message_id", sa.String()),
        sa.Column("file_name", sa.String()),
        sa.Column("traceparent", sa.String()),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("dismissal_reason", sa.String()),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("parties", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.UniqueConstraint("feed_id", "sha256"),
        sa.UniqueConstraint("feed_id", "sender_message_id"),
    )
    op.create_index(
        "message_under_way", "message", ["id"], postgresql_where=sa.text("state IN ('received', 'replaying')")
    )
    tables.root_record("message")


def chunks() -> None:
    op.create_table(
        "message_chunk",
        sa.Column("message_id", sa.Uuid(), sa.ForeignKey("message.id"), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("bytes", sa.LargeBinary(), nullable=False),
    )
    # Insert-only for everybody. Not audited: the audited message holds the digest of these bytes.
    op.execute("ALTER TABLE message_chunk ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE message_chunk FORCE ROW LEVEL SECURITY")
    op.execute("GRANT SELECT, INSERT ON message_chunk TO svc_sponsor, svc_partner, svc_worker")
    op.execute("CREATE POLICY everyone ON message_chunk TO svc_sponsor, svc_worker USING (true) WITH CHECK (true)")
    op.execute(f"CREATE POLICY party ON message_chunk TO svc_partner USING ({BY_PARTY}) WITH CHECK ({BY_PARTY})")


def translation() -> None:
    op.create_table(
        "translation",
        sa.Column("message_id", sa.Uuid(), sa.ForeignKey("message.id"), primary_key=True),
        sa.Column("attempt", sa.Integer(), primary_key=True),
        sa.Column("mapping_id", sa.Uuid()),
        sa.Column("mapping", sa.String()),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("place", "accepted", "duplicate", "amended", "refused")),
        sa.Column("first_reason", sa.String(), nullable=False),
        sa.Column("notices", postgresql.JSONB(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "message_row",
        sa.Column("message_id", sa.Uuid(), primary_key=True),
        sa.Column("row", sa.Integer(), primary_key=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("errors", postgresql.JSONB()),
    )
    op.create_index("message_row_refused", "message_row", ["message_id", "row"], postgresql_where=sa.text("outcome = 'refused'"))
    for table in ("translation", "message_row"):
        tables.projection(table)
        op.execute(f"GRANT SELECT ON {table} TO svc_partner")
        op.execute(f"CREATE POLICY party ON {table} FOR SELECT TO svc_partner USING ({BY_PARTY})")


def records() -> None:
    op.create_table(
        "known_record",
        sa.Column("feed_id", sa.Uuid(), primary_key=True),
        sa.Column("record_id", sa.String(), primary_key=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("digest", sa.BigInteger(), nullable=False),
        sa.Column("fact", sa.String(), nullable=False),
    )
    op.create_table(
        "lot_start", sa.Column("lot_id", sa.Uuid(), primary_key=True), sa.Column("started", sa.String(), nullable=False)
    )
    tables.projection("known_record")
    tables.projection("lot_start")


def upgrade() -> None:
    directory()
    feeds_and_mappings()
    message()
    chunks()
    translation()
    records()
