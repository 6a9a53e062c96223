"""Sales of sites: whose one was on a day says which agreements covered it then."""

import sqlalchemy as sa
from alembic import op
from installation import tables

revision = "0030"
down_revision = "0020"

GIVEN = {"nullable": False}


def upgrade() -> None:
    op.create_table(
        "site_sale",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("site_id", sa.Uuid(), index=True, **GIVEN),
        *(sa.Column(name, sa.Uuid(), **GIVEN) for name in ("from_partner_id", "partner_id")),
        sa.Column("effective_on", sa.Date(), **GIVEN),
    )
    tables.projection("site_sale", partner_column="partner_id")
