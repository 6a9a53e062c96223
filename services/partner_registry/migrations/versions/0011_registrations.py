"""What is registered for which market, and for each site of it."""

import sqlalchemy as sa
from alembic import op
from installation import tables
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"

GIVEN = {"nullable": False}


def upgrade() -> None:
    op.create_table(
        "registration",
        *tables.versioned(),
        *(sa.Column(name, sa.String(), **GIVEN) for name in ("number", "state", "market", "regime", "holder")),
        sa.Column("product_id", sa.Uuid(), sa.ForeignKey("product.id"), **GIVEN),
        sa.Column("authorisation_number", sa.String()),
        sa.Column("entries", postgresql.JSONB(), **GIVEN),
        sa.UniqueConstraint("number"),
    )
    op.create_index(
        "registration_live",
        "registration",
        ["product_id", "market"],
        unique=True,
        postgresql_where=sa.text("state <> 'withdrawn'"),
    )
    tables.sponsor_record("registration")
    tables.numbers("registration_number")
    op.create_table(
        "registered_site",
        *tables.versioned(),
        sa.Column("registration_id", sa.Uuid(), sa.ForeignKey("registration.id"), **GIVEN),
        *(
            sa.Column(name, sa.String(), **GIVEN)
            for name in ("registration_number", "product_code", "dosage_form", "market", "activity")
        ),
        *(sa.Column(name, sa.Uuid(), **GIVEN) for name in ("product_id", "partner_id")),
        sa.Column("site_id", sa.Uuid(), sa.ForeignKey("site.id"), **GIVEN),
        sa.Column("known", postgresql.JSONB(), **GIVEN),
        sa.Column("parties", sa.ARRAY(sa.Uuid()), **GIVEN),
        sa.UniqueConstraint("registration_id", "site_id", "activity"),
    )
    op.create_index("registered_site_asked", "registered_site", ["site_id", "product_id"])
    tables.root_record("registered_site")
