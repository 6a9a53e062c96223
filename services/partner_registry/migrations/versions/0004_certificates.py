"""Certificates of sites."""

import sqlalchemy as sa
from alembic import op
from installation import tables
from installation.tables import TENANT, Begin, PartnersWrite, Publishes
from installation.waiting import add_turns
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"

GIVEN = {"nullable": False}
LINES = ("number", "state", "kind", "holder", "certificate_number", "authority", "digest", "recorded_by")
DAYS = ("inspected_on", "valid_to", "ends_on", "checked_on", "withdrawn_on")
OF_THE_SITE = PartnersWrite(
    sides=["partner_id"],
    inserts=Begin(
        fills=[
            *("id", "created_at", "updated_at", "number", "kind", "holder", "certificate_number", "authority"),
            *("digest", "recorded_by", "inspected_on", "valid_from", "valid_to", "ends_on", "ends_at"),
            *("activities", "dosage_forms", "site_id", "partner_id", "parties"),
        ],
        otherwise={"version": 1, "state": "unchecked", "extensions": [], "restrictions": [], "non_compliance": False},
        parties=["partner_id"],
        check=f"EXISTS (SELECT FROM site WHERE site.id = certificate.site_id AND site.partner_id = {TENANT})",
    ),
)
FACTS = (
    Publishes(None, "partner-registry.ball", "subject_id", types={"io.entente.partner-registry.BallHeld.v1": {}}),
    Publishes(
        *("certificate", "partner-registry.certificate", "certificate_id"),
        types={"io.entente.CertificateRecorded.v1": {"state": "unchecked"}},
    ),
)


def upgrade() -> None:
    op.create_table(
        "certificate",
        *tables.versioned(),
        *(sa.Column(name, sa.String(), **GIVEN) for name in LINES),
        sa.Column("site_id", sa.Uuid(), sa.ForeignKey("site.id"), **GIVEN),
        sa.Column("partner_id", sa.Uuid(), **GIVEN),
        *(sa.Column(name, sa.ARRAY(sa.String()), **GIVEN) for name in ("activities", "dosage_forms")),
        sa.Column("valid_from", sa.Date(), **GIVEN),
        *(sa.Column(name, sa.Date()) for name in DAYS),
        sa.Column("ends_at", sa.DateTime(timezone=True)),
        *(sa.Column(name, sa.String()) for name in ("authority_register", "checked_by")),
        *(sa.Column(name, postgresql.JSONB(), **GIVEN) for name in ("extensions", "restrictions")),
        sa.Column("non_compliance", sa.Boolean(), **GIVEN),
        sa.Column("warned_days", sa.Integer()),
        sa.Column("parties", sa.ARRAY(sa.Uuid()), **GIVEN),
        sa.UniqueConstraint("number"),
    )
    op.create_index(
        "certificate_printed",
        "certificate",
        ["site_id", "kind", "certificate_number"],
        unique=True,
        postgresql_where=sa.text("state <> 'refused'"),
    )
    add_turns("certificate", {})
    tables.root_record("certificate", OF_THE_SITE)
    tables.numbers("certificate_number")
    tables.partners_publish(*FACTS)
