"""What each side said of the clauses of the responsibility matrix, and clauses of the sponsor's own."""

import sqlalchemy as sa
from alembic import op
from installation import tables
from installation.tables import ACTOR, Begin, PartnersWrite

revision = "0011"
down_revision = "0010"

GIVEN = {"nullable": False}
SAID = ["owner", "does", "approves", "remark", "reason", "stated_by", "list_version"]
# From the first consent on it stays, whatever the code forgets.
BEFORE_CONSENT = f"""
    root.kind = 'quality' AND root.state = 'in_review' AND responsibility.side = 'partner'
    AND root.sponsor_agreed_by IS NULL AND root.partner_agreed_by IS NULL AND responsibility.stated_by = {ACTOR}
"""
OF_THE_PARTNER = PartnersWrite(
    sides=["partner_id"],
    inserts=Begin(
        fills=["id", "created_at", "updated_at", "version_id", "code", *SAID],
        otherwise={"version": 1, "side": "partner"},
        check=BEFORE_CONSENT,
    ),
    columns=[*SAID, "version", "updated_at"],
    updates_if=BEFORE_CONSENT,
)


def _responsibilities() -> None:
    op.create_table(
        "responsibility",
        *tables.versioned(),
        sa.Column("version_id", sa.Uuid(), sa.ForeignKey("agreement_version.id"), **GIVEN),
        *(sa.Column(name, sa.String(), **GIVEN) for name in ("code", "side", "owner", "stated_by")),
        *(sa.Column(name, sa.String()) for name in ("does", "approves", "remark", "reason")),
        sa.Column("list_version", sa.Integer(), **GIVEN),
        sa.UniqueConstraint("version_id", "code", "side"),
    )
    tables.child_record("responsibility", "version_id", of="agreement_version", partners=OF_THE_PARTNER)


def _own_clauses() -> None:
    op.create_table(
        "own_clause",
        *tables.versioned(),
        sa.Column("code", sa.String(), unique=True, **GIVEN),
        *(sa.Column(name, sa.String(), **GIVEN) for name in ("words", "state")),
        *(sa.Column(name, sa.String()) for name in ("mandatory", "retirement_reason")),
    )
    # The sponsor's to write; a partner reads them, as it is to say who is responsible for what they are about.
    tables.sponsor_record("own_clause")
    op.execute("GRANT SELECT ON own_clause TO svc_partner")
    op.execute("CREATE POLICY party ON own_clause FOR SELECT TO svc_partner USING (true)")


def upgrade() -> None:
    _responsibilities()
    _own_clauses()
