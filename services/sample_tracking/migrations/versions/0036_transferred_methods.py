"""How transfers of methods ended, and the entitlements that follow."""

import sqlalchemy as sa
from alembic import op
from installation import tables

revision = "0036"
down_revision = "0035"

GIVEN = {"nullable": False}


def upgrade() -> None:
    op.create_table(
        "known_method_transfer",
        sa.Column("id", sa.Uuid(), primary_key=True),
        *(sa.Column(name, sa.Uuid(), **GIVEN) for name in ("transfer_id", "product_id", "laboratory_site_id")),
        sa.Column("laboratory_partner_id", sa.Uuid(), **GIVEN),
        *(sa.Column(name, sa.String(), **GIVEN) for name in ("number", "method_code", "method_version", "kind")),
        *(sa.Column(name, sa.String(), **GIVEN) for name in ("report_digest", "outcome")),
        sa.Column("attempt", sa.Integer(), **GIVEN),
        *(sa.Column(name, sa.Date()) for name in ("entitled_from", "suspended_from")),
        *(sa.Column(name, sa.String()) for name in ("justification", "signed_by", "suspended_because")),
    )
    op.create_index("known_method_transfer_method_code", "known_method_transfer", ["method_code", "laboratory_site_id"])
    tables.projection("known_method_transfer")
    op.add_column("entitlement", sa.Column("method_transfer_id", sa.Uuid()))
    op.create_index(
        "entitlement_method_transfer_id",
        "entitlement",
        ["method_transfer_id", "method_id", "standing"],
        unique=True,
    )
