"""Submissions to authorities, and what passed between them and regulatory."""

import sqlalchemy as sa
from alembic import op
from installation import tables
from installation.waiting import add_turns
from sqlalchemy.dialects import postgresql

revision = "0060"
down_revision = "0050"

GIVEN = {"nullable": False}
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "submission",
        *tables.versioned(),
        sa.Column("transfer_id", sa.Uuid(), sa.ForeignKey("transfer.id"), **GIVEN),
        sa.Column("transfer_number", sa.String(), **GIVEN),
        *(sa.Column(name, sa.Uuid(), **GIVEN) for name in ("product_id", "receiving_site_id", "receiving_partner_id")),
        *(sa.Column(name, sa.Uuid()) for name in ("sending_site_id", "sending_partner_id")),
        sa.Column("parties", postgresql.ARRAY(sa.Uuid()), **GIVEN),
        sa.Column("number", sa.String(), unique=True, **GIVEN),
        *(sa.Column(name, sa.String(), **GIVEN) for name in ("state", "market", "kind")),
        *(sa.Column(name, sa.Date()) for name in ("planned_on", "filed_on", "last_on", "decided_on")),
        sa.Column("stands_since", INSTANT, **GIVEN),
    )
    op.create_index("submission_transfer_id", "submission", ["transfer_id"])
    op.create_index(
        "submission_once",
        "submission",
        ["transfer_id", "market"],
        unique=True,
        postgresql_where=sa.text("state IN ('planned', 'filed', 'questions')"),
    )
    add_turns("submission", {})
    tables.root_record("submission")
    tables.numbers("submission_number")
    op.execute("CREATE POLICY dossier ON submission FOR SELECT TO CURRENT_USER USING (true)")
    op.create_table(
        "submission_entry",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("submission_id", sa.Uuid(), sa.ForeignKey("submission.id"), **GIVEN),
        *(sa.Column(name, sa.String(), **GIVEN) for name in ("step", "written_by")),
        sa.Column("happened_on", sa.Date()),
        *(sa.Column(name, sa.String()) for name in ("reference", "text")),
        sa.Column("written_at", INSTANT, **GIVEN),
    )
    op.create_index("submission_entry_submission_id", "submission_entry", ["submission_id"])
    tables.sponsor_record("submission_entry")
    op.execute("REVOKE UPDATE ON submission_entry FROM svc_sponsor, svc_worker")
