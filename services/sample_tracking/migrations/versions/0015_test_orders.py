"""Test orders, and what is known of laboratories that decides about them."""

import sqlalchemy as sa
from alembic import op
from installation import tables
from installation.tables import PartnersWrite, Publishes, Step
from installation.waiting import add_turns
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"

GIVEN = {"nullable": False}
LABORATORY = ["laboratory_partner_id"]
ANSWER = {"sides": LABORATORY, "by": ["answered_by"]}
OF_THE_LABORATORY = PartnersWrite(
    sides=LABORATORY,
    steps=[
        Step(moves=["issued>accepted"], sets=["answered_at", "due_at"], **ANSWER),
        Step(moves=["issued>declined"], sets=["answered_at", "decline_reason"], **ANSWER),
        Step(moves=["accepted>accepted"], sides=LABORATORY, sets=["not_tested"]),
    ],
)
FACTS = Publishes(
    *("test_order", "sample-tracking.test-order", "order_id"),
    types={
        "io.entente.TestOrderAccepted.v1": {"state": "accepted"},
        "io.entente.TestOrderDeclined.v1": {"state": "declined"},
    },
)


def upgrade() -> None:
    texts = ("number", "state", "lot_number", "material", "priority", "drafted_by")
    ids = ("lot_id", "product_id", "site_id", "partner_id", "laboratory_site_id", "laboratory_partner_id")
    persons = ("issued_by", "answered_by", "cancelled_by")
    instants = ("issued_at", "answer_due_at", "answered_at", "due_at", "completed_at", "overdue_reported_for")
    op.create_table(
        "test_order",
        *tables.versioned(),
        *(sa.Column(name, sa.String(), **GIVEN) for name in texts),
        *(sa.Column(name, sa.Uuid(), **GIVEN) for name in ids),
        sa.Column("agreed_working_days", sa.Integer(), **GIVEN),
        *(sa.Column(name, postgresql.JSONB(), **GIVEN) for name in ("tests", "limits", "not_tested")),
        sa.Column("lacking", sa.ARRAY(sa.String()), **GIVEN),
        *(sa.Column(n, sa.String()) for n in (*persons, "not_yet_qualified_reason", "decline_reason", "cancel_reason")),
        *(sa.Column(name, sa.DateTime(timezone=True)) for name in instants),
        sa.Column("parties", sa.ARRAY(sa.Uuid()), **GIVEN),
        sa.UniqueConstraint("number"),
    )
    op.create_index("test_order_lot_id", "test_order", ["lot_id"])
    add_turns("test_order", {})
    tables.root_record("test_order", OF_THE_LABORATORY)
    tables.numbers("test_order_number")
    tables.partners_publish(FACTS, beside=True)
    op.add_column("result", sa.Column("order_id", sa.Uuid()))
    op.create_index("result_order_id", "result", ["order_id"], postgresql_where=sa.text("order_id IS NOT NULL"))
    op.create_table(
        "site_country",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("partner_id", sa.Uuid(), **GIVEN),
        sa.Column("country", sa.String(), **GIVEN),
    )
    tables.projection("site_country", partner_column="partner_id")
    op.create_table(
        "known_qualification",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("site_id", sa.Uuid(), **GIVEN),
        sa.Column("sequence", sa.Integer(), **GIVEN),
        sa.Column("said", postgresql.JSONB(), **GIVEN),
    )
    op.create_index("known_qualification_site_id", "known_qualification", ["site_id"])
    tables.projection("known_qualification")
