"""Items of the package with their rounds, gaps with searches, and deviations that were foretold."""

import sqlalchemy as sa
from alembic import op
from installation import tables
from installation.tables import ACTOR, TENANT, Begin, PartnersWrite, Publishes, Step
from installation.waiting import add_turns
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0002"

GIVEN = {"nullable": False}
INSTANT = sa.DateTime(timezone=True)
IDS, TEXTS = postgresql.ARRAY(sa.Uuid()), postgresql.ARRAY(sa.String())
SENDER, RECEIVER = ["sending_partner_id"], ["receiving_partner_id"]
BOTH = [*SENDER, *RECEIVER]
OF_TRANSFER = ["transfer_id", "transfer_number", "product_id", "sending_site_id", "receiving_site_id", *BOTH, "parties"]
MADE = ["id", "created_at", "updated_at", *OF_TRANSFER]


def of_its_transfer(table: str) -> str:
    """The condition that a row has of its transfer what that has, and both units read it, while it goes on."""
    columns = ["product_id", "sending_site_id", "receiving_site_id", *BOTH, "parties"]
    same = " AND ".join(f"one.{each} IS NOT DISTINCT FROM {table}.{each}" for each in columns)
    return f"""
        EXISTS (SELECT FROM transfer AS one WHERE one.id = {table}.transfer_id AND one.number = {table}.transfer_number
                AND one.state NOT IN ('closed', 'cancelled') AND {same})
    """


DOCUMENT = ["document_version", "digest", "file_name"]
OF_THE_ITEM = PartnersWrite(
    sides=BOTH,
    inserts=Begin(
        fills=[*MADE, "item_number", "category", "title", "mandatory", "owner", "due_on", "confidentiality"],
        otherwise={"version": 1, "state": "pending", "round": 0},
        check=f"""
            package_item.sending_partner_id = {TENANT} AND package_item.confidentiality <> 'sponsor_only'
            AND {of_its_transfer("package_item")}
        """,
    ),
    steps=[
        Step(
            moves=["pending>provided", "returned>provided", "accepted>provided"],
            sides=SENDER,
            sets=[*DOCUMENT, "provided_at", "round"],
            by=["provided_by"],
            clears=["return_reason", "return_remark"],
        ),
        Step(
            moves=["provided>accepted"],
            sides=RECEIVER,
            sets=["accepted_version", "accepted_at"],
            by=["accepted_by"],
            independent_of=["provided_by"],
        ),
        Step(
            moves=["provided>returned"],
            sides=RECEIVER,
            sets=["return_reason", "return_remark"],
            independent_of=["provided_by"],
        ),
    ],
)
OF_ITS_STEPS = PartnersWrite(
    sides=BOTH,
    inserts=Begin(
        fills=["id", "item_id", "round", "move", *DOCUMENT, "reason_code", "remark", "done_by", "done_at"],
        check=f"""
            package_step.done_by = {ACTOR} AND root.round = package_step.round AND root.state = package_step.move
            AND root.digest = package_step.digest AND root.document_version = package_step.document_version
            AND (package_step.move = 'provided' AND root.sending_partner_id = {TENANT}
                 OR package_step.move IN ('accepted', 'returned') AND root.receiving_partner_id = {TENANT})
        """,
    ),
)
OF_ITEMS = Publishes(
    *("package_item", "tech-transfer.package-item", "item_id"),
    types={f"io.entente.PackageItem{each}.v1": {"state": each.lower()} for each in ("Provided", "Accepted", "Returned")},
)
AGREED = [f"{unit}_agreed_{what}" for unit in ("sending", "receiving") for what in ("by", "at")]
MITIGATION = ["mitigation", "owner", "due_on"]
OF_THE_GAP = PartnersWrite(
    sides=BOTH,
    inserts=Begin(
        fills=[
            *(*MADE, "gap_number", "category", "what", "sending", "receiving", "severity", "identified_by"),
            *(*MITIGATION, "mitigation_by"),
        ],
        otherwise={"version": 1, "state": "identified", "agreed_by": []},
        check=f"gap.identified_by = {ACTOR} AND {of_its_transfer('gap')}",
    ),
    steps=[
        Step(
            moves=["identified>identified"],
            sides=BOTH,
            sets=MITIGATION,
            by=["mitigation_by"],
            clears=AGREED,
            gives={"agreed_by": []},
        ),
        *(
            Step(
                moves=["identified>identified", "identified>mitigation_agreed"],
                sides=sides,
                sets=[f"{unit}_agreed_at"],
                by=[f"{unit}_agreed_by", "agreed_by"],
                independent_of=["agreed_by"],
                when_it_has={f"{unit}_agreed_by": None},
            )
            for unit, sides in (("sending", SENDER), ("receiving", RECEIVER))
        ),
    ],
)
# Nobody agrees for both units, and of a critical one nobody takes the risk alone: whatever the code forgets.
BY_BOTH = """
    state = 'identified' OR sending_agreed_by IS NOT NULL AND receiving_agreed_by IS NOT NULL
    AND sending_agreed_by <> receiving_agreed_by AND mitigation IS NOT NULL
"""
BY_TWO = """
    severity <> 'critical' OR state NOT IN ('closed', 'accepted')
    OR endorsed_by IS NOT NULL AND ended_by IS NOT NULL AND endorsed_by <> ended_by
"""
OF_GAPS = Publishes(
    *("gap", "tech-transfer.gap", "gap_id"), types={"io.entente.GapIdentified.v1": {"state": "identified"}}
)
SEARCHED = PartnersWrite(
    sides=BOTH,
    inserts=Begin(
        fills=[*MADE, "category", "looked_at", "searched_by"],
        otherwise={"version": 1, "state": "done"},
        check=f"gap_search.searched_by = {ACTOR} AND {of_its_transfer('gap_search')}",
    ),
)


