"""Obligations with their verdicts, facts of what they are about, and whose turn it was with that."""

import sqlalchemy as sa
from alembic import op
from installation import tables
from installation.tables import PartnersWrite, Publishes, Step
from installation.waiting import add_turns
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0011"

GIVEN = {"nullable": False}
INSTANT = sa.DateTime(timezone=True)
IDS, TEXTS, JSONB = postgresql.ARRAY(sa.Uuid()), postgresql.ARRAY(sa.String()), postgresql.JSONB()
THEIRS = "EXISTS (SELECT FROM obligation WHERE obligation.subject_id = {}.subject_id OFFSET 0)"
WAIVED = PartnersWrite(
    sides=["partner_id"],
    steps=[
        Step(
            moves=["pending>waived", "breached>waived"],
            sides=["partner_id"],
            sets=["waived_at", "waiver_reason"],
            by=["waived_by"],
            independent_of=["prepared_by"],
            when_it_has={"owes": "sponsor", "statutory": False},
        )
    ],
)
TOLD = Publishes("obligation", "contracting.obligation", "obligation_id", {"io.entente.ObligationWaived.v1": {"state": "waived"}})


def _texts(*names: str, **more: object) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.String(), **more) for name in names]


def _judged() -> list[sa.Column[object]]:
    return [
        *_texts("verdict", **GIVEN),
        *_texts("why", "judged_as"),
        sa.Column("agreement_id", sa.Uuid()),
        *(sa.Column(name, sa.Integer()) for name in ("agreement_version", "late_seconds")),
        *(sa.Column(name, INSTANT) for name in ("start_at", "first_due_at", "due_at", "done_at")),
        sa.Column("remarks", TEXTS, **GIVEN),
        sa.Column("proof", IDS, **GIVEN),
    ]


def _obligations() -> None:
    op.create_table(
        "obligation",
        *tables.versioned(),
        *_judged(),
        *_texts("number", "state", "clause", "kind", "owes", "subject_type", **GIVEN),
        *_texts("agreement_number", "subject_number", "waived_by", "waiver_reason"),
        *(sa.Column(name, sa.Boolean(), **GIVEN) for name in ("gmp", "statutory", "opened")),
        *(sa.Column(name, sa.Uuid(), **GIVEN) for name in ("partner_id", "site_id", "subject_id")),
        *(sa.Column(name, sa.Uuid()) for name in ("product_id",)),
        sa.Column("waived_at", INSTANT),
        sa.Column("judgements", sa.Integer(), **GIVEN),
        sa.Column("prepared_by", TEXTS, **GIVEN),
        sa.Column("parties", IDS, **GIVEN),
        sa.UniqueConstraint("subject_id", "clause"),
    )
    add_turns("obligation", {})
    tables.root_record("obligation", WAIVED)
    tables.numbers("obligation_number")


def _verdicts() -> None:
    op.create_table(
        "obligation_verdict",
        sa.Column("id", sa.Uuid(), primary_key=True),
        *_judged(),
        sa.Column("obligation_id", sa.Uuid(), sa.ForeignKey("obligation.id"), **GIVEN),
        sa.Column("place", sa.Integer(), **GIVEN),
        *_texts("cause", **GIVEN),
        sa.Column("cause_id", sa.Uuid()),
        sa.Column("judged_at", INSTANT, **GIVEN),
        sa.UniqueConstraint("obligation_id", "place"),
    )
    tables.child_record("obligation_verdict", "obligation_id", of="obligation")
    op.execute(f"REVOKE UPDATE ON obligation_verdict FROM {', '.join(tables.ROLES)}")


def _facts() -> None:
    op.create_table(
        "subject_fact",
        sa.Column("id", sa.Uuid(), primary_key=True),
        *_texts("type", "subject_type", **GIVEN),
        *(sa.Column(name, sa.Uuid(), index=True, **GIVEN) for name in ("subject_id", "partner_id", "site_id")),
        sa.Column("sequence", sa.Integer(), **GIVEN),
        sa.Column("recorded_at", INSTANT, **GIVEN),
        sa.Column("said", JSONB, **GIVEN),
    )
    op.create_table(
        "held_ball",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("subject_id", sa.Uuid(), index=True, **GIVEN),
        *_texts("side", "why", **GIVEN),
        sa.Column("partner_id", sa.Uuid()),
        sa.Column("since", INSTANT, **GIVEN),
        sa.Column("sequence", sa.Integer(), **GIVEN),
    )
    for each in ("subject_fact", "held_ball"):
        tables.projection(each, seen_by_partners=THEIRS.format(each))


def upgrade() -> None:
    _obligations()
    _verdicts()
    _facts()
    tables.partners_publish(TOLD, beside=True)
