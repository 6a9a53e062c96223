"""Lessons and closure reports: the sponsor's alone."""

import sqlalchemy as sa
from alembic import op
from installation import tables
from installation.waiting import add_turns
from sqlalchemy.dialects import postgresql

revision = "0062"
down_revision = "0061"

GIVEN = {"nullable": False}
INSTANT = sa.DateTime(timezone=True)
TEXTS = postgresql.ARRAY(sa.String())
# What was signed nobody changes, whatever the code forgets.
FROZEN = """
CREATE FUNCTION refuse_signed_report() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE '% is signed: nothing of it changes', old.number USING ERRCODE = 'check_violation';
END $$
"""


def _of_transfer() -> list[sa.Column[object]]:
    return [
        sa.Column("transfer_id", sa.Uuid(), sa.ForeignKey("transfer.id"), **GIVEN),
        sa.Column("transfer_number", sa.String(), **GIVEN),
        *(sa.Column(name, sa.Uuid(), **GIVEN) for name in ("product_id", "receiving_site_id", "receiving_partner_id")),
        *(sa.Column(name, sa.Uuid()) for name in ("sending_site_id", "sending_partner_id")),
        sa.Column("parties", postgresql.ARRAY(sa.Uuid()), **GIVEN),
    ]


def _lessons() -> None:
    op.create_table(
        "lesson",
        *tables.versioned(),
        *_of_transfer(),
        sa.Column("number", sa.String(), unique=True, **GIVEN),
        *(sa.Column(name, sa.String(), **GIVEN) for name in ("state", "category", "title", "text", "recommendation")),
        sa.Column("recorded_by", sa.String(), **GIVEN),
        *(sa.Column(name, sa.String()) for name in ("gate", "withdrawal_reason")),
    )
    op.create_index("lesson_transfer_id", "lesson", ["transfer_id"])
    tables.sponsor_record("lesson")
    tables.numbers("lesson_number")


def _reports() -> None:
    op.create_table(
        "closure_report",
        *tables.versioned(),
        *_of_transfer(),
        sa.Column("number", sa.String(), unique=True, **GIVEN),
        *(sa.Column(name, sa.String(), **GIVEN) for name in ("state", "digest", "content")),
        sa.Column("written_at", INSTANT, **GIVEN),
        sa.Column("prepared_by", TEXTS, **GIVEN),
        sa.Column("signed_by", sa.String()),
        sa.Column("signed_at", INSTANT),
        sa.CheckConstraint(
            "state <> 'signed' OR signed_at IS NOT NULL AND signed_by <> ALL (prepared_by)",
            name="closure_report_is_signed_by_another",
        ),
    )
    op.create_index("closure_report_transfer_id", "closure_report", ["transfer_id"], unique=True)
    add_turns("closure_report", {})
    tables.sponsor_record("closure_report")
    tables.numbers("closure_report_number")
    op.execute(FROZEN)
    op.execute(
        "CREATE TRIGGER closure_report_is_frozen BEFORE UPDATE OR DELETE ON closure_report FOR EACH ROW "
        "WHEN (old.state = 'signed') EXECUTE FUNCTION refuse_signed_report()"
    )


def upgrade() -> None:
    _lessons()
    _reports()
    op.execute("CREATE POLICY dossier ON lesson FOR SELECT TO CURRENT_USER USING (true)")