def _texts(*names: str, given: bool = False) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String(), nullable=not given) for name in names]


def _record(table: str, *columns: sa.Column[object] | sa.CheckConstraint) -> None:
    op.create_table(
        table,
        *tables.versioned(),
        sa.Column("transfer_id", sa.Uuid(), sa.ForeignKey("transfer.id"), **GIVEN),
        sa.Column("transfer_number", sa.String(), **GIVEN),
        *(sa.Column(name, sa.Uuid(), **GIVEN) for name in ("product_id", "receiving_site_id", "receiving_partner_id")),
        *(sa.Column(name, sa.Uuid()) for name in ("sending_site_id", "sending_partner_id")),
        sa.Column("parties", IDS, **GIVEN),
        *columns,
    )
    op.create_index(f"{table}_transfer_id", table, ["transfer_id"])


def _package() -> None:
    _record(
        "package_item",
        sa.Column("item_number", sa.String(), unique=True, **GIVEN),
        *_texts("state", "category", "title", "confidentiality", given=True),
        sa.Column("mandatory", sa.Boolean(), **GIVEN),
        sa.Column("round", sa.Integer(), **GIVEN),
        *_texts("owner", *DOCUMENT, "provided_by", "accepted_version", "accepted_by"),
        *_texts("return_reason", "return_remark", "justification"),
        *(sa.Column(name, INSTANT) for name in ("provided_at", "accepted_at")),
        sa.Column("due_on", sa.Date()),
    )
    add_turns("package_item", {})
    tables.root_record("package_item", OF_THE_ITEM)
    tables.numbers("package_item_number")
    op.create_table(
        "package_step",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("item_id", sa.Uuid(), sa.ForeignKey("package_item.id"), **GIVEN),
        sa.Column("round", sa.Integer(), **GIVEN),
        *_texts("move", "done_by", given=True),
        *_texts(*DOCUMENT, "reason_code", "remark"),
        sa.Column("done_at", INSTANT, **GIVEN),
    )
    op.create_index("package_step_item_id", "package_step", ["item_id"])
    tables.child_record("package_step", "item_id", of="package_item", partners=OF_ITS_STEPS)
    op.execute("REVOKE UPDATE ON package_step FROM svc_sponsor, svc_worker")


