"""Sites are sold: who owned them keeps what was, and who buys them sees what comes."""

import sqlalchemy as sa
from alembic import op
from installation import tables
from installation.changes import guard_dates

revision = "0026"
down_revision = "0025"

GIVEN = {"nullable": False}


def upgrade() -> None:
    op.create_table(
        "site_transfer",
        *tables.versioned(),
        *(sa.Column(name, sa.String(), **GIVEN) for name in ("number", "state", "reason")),
        sa.Column("site_id", sa.Uuid(), sa.ForeignKey("site.id"), **GIVEN),
        *(sa.Column(name, sa.Uuid(), sa.ForeignKey("partner.id"), **GIVEN) for name in ("partner_id", "buyer_id")),
        sa.Column("obstacle", sa.String()),
        sa.Column("effective_on", sa.Date(), **GIVEN),
        sa.Column("effective_at", sa.DateTime(timezone=True), **GIVEN),
        sa.UniqueConstraint("number"),
    )
    op.create_index(
        "site_transfer_announced",
        "site_transfer",
        ["site_id"],
        unique=True,
        postgresql_where=sa.text("state = 'announced'"),
    )
    tables.sponsor_record("site_transfer")
    tables.numbers("site_transfer_number")
    op.create_table(
        "former_site",
        sa.Column("id", sa.Uuid(), primary_key=True),
        *(sa.Column(name, sa.Uuid(), **GIVEN) for name in ("site_id", "partner_id")),
        sa.Column("until", sa.Date(), **GIVEN),
        *(sa.Column(name, sa.String(), **GIVEN) for name in ("number", "name", "time_zone")),
    )
    op.create_index("former_site_site_id", "former_site", ["site_id"])
    tables.projection("former_site", partner_column="partner_id")
    op.add_column("site", sa.Column("owned_since", sa.Date()))
    guard_dates("site")
    for name in ("holds_from", "holds_until"):
        op.add_column("registered_site", sa.Column(name, sa.Date()))
    guard_dates("registered_site")
    # One row for each time that a partner has had the site.
    op.drop_constraint("registered_site_registration_id_site_id_activity_key", "registered_site", type_="unique")
    op.create_index(
        "registered_site_once",
        "registered_site",
        ["registration_id", "site_id", "activity", "holds_from"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    # Who bought a site records the certificates of its premises too.
    op.drop_index("certificate_printed", "certificate")
    op.create_index(
        "certificate_printed",
        "certificate",
        ["site_id", "partner_id", "kind", "certificate_number"],
        unique=True,
        postgresql_where=sa.text("state <> 'refused'"),
    )
