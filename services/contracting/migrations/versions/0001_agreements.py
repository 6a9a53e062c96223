"""Agreements, their versions, what was given back, drafts and clauses; and the copies of partners, sites and products."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from directory.migration import add_directory
from installation import tables
from installation.tables import Begin, PartnersWrite, Publishes, Step
from installation.waiting import add_turns
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None

GIVEN = {"nullable": False}
INSTANT = sa.DateTime(timezone=True)
IDS, TEXTS, JSONB = postgresql.ARRAY(sa.Uuid()), postgresql.ARRAY(sa.String()), postgresql.JSONB()
PARTNER = ["partner_id"]
SIDES = ("sponsor", "partner")
ENTITIES = ("sponsor_entity", "partner_entity")
ENTITY_COLUMNS = [*ENTITIES, *(f"{name}_id" for name in ENTITIES)]
NEW = ["id", "created_at", "updated_at"]
CONTENT = [
    *("title", *ENTITY_COLUMNS, "site_ids", "product_ids", "services", "markets", "governing_law", "effective_from"),
    *("expires_on", "notice_days", "notice_days_for_cause", "renewal", "renewal_months", "exit_terms", "contacts"),
    *("documents", "clauses", "price_list_id", "digest"),
]
WHO = [f"{side}_{did}" for side in SIDES for did in ("agreed_by", "agreed_at", "signed_by", "signed_at")]
NOTICE = ["notice_by", "notice_received_on", "notice_reason", "notice_clause", "ending", "ends_on"]
OF_ITS_AGREEMENT = (
    "EXISTS (SELECT FROM agreement AS above WHERE above.id = agreement_version.agreement_id "
    "AND above.partner_id = agreement_version.partner_id)"
)


def _step(*moves: str, **does: Any) -> Step:
    return Step(moves=moves, sides=PARTNER, **does)


DRAFTS = PartnersWrite(
    PARTNER,
    inserts=Begin(
        fills=[
            *(*NEW, *PARTNER, "parties", "kind", "purpose", "parent_id", "stand_alone_reason", "agreement_id"),
            *("parent_version_id", "version_id", "content", "prepared_by"),
        ],
        otherwise={"version": 1, "state": "open", "drafted_by_side": "partner"},
        parties=PARTNER,
    ),
    steps=[
        _step("open>open", sets=["content"], by=["prepared_by"]),
        _step("open>submitted", sets=["agreement_id", "version_id"]),
        _step("open>discarded"),
    ],
)
AGREEMENTS = PartnersWrite(
    PARTNER,
    inserts=Begin(
        fills=[*NEW, *PARTNER, "parties", "number", "kind", "title", "parent_id", "stand_alone_reason", *ENTITY_COLUMNS],
        otherwise={"version": 1, "state": "preparing", "renewal": "none"},
        parties=PARTNER,
    ),
    steps=[
        _step("preparing>preparing", "effective>effective", "in_notice>in_notice"),
        _step("preparing>abandoned", sets=["end_reason"]),
        _step("effective>effective", sets=["expires_on"], clears=["warned_for", "warned_days"]),
        _step("effective>in_notice", sets=NOTICE),
        _step("effective>in_notice", "in_notice>in_notice", sets=["ends_on", "end_reason"],
            gives={"ending": "both"}
        ),
        _step("effective>effective", "in_notice>in_notice", sets=["reviewed_on", "review_due_on"],
            when_it_has={"kind": "quality"}
        ),
    ],
)
VERSIONS = PartnersWrite(
    PARTNER,
    inserts=Begin(
        fills=[
            *(*NEW, *PARTNER, "parties", "agreement_id", "agreement_number", "kind", "version_number", "purpose"),
            *("parent_version_id", "changed_clauses", *CONTENT, "submitted_at", "submitted_by", "prepared_by"),
        ],
        otherwise={"version": 1, "state": "in_review", "round": 1, "drafted_by_side": "partner"},
        parties=PARTNER,
        check=OF_ITS_AGREEMENT,
    ),
    steps=[
        _step("draft>in_review", sets=[*CONTENT, "changed_clauses", "round", "submitted_at"],
            by=["submitted_by", "prepared_by"],
            when_it_has={"drafted_by_side": "partner"}
        ),
        _step("in_review>draft", "agreed>draft", clears=WHO),
        _step("in_review>in_review", sets=["digest"], by=["prepared_by"], when_it_has={f"{each}_agreed_by": None for each in SIDES}),
        _step("in_review>in_review", "in_review>agreed", sets=["partner_agreed_at"],
            by=["partner_agreed_by"],
            when_it_has={"partner_agreed_by": None}
        ),
        _step("agreed>agreed", "agreed>signed", sets=["partner_signed_at"],
            by=["partner_signed_by"],
            independent_of=["prepared_by"],
            when_it_has={"partner_signed_by": None}
        ),
        _step("draft>withdrawn", "in_review>withdrawn", "agreed>withdrawn", sets=["withdrawal_reason"],
            when_it_has={"drafted_by_side": "partner"}
        ),
    ],
)
ROUNDS = PartnersWrite(
    PARTNER,
    inserts=Begin(
        fills=["id", "created_at", "version_id", "version", "round", "digest", "content", "returned_by", "reasons"],
        otherwise={"returned_by_side": "partner"},
    ),
)
DECISIONS = PartnersWrite(
    PARTNER,
    inserts=Begin(
        fills=[
            *(*NEW, *PARTNER, "parties", "agreement_id", "agreement_number", "kind", "subject", "last_day", "changes"),
            *("reason", "proposed_by"),
        ],
        otherwise={"version": 1, "state": "proposed", "proposed_by_side": "partner"},
        parties=PARTNER,
        check=OF_ITS_AGREEMENT.replace("agreement_version", "joint_decision"),
    ),
    steps=[
        _step("proposed>agreed", sets=["answered_at"],
            by=["answered_by"],
            when_it_has={"proposed_by_side": "sponsor"}
        ),
        _step("proposed>declined", sets=["answered_at", "decline_reason"],
            by=["answered_by"],
            when_it_has={"proposed_by_side": "sponsor"}
        ),
        _step("proposed>withdrawn", when_it_has={"proposed_by_side": "partner"}),
    ],
)
TOLD = Publishes(
    "agreement",
    "contracting.agreement",
    "agreement_id",
    types={
        **{f"io.entente.Agreement{did}.v1": {} for did in ("Proposed", "Agreed", "Signed", "Renewed", "Reviewed")},
        "io.entente.AgreementNoticeGiven.v1": {"state": "in_notice"},
    },
)
TURNS = Publishes(None, "contracting.ball", "subject_id", types={"io.entente.contracting.BallHeld.v1": {}})


def _texts(*names: str, **more: object) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.String(), **more) for name in names]


def _naming(table: str, *names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.Uuid(), sa.ForeignKey(f"{table}.id")) for name in names]


def _entities() -> list[sa.Column[object]]:
    return [*_texts(*ENTITIES, **GIVEN), *(sa.Column(f"{name}_id", sa.Uuid()) for name in ENTITIES)]


def _agreements() -> None:
    op.create_table(
        "agreement",
        *tables.versioned(),
        sa.Column("number", sa.String(), unique=True, **GIVEN),
        *_texts("kind", "title", "state", "renewal", **GIVEN),
        *_entities(),
        sa.Column("partner_id", sa.Uuid(), **GIVEN),
        sa.Column("parent_id", sa.Uuid(), sa.ForeignKey("agreement.id")),
        sa.Column("current_version_id", sa.Uuid()),
        *(sa.Column(name, sa.Integer()) for name in ("current_version", "notice_days", "renewal_months", "warned_days")),
        *(sa.Column(name, sa.Date()) for name in ("current_from", "begun_on", "expires_on", "notice_received_on")),
        *(sa.Column(name, sa.Date()) for name in ("ends_on", "ended_on", "reviewed_on", "review_due_on", "warned_for")),
        *_texts("stand_alone_reason", "notice_by", "notice_reason", "notice_clause", "ending", "end_reason"),
        sa.Column("parties", IDS, **GIVEN),
    )
    add_turns("agreement", {})
    tables.root_record("agreement", AGREEMENTS)
    tables.numbers("agreement_number")


def _versions() -> None:
    op.create_table(
        "agreement_version",
        *tables.versioned(),
        sa.Column("agreement_id", sa.Uuid(), sa.ForeignKey("agreement.id"), index=True, **GIVEN),
        *_texts("agreement_number", "kind", "state", "purpose", "drafted_by_side", "digest", "title", **GIVEN),
        *_texts("governing_law", "renewal", "submitted_by", **GIVEN),
        *_entities(),
        sa.Column("partner_id", sa.Uuid(), **GIVEN),
        *(sa.Column(name, sa.Uuid()) for name in ("parent_version_id", "price_list_id")),
        *(sa.Column(name, sa.Integer(), **GIVEN) for name in ("version_number", "round")),
        sa.Column("effective_from", sa.Date(), **GIVEN),
        *(sa.Column(name, sa.Date()) for name in ("expires_on", "effective_to")),
        *(sa.Column(name, sa.Integer()) for name in ("notice_days", "notice_days_for_cause", "renewal_months")),
        *(sa.Column(name, TEXTS, **GIVEN) for name in ("changed_clauses", "prepared_by")),
        *(sa.Column(name, IDS, **GIVEN) for name in ("site_ids", "product_ids", "parties")),
        *(sa.Column(name, JSONB, **GIVEN) for name in ("services", "markets", "exit_terms", "contacts")),
        *(sa.Column(name, JSONB, **GIVEN) for name in ("documents", "clauses")),
        sa.Column("submitted_at", INSTANT, **GIVEN),
        *_texts(*(f"{side}_{did}_by" for side in SIDES for did in ("agreed", "signed"))),
        *(sa.Column(f"{side}_{did}_at", INSTANT) for side in SIDES for did in ("agreed", "signed")),
        sa.Column("took_effect_at", INSTANT),
        sa.Column("withdrawal_reason", sa.String()),
        sa.UniqueConstraint("agreement_id", "version_number"),
        sa.CheckConstraint(
            "state NOT IN ('signed', 'effective', 'superseded', 'ended') OR sponsor_signed_by <> partner_signed_by",
            name="agreement_version_is_signed_by_both",
        ),
    )
    add_turns("agreement_version", {})
    tables.root_record("agreement_version", VERSIONS)


def _rounds() -> None:
    op.create_table(
        "agreement_round",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("version_id", sa.Uuid(), sa.ForeignKey("agreement_version.id"), **GIVEN),
        *(sa.Column(name, sa.Integer(), **GIVEN) for name in ("version", "round")),
        *_texts("digest", "returned_by_side", "returned_by", **GIVEN),
        *(sa.Column(name, JSONB, **GIVEN) for name in ("content", "reasons")),
        sa.Column("created_at", INSTANT, **GIVEN),
        sa.UniqueConstraint("version_id", "round"),
    )
    tables.child_record("agreement_round", "version_id", of="agreement_version", partners=ROUNDS)
    op.execute(f"REVOKE UPDATE ON agreement_round FROM {', '.join(tables.ROLES)}")


def _drafts() -> None:
    op.create_table(
        "agreement_draft",
        *tables.versioned(),
        *_texts("state", "kind", "purpose", "drafted_by_side", **GIVEN),
        sa.Column("partner_id", sa.Uuid(), **GIVEN),
        *_naming("agreement", "parent_id", "agreement_id"),
        *_naming("agreement_version", "parent_version_id", "version_id"),
        sa.Column("stand_alone_reason", sa.String()),
        sa.Column("content", JSONB, **GIVEN),
        sa.Column("prepared_by", TEXTS, **GIVEN),
        sa.Column("parties", IDS, **GIVEN),
    )
    add_turns("agreement_draft", {})
    tables.root_record("agreement_draft", DRAFTS)


def _clauses() -> None:
    op.create_table(
        "agreement_clause",
        *tables.versioned(),
        sa.Column("agreement_id", sa.Uuid(), sa.ForeignKey("agreement.id"), **GIVEN),
        sa.Column("version_id", sa.Uuid(), sa.ForeignKey("agreement_version.id"), index=True, **GIVEN),
        *_texts("code", "kind", "owes", **GIVEN),
        *_texts("words", "unit", "calendar", "start", "end"),
        sa.Column("amounts", JSONB, **GIVEN),
        sa.Column("classes", TEXTS, **GIVEN),
        *(sa.Column(name, IDS, **GIVEN) for name in ("site_ids", "product_ids")),
        *(sa.Column(name, sa.Boolean(), **GIVEN) for name in ("statutory", "gmp")),
        sa.UniqueConstraint("version_id", "code"),
    )
    tables.child_record("agreement_clause", "version_id", of="agreement_version")
    op.execute(f"REVOKE UPDATE ON agreement_clause FROM {', '.join(tables.ROLES)}")


def _decisions() -> None:
    op.create_table(
        "joint_decision",
        *tables.versioned(),
        sa.Column("agreement_id", sa.Uuid(), sa.ForeignKey("agreement.id"), index=True, **GIVEN),
        *_texts("agreement_number", "kind", "state", "subject", "proposed_by_side", "proposed_by", **GIVEN),
        sa.Column("partner_id", sa.Uuid(), **GIVEN),
        sa.Column("last_day", sa.Date()),
        *_texts("changes", "reason", "answered_by", "decline_reason"),
        sa.Column("answered_at", INSTANT),
        sa.Column("parties", IDS, **GIVEN),
    )
    # Of two who propose the same at once one is told that it is proposed already.
    op.create_index(
        "joint_decision_proposed_once",
        "joint_decision",
        ["agreement_id", "subject"],
        unique=True,
        postgresql_where=sa.text("state = 'proposed'"),
    )
    add_turns("joint_decision", {})
    tables.root_record("joint_decision", DECISIONS)


def upgrade() -> None:
    add_directory()
    _agreements()
    _versions()
    _rounds()
    _drafts()
    _clauses()
    _decisions()
    tables.partners_publish(TOLD, TURNS)