def _gaps() -> None:
    _record(
        "gap",
        sa.Column("gap_number", sa.String(), unique=True, **GIVEN),
        *_texts("state", "category", "what", "severity", "identified_by", given=True),
        *(sa.Column(name, postgresql.JSONB(), **GIVEN) for name in ("sending", "receiving")),
        *_texts("mitigation", "mitigation_by", "owner", "sending_agreed_by", "receiving_agreed_by"),
        *_texts("residual_risk", "evidence", "endorsed_by", "ended_by"),
        *(sa.Column(name, INSTANT) for name in ("sending_agreed_at", "receiving_agreed_at", "endorsed_at", "ended_at")),
        sa.Column("due_on", sa.Date()),
        sa.Column("agreed_by", TEXTS, **GIVEN),
        sa.CheckConstraint(BY_BOTH, name="gap_is_agreed_by_both_units"),
        sa.CheckConstraint(BY_TWO, name="critical_gap_is_ended_by_two"),
    )
    add_turns("gap", {})
    tables.root_record("gap", OF_THE_GAP)
    tables.numbers("gap_number")
    _record(
        "gap_search",
        *_texts("state", "category", "looked_at", "searched_by", given=True),
        *_texts("withdrawal_reason"),
    )
    tables.root_record("gap_search", SEARCHED)


def _foretold() -> None:
    _record(
        "foretold_deviation",
        sa.Column("gap_id", sa.Uuid(), sa.ForeignKey("gap.id")),
        sa.Column("item_id", sa.Uuid(), sa.ForeignKey("package_item.id")),
        sa.Column("deviation_id", sa.Uuid(), **GIVEN),
        *_texts("deviation_number", "remark", "linked_by", given=True),
        sa.CheckConstraint("num_nonnulls(gap_id, item_id) = 1", name="foretold_deviation_is_of_one_record"),
        sa.CheckConstraint("parties = ARRAY[receiving_partner_id]", name="foretold_deviation_is_the_receivers"),
    )
    for name in ("gap_id", "item_id"):
        op.create_index(f"foretold_deviation_{name}", "foretold_deviation", [name, "deviation_id"], unique=True)
    tables.root_record("foretold_deviation")
    op.create_table(
        "known_deviation",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("number", sa.String(), **GIVEN),
        *(sa.Column(name, sa.Uuid(), **GIVEN) for name in ("site_id", "partner_id")),
        sa.Column("product_id", sa.Uuid()),
        sa.Column("aware_at", INSTANT, **GIVEN),
        *(sa.Column(name, sa.Integer(), **GIVEN) for name in ("told_by", "said_by", "lots_by", "classified_by")),
        *_texts("title", "category", "classification"),
        sa.Column("lot_ids", IDS, **GIVEN),
        sa.Column("cancelled", sa.Boolean(), **GIVEN),
    )
    op.create_index("known_deviation_site_id", "known_deviation", ["site_id"])
    op.create_table(
        "known_batch",
        sa.Column("id", sa.Uuid(), primary_key=True),
        *(sa.Column(name, sa.Uuid(), **GIVEN) for name in ("lot_id", "site_id", "partner_id")),
        sa.Column("lot_number", sa.String(), **GIVEN),
        sa.Column("product_id", sa.Uuid()),
        *(sa.Column(name, sa.Date()) for name in ("started_on", "made_on")),
        *(sa.Column(name, sa.Integer(), **GIVEN) for name in ("started_by", "made_by")),
    )
    op.create_index("known_batch_product", "known_batch", ["product_id", "site_id"])
    # Of others' deviations and batches a partner learns nothing: not that there is one either.
    for table in ("known_deviation", "known_batch"):
        tables.projection(table, partner_column="partner_id")


def upgrade() -> None:
    _package()
    _gaps()
    _foretold()
    for table in ("package_item", "gap", "gap_search"):
        op.execute(f"CREATE POLICY dossier ON {table} FOR SELECT TO CURRENT_USER USING (true)")
    tables.partners_publish(OF_ITEMS, OF_GAPS, beside=True)
