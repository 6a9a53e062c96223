"""The legal entities of partners, with the names that they had. Each partner has one by which it is known."""

import sqlalchemy as sa
from alembic import op
from installation import tables
from installation.changes import unseen
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0035"

GIVEN = {"nullable": False}
RECORDER = "migration:partner_registry:0020"
# What is known of a partner that is there is its name, and not since when it has it.
KNOWN = f"""
INSERT INTO legal_entity (id, version, created_at, updated_at, number, state, partner_id, principal, legal_name,
                          normalised_name, country, recorded_by, entries, parties)
SELECT gen_random_uuid(), 1, created_at, updated_at,
       'LE-' || to_char(created_at AT TIME ZONE 'UTC', 'YYYY') || '-' || next_number('legal_entity_number'),
       'registered', id, true, legal_name, normalised_name, country, '{RECORDER}',
       jsonb_build_array(jsonb_build_object(
           'legal_name', legal_name, 'form', NULL, 'register_entry', NULL, 'seat', NULL, 'valid_from', NULL,
           'recorded_at', to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"'),
           'recorded_by', '{RECORDER}')),
       parties
FROM partner ORDER BY created_at
"""  # noqa: S608


def upgrade() -> None:
    tables.numbers("legal_entity_number")
    op.create_table(
        "legal_entity",
        *tables.versioned(),
        *(
            sa.Column(name, sa.String(), **GIVEN)
            for name in ("number", "state", "legal_name", "normalised_name", "country", "recorded_by")
        ),
        *(sa.Column(name, sa.String()) for name in ("form", "register_entry", "seat", "end_reason")),
        sa.Column("partner_id", sa.Uuid(), sa.ForeignKey("partner.id"), **GIVEN),
        sa.Column("principal", sa.Boolean(), **GIVEN),
        sa.Column("valid_to", sa.Date()),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("entries", postgresql.JSONB(), **GIVEN),
        sa.Column("parties", postgresql.ARRAY(sa.Uuid()), **GIVEN),
        sa.UniqueConstraint("number"),
    )
    op.create_index("legal_entity_named", "legal_entity", ["normalised_name", "country"])
    op.create_index(
        "legal_entity_principal", "legal_entity", ["partner_id"], unique=True, postgresql_where=sa.text("principal")
    )
    unseen("partner", KNOWN)
    tables.root_record("legal_entity")
