"""Sites have premises, technologies and dosage forms; products a kind and components, and partners know them by codes.

Nobody has said that of those that are there.
"""

import sqlalchemy as sa
from alembic import op
from installation import tables
from installation.changes import add_required

revision = "0054"
down_revision = "0053"

GIVEN = {"nullable": False}


def upgrade() -> None:
    op.add_column("site", sa.Column("premises", sa.String()))
    for name in ("technologies", "dosage_forms"):
        add_required("site", sa.Column(name, sa.ARRAY(sa.String())), value="'{}'")
    add_required("product", sa.Column("state", sa.String()), value="'registered'")
    op.add_column("product", sa.Column("kind", sa.String()))
    add_required("product", sa.Column("other_names", sa.ARRAY(sa.String())), value="'{}'")
    add_required("product", sa.Column("component_ids", sa.ARRAY(sa.Uuid())), value="'{}'")
    op.create_table(
        "partner_product",
        *tables.versioned(),
        *(sa.Column(name, sa.String(), **GIVEN) for name in ("state", "product_code", "product_name", "dosage_form")),
        sa.Column("strengths", sa.ARRAY(sa.String()), **GIVEN),
        sa.Column("partner_id", sa.Uuid(), sa.ForeignKey("partner.id"), **GIVEN),
        sa.Column("product_id", sa.Uuid(), sa.ForeignKey("product.id"), **GIVEN),
        *(sa.Column(name, sa.String()) for name in ("partner_code", "partner_name", "end_reason")),
        sa.Column("recorded_by", sa.String(), **GIVEN),
        sa.Column("valid_from", sa.Date(), **GIVEN),
        sa.Column("valid_to", sa.Date()),
        sa.Column("parties", sa.ARRAY(sa.Uuid()), **GIVEN),
    )
    op.create_index("partner_product_of", "partner_product", ["partner_id", "product_id"])
    tables.root_record("partner_product")
