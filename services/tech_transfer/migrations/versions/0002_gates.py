"""Decisions of gates, actions, and what quality states of a transfer."""

import sqlalchemy as sa
from alembic import op
from installation import tables
from installation.tables import Begin, PartnersWrite, Publishes, Step
from installation.waiting import add_turns
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"

GIVEN = {"nullable": False}
INSTANT = sa.DateTime(timezone=True)
IDS, TEXTS = postgresql.ARRAY(sa.Uuid()), postgresql.ARRAY(sa.String())
SENDER, RECEIVER = ["sending_partner_id"], ["receiving_partner_id"]
BOTH = [*SENDER, *RECEIVER]
UNSIGNED = {"quality_signed_by": None, "decided_at": None}
SIGNED = PartnersWrite(
    sides=BOTH,
    steps=[
        Step(
            moves=["proposed>proposed"],
            sides=sides,
            sets=[f"{unit}_signed_at"],
            by=[f"{unit}_signed_by", "signed_by"],
            independent_of=["signed_by"],
            when_it_has=UNSIGNED | {f"{unit}_signed_by": None},
        )
        for unit, sides in (("sending", SENDER), ("receiving", RECEIVER))
    ],
)
# Nobody decides a gate alone, and no two of three: whatever the code forgets.
BY_THREE = """
    state <> 'taken' OR decided_at IS NOT NULL AND cardinality(signed_by) = 3
    AND sending_signed_by <> receiving_signed_by AND sending_signed_by <> quality_signed_by
    AND receiving_signed_by <> quality_signed_by
"""
OF_TRANSFER_COLUMNS = ["transfer_id", "transfer_number", "product_id", "sending_site_id", "sending_partner_id"]
OF_TRANSFER_COLUMNS += ["receiving_site_id", "receiving_partner_id", "parties"]
MARKED = PartnersWrite(
    sides=BOTH,
    inserts=Begin(
        fills=["id", "created_at", "updated_at", *OF_TRANSFER_COLUMNS, "number", "gate", "rule", "text", "unit"],
        otherwise={"version": 1, "state": "open", "cause": "no_longer_true"},
    ),
    steps=[
        Step(moves=["open>done"], sides=BOTH, sets=["outcome", "evidence"], by=["done_by"]),
        Step(
            moves=["open>settled", "done>done"],
            sides=BOTH,
            sets=["settled_at"],
            when_it_has={"cause": "no_longer_true", "settled_at": None},
        ),
    ],
)
TURNS = Publishes(None, "tech-transfer.ball", "subject_id", types={"io.entente.tech-transfer.BallHeld.v1": {}})


def _of_transfer() -> list[sa.Column[object]]:
    return [
        sa.Column("transfer_id", sa.Uuid(), sa.ForeignKey("transfer.id"), **GIVEN),
        sa.Column("transfer_number", sa.String(), **GIVEN),
        *(sa.Column(name, sa.Uuid(), **GIVEN) for name in ("product_id", "receiving_site_id", "receiving_partner_id")),
        *(sa.Column(name, sa.Uuid()) for name in ("sending_site_id", "sending_partner_id")),
        sa.Column("parties", IDS, **GIVEN),
    ]


def _decisions() -> None:
    op.create_table(
        "gate_decision",
        *tables.versioned(),
        *_of_transfer(),
        sa.Column("number", sa.String(), unique=True, **GIVEN),
        *(sa.Column(name, sa.String(), **GIVEN) for name in ("state", "gate", "verdict", "proposed_by")),
        *(sa.Column(name, postgresql.JSONB(), **GIVEN) for name in ("unmet", "conditions")),
        sa.Column("signed_by", TEXTS, **GIVEN),
        *(sa.Column(name, sa.String()) for name in ("reason", "sending_signed_by", "receiving_signed_by")),
        sa.Column("quality_signed_by", sa.String()),
        *(sa.Column(name, INSTANT) for name in ("sending_signed_at", "receiving_signed_at", "decided_at")),
        sa.CheckConstraint(BY_THREE, name="gate_decision_is_signed_by_three"),
    )
    op.create_index("gate_decision_transfer_id", "gate_decision", ["transfer_id"])
    add_turns("gate_decision", {})
    tables.root_record("gate_decision", SIGNED)
    tables.numbers("gate_decision_number")


def _actions() -> None:
    op.create_table(
        "transfer_action",
        *tables.versioned(),
        *_of_transfer(),
        sa.Column("number", sa.String(), unique=True, **GIVEN),
        *(sa.Column(name, sa.String(), **GIVEN) for name in ("state", "cause", "gate", "rule", "text", "unit")),
        sa.Column("decision_id", sa.Uuid()),
        *(sa.Column(name, sa.String()) for name in ("owner", "outcome", "evidence", "done_by")),
        sa.Column("due_on", sa.Date()),
        sa.Column("settled_at", INSTANT),
    )
    op.create_index("transfer_action_transfer_id", "transfer_action", ["transfer_id"])
    op.create_index(
        "transfer_action_marks_once",
        "transfer_action",
        ["transfer_id", "gate", "rule"],
        unique=True,
        postgresql_where=sa.text("cause = 'no_longer_true' AND settled_at IS NULL"),
    )
    add_turns("transfer_action", {})
    tables.root_record("transfer_action", MARKED)
    tables.numbers("transfer_action_number")


def _statements() -> None:
    op.create_table(
        "statement",
        *tables.versioned(),
        *_of_transfer(),
        *(sa.Column(name, sa.String(), **GIVEN) for name in ("state", "rule", "evidence", "digest", "stated_by")),
        sa.Column("valid_to", sa.Date()),
        sa.Column("withdrawal_reason", sa.String()),
    )
    op.create_index("statement_transfer_id", "statement", ["transfer_id"])
    tables.root_record("statement")


def upgrade() -> None:
    _decisions()
    _actions()
    _statements()
    for table in ("gate_decision", "transfer_action", "statement"):
        op.execute(f"CREATE POLICY dossier ON {table} FOR SELECT TO CURRENT_USER USING (true)")
    tables.partners_publish(TURNS, beside=True)
