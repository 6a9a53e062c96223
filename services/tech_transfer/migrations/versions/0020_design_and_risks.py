"""Quality by design, what makers report of their process, risks, and what is known of sites and products."""

import sqlalchemy as sa
from alembic import op
from installation import tables
from installation.tables import TENANT
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0010"

GIVEN = {"nullable": False}
IDS = postgresql.ARRAY(sa.Uuid())
# A partner is shown whether the other unit's site may do the work, and not by which qualification: see of_transfer.
KNOWN_OF_TRANSFER = f"""
CREATE FUNCTION known_of_transfer(asked uuid) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT jsonb_build_object(
        'time_zone', (SELECT time_zone FROM known_site WHERE id = transfer.receiving_site_id),
        'facts', coalesce((SELECT jsonb_agg(to_jsonb(one) ORDER BY one.recorded_at, one.id) FROM known_fact AS one
            WHERE one.about IN (transfer.receiving_site_id::text, transfer.product_id::text)), '[]')
    ) FROM transfer WHERE id = asked AND (current_setting('role') <> 'svc_partner' OR {TENANT} = ANY (parties))
$$
"""


def _of_transfer() -> list[sa.Column[object]]:
    return [
        sa.Column("transfer_id", sa.Uuid(), sa.ForeignKey("transfer.id"), **GIVEN),
        sa.Column("transfer_number", sa.String(), **GIVEN),
        *(sa.Column(name, sa.Uuid(), **GIVEN) for name in ("product_id", "receiving_site_id", "receiving_partner_id")),
        *(sa.Column(name, sa.Uuid()) for name in ("sending_site_id", "sending_partner_id")),
        sa.Column("parties", IDS, **GIVEN),
    ]


def _texts(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.String(), **GIVEN) for name in names]


def _numbers(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.Integer(), **GIVEN) for name in names]


def _lists(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, postgresql.JSONB(), **GIVEN) for name in names]


def _design() -> None:
    op.create_table(
        "target_profile",
        *tables.versioned(),
        *_of_transfer(),
        *_texts("state"),
        *_lists("elements"),
        *_numbers("revision"),
        sa.Column("reason", sa.String()),
    )
    op.create_table(
        "cqa",
        *tables.versioned(),
        *_of_transfer(),
        *_texts("code", "state", "name", "unit", "criticality"),
        *(sa.Column(name, sa.Numeric()) for name in ("lower", "upper")),
        *(sa.Column(name, sa.String()) for name in ("requirement", "reason")),
        *_numbers("revision"),
    )
    bounds = [f"{name}_{side}" for name in ("normal", "proven", "design") for side in ("lower", "upper")]
    op.create_table(
        "cpp",
        *tables.versioned(),
        *_of_transfer(),
        *_texts("code", "state", "name", "step", "unit"),
        sa.Column("set_point", sa.Numeric(), **GIVEN),
        *(sa.Column(name, sa.Numeric()) for name in bounds),
        sa.Column("reason", sa.String()),
        *_numbers("revision"),
    )
    op.create_table(
        "qbd_cell",
        *tables.versioned(),
        *_of_transfer(),
        *_texts("state", "effect", "rationale", "evidence", "assessed_by"),
        sa.Column("cqa_id", sa.Uuid(), sa.ForeignKey("cqa.id"), **GIVEN),
        sa.Column("cpp_id", sa.Uuid(), sa.ForeignKey("cpp.id"), **GIVEN),
        *(sa.Column(name, sa.String()) for name in ("control", "control_evidence")),
        *_numbers("revision"),
    )
    for table, columns in (
        ("target_profile", ["transfer_id"]),
        ("cqa", ["transfer_id", "code"]),
        ("cpp", ["transfer_id", "code"]),
        ("qbd_cell", ["cqa_id", "cpp_id"]),
    ):
        op.create_index(f"{table}_once", table, columns, unique=True)
        tables.root_record(table)
    op.create_index("qbd_cell_transfer_id", "qbd_cell", ["transfer_id"])
    for table in ("cqa", "cpp", "qbd_cell"):
        op.execute(f"CREATE POLICY dossier ON {table} FOR SELECT TO CURRENT_USER USING (true)")


def _process_data() -> None:
    op.create_table(
        "known_process_data",
        sa.Column("id", sa.Uuid(), primary_key=True),
        *_texts("source", "step"),
        *_numbers("revision"),
        sa.Column("lot_id", sa.Uuid(), index=True, **GIVEN),
        *_lists("values"),
    )
    tables.projection("known_process_data")
    op.create_table(
        "watched_lot",
        *tables.versioned(),
        sa.Column("transfer_id", sa.Uuid(), sa.ForeignKey("transfer.id"), **GIVEN),
        sa.Column("lot_id", sa.Uuid(), **GIVEN),
        *_lists("lot"),
    )
    op.create_index("watched_lot_once", "watched_lot", ["lot_id", "transfer_id"], unique=True)
    tables.sponsor_record("watched_lot")
    op.create_table(
        "process_reading",
        *tables.versioned(),
        *_of_transfer(),
        *_texts("state", "why", "lot_number", "cpp", "step", "unit"),
        sa.Column("lot_id", sa.Uuid(), **GIVEN),
        sa.Column("cpp_id", sa.Uuid(), sa.ForeignKey("cpp.id"), **GIVEN),
        *_numbers("cpp_revision"),
        *(sa.Column(name, sa.Numeric()) for name in ("lower", "upper")),
        *_lists("values", "told"),
    )
    op.create_index("process_reading_once", "process_reading", ["transfer_id", "lot_id", "cpp_id"], unique=True)
    tables.root_record("process_reading")


def _risks() -> None:
    """None of these has the policy of the dossier: what is the sponsor's alone is read for no gate."""
    op.create_table(
        "risk",
        *tables.versioned(),
        *_of_transfer(),
        sa.Column("number", sa.String(), unique=True, **GIVEN),
        *_texts("state", "failure_mode", "effect", "risk_class", "first_class", "scored_at_gate"),
        sa.Column("sponsor_only", sa.Boolean(), **GIVEN),
        *_numbers("severity", "occurrence", "detection", "priority", "first_priority"),
        *_lists("series"),
        sa.Column("reason", sa.String()),
        # Whatever the code forgets: what no partner is to learn of has no parties.
        sa.CheckConstraint("NOT sponsor_only OR cardinality(parties) = 0", name="risk_of_the_sponsor_has_no_parties"),
    )
    op.create_index("risk_transfer_id", "risk", ["transfer_id"])
    tables.root_record("risk")
    tables.numbers("risk_number")


def _known() -> None:
    op.create_table(
        "known_fact",
        sa.Column("id", sa.Uuid(), primary_key=True),
        *_texts("kind", "about"),
        *_numbers("sequence"),
        sa.Column("recorded_at", sa.DateTime(timezone=True), **GIVEN),
        sa.Column("said", postgresql.JSONB(), **GIVEN),
    )
    op.create_index("known_fact_about", "known_fact", ["about"])
    tables.projection("known_fact")
    for table in ("known_fact", "known_site"):
        op.execute(f"CREATE POLICY dossier ON {table} FOR SELECT TO CURRENT_USER USING (true)")
    op.execute(KNOWN_OF_TRANSFER)
    op.execute("REVOKE EXECUTE ON FUNCTION known_of_transfer FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION known_of_transfer TO {', '.join(tables.ROLES)}")


def upgrade() -> None:
    _design()
    _process_data()
    _risks()
    _known()
