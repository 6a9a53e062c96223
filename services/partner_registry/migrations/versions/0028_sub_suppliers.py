"""Sub-suppliers that sites use."""

import sqlalchemy as sa
from alembic import op
from installation import tables
from installation.tables import TENANT, Begin, PartnersWrite, Publishes, Step
from installation.waiting import add_turns

revision = "0028"
down_revision = "0027"

GIVEN = {"nullable": False}
LINES = ("purpose", "supplier", "supplier_country", "criticality", "audited_by", "normalised_supplier")
OF_THE_SITE = PartnersWrite(
    sides=["partner_id"],
    inserts=Begin(
        fills=[
            *("id", "created_at", "updated_at", "number", "site_id", "partner_id", "parties", *LINES),
            *("product_code", "last_audit_on", "used_since"),
        ],
        otherwise={"version": 1, "state": "in_use"},
        parties=["partner_id"],
        check=f"EXISTS (SELECT FROM site WHERE site.id = sub_supplier_use.site_id AND site.partner_id = {TENANT})",
    ),
    steps=[
        Step(moves=["in_use>in_use"], sides=["partner_id"], sets=["criticality", "audited_by", "last_audit_on"]),
        Step(moves=["in_use>ended"], sides=["partner_id"], sets=["ended_on", "reason"]),
    ],
)
TOLD = Publishes(
    *("sub_supplier_use", "partner-registry.sub-supplier", "sub_supplier_use_id"),
    types={"io.entente.SubSupplierUsed.v1": {}},
)


def upgrade() -> None:
    op.create_table(
        "sub_supplier_use",
        *tables.versioned(),
        *(sa.Column(name, sa.String(), **GIVEN) for name in ("number", "state", *LINES)),
        sa.Column("site_id", sa.Uuid(), sa.ForeignKey("site.id"), **GIVEN),
        sa.Column("partner_id", sa.Uuid(), **GIVEN),
        *(sa.Column(name, sa.String()) for name in ("product_code", "reason")),
        sa.Column("used_since", sa.Date(), **GIVEN),
        *(sa.Column(name, sa.Date()) for name in ("last_audit_on", "ended_on")),
        sa.Column("parties", sa.ARRAY(sa.Uuid()), **GIVEN),
        sa.UniqueConstraint("number"),
    )
    op.create_index(
        "sub_supplier_use_once",
        "sub_supplier_use",
        ["site_id", "normalised_supplier", "supplier_country", "purpose", "product_code"],
        unique=True,
        postgresql_nulls_not_distinct=True,
        postgresql_where=sa.text("state = 'in_use'"),
    )
    add_turns("sub_supplier_use", {})
    tables.root_record("sub_supplier_use", OF_THE_SITE)
    tables.numbers("sub_supplier_number")
    tables.partners_publish(TOLD, beside=True)
