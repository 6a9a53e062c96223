"""By which numbers others know partners, their entities and sites. The DUNS that partners have already are taken over."""

import sqlalchemy as sa
from alembic import op
from installation import tables
from installation.changes import unseen

revision = "0021"
down_revision = "0020"

GIVEN = {"nullable": False}
KNOWN = """
INSERT INTO identifier (id, version, created_at, updated_at, state, scheme, value, partner_id, recorded_by, parties)
SELECT gen_random_uuid(), 1, created_at, updated_at, 'valid', 'duns', duns, id, 'migration:partner_registry:0021', parties
FROM partner WHERE duns IS NOT NULL ORDER BY created_at
"""


def upgrade() -> None:
    op.create_table(
        "identifier",
        *tables.versioned(),
        *(sa.Column(name, sa.String(), **GIVEN) for name in ("state", "scheme", "value", "recorded_by")),
        sa.Column("partner_id", sa.Uuid(), sa.ForeignKey("partner.id"), **GIVEN),
        sa.Column("legal_entity_id", sa.Uuid(), sa.ForeignKey("legal_entity.id")),
        sa.Column("site_id", sa.Uuid(), sa.ForeignKey("site.id")),
        *(sa.Column(name, sa.Date()) for name in ("valid_from", "valid_to")),
        sa.Column("end_reason", sa.String()),
        sa.Column("parties", sa.ARRAY(sa.Uuid()), **GIVEN),
    )
    live = sa.text("state = 'valid'")
    op.create_index("identifier_live", "identifier", ["scheme", "value"], unique=True, postgresql_where=live)
    op.create_index("identifier_of", "identifier", ["partner_id"])
    unseen("partner", KNOWN)
    tables.root_record("identifier")
