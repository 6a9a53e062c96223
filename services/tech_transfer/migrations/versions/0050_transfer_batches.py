"""Batches, PPQ series, comparability and verification of transfers, and what was told of lots."""

import sqlalchemy as sa
from alembic import op
from installation import tables
from installation.waiting import add_turns
from sqlalchemy.dialects import postgresql

revision = "0050"
down_revision = "0030"

GIVEN = {"nullable": False}
INSTANT = sa.DateTime(timezone=True)
IDS, TEXTS, JSONB = postgresql.ARRAY(sa.Uuid()), postgresql.ARRAY(sa.String()), postgresql.JSONB()


def _of_transfer() -> list[sa.Column[object]]:
    return [
        sa.Column("transfer_id", sa.Uuid(), sa.ForeignKey("transfer.id"), **GIVEN),
        sa.Column("transfer_number", sa.String(), **GIVEN),
        *(sa.Column(name, sa.Uuid(), **GIVEN) for name in ("product_id", "receiving_site_id", "receiving_partner_id")),
        *(sa.Column(name, sa.Uuid()) for name in ("sending_site_id", "sending_partner_id")),
        sa.Column("parties", IDS, **GIVEN),
        sa.Column("number", sa.String(), unique=True, **GIVEN),
    ]


def _lot_facts() -> None:
    op.create_table(
        "lot_fact",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("kind", sa.String(), **GIVEN),
        sa.Column("about", IDS, **GIVEN),
        sa.Column("key", sa.String(), **GIVEN),
        sa.Column("sequence", sa.Integer(), **GIVEN),
        sa.Column("recorded_at", INSTANT, **GIVEN),
        sa.Column("said", JSONB, **GIVEN),
    )
    op.create_index("lot_fact_about", "lot_fact", ["about"], postgresql_using="gin")
    op.create_index(
        "lot_fact_product",
        "lot_fact",
        [sa.text("(said ->> 'product_id')")],
        postgresql_where=sa.text("kind = 'ResultsReported'"),
    )
    tables.projection("lot_fact")


def _series() -> None:
    op.create_table(
        "ppq_series",
        *tables.versioned(),
        *_of_transfer(),
        *(sa.Column(name, sa.String(), **GIVEN) for name in ("state", "protocol", "protocol_digest", "basis", "planned_by")),
        *(sa.Column(name, TEXTS, **GIVEN) for name in ("strengths", "bracketed", "undecided", "ended_by")),
        *(sa.Column(name, JSONB, **GIVEN) for name in ("limits", "by_strength", "runs_ended", "capability")),
        *(sa.Column(name, sa.Integer(), **GIVEN) for name in ("required", "design", "run", "attempt", "count")),
        *(sa.Column(name, sa.Boolean(), **GIVEN) for name in ("conforms", "fails")),
        *(sa.Column(name, sa.String()) for name in ("bracketing_why", "justification", "protocol_approved_by")),
        sa.Column("report_justification", sa.String()),
    )
    op.create_index("ppq_series_transfer_id", "ppq_series", ["transfer_id"])
    add_turns("ppq_series", {})
    tables.root_record("ppq_series")
    tables.numbers("ppq_series_number")


def _batches() -> None:
    op.create_table(
        "transfer_batch",
        *tables.versioned(),
        *_of_transfer(),
        *(sa.Column(name, sa.String(), **GIVEN) for name in ("state", "kind", "lot_number", "material", "strength", "scale")),
        *(sa.Column(name, sa.Uuid(), **GIVEN) for name in ("lot_id", "bulk_id")),
        *(sa.Column(name, sa.Boolean(), **GIVEN) for name in ("at_scale", "given_up", "on_stability")),
        sa.Column("series_id", sa.Uuid(), sa.ForeignKey("ppq_series.id")),
        *(sa.Column(name, sa.Integer()) for name in ("design", "run")),
        *(sa.Column(name, JSONB, **GIVEN) for name in ("limits", "parameters", "results")),
        *(sa.Column(name, TEXTS, **GIVEN) for name in ("why", "failures", "cause_covers")),
        *(sa.Column(name, sa.String()) for name in ("started_at", "parameters_evidence", "cause", "cause_reason")),
        *(sa.Column(name, sa.String()) for name in ("cause_evidence", "stability_study")),
        sa.Column("stability_started_on", sa.Date()),
    )
    op.create_index("transfer_batch_names_once", "transfer_batch", ["transfer_id", "lot_id"], unique=True)
    op.create_index("transfer_batch_lot_id", "transfer_batch", ["lot_id"])
    op.create_index("transfer_batch_series_id", "transfer_batch", ["series_id"])
    add_turns("transfer_batch", {})
    tables.root_record("transfer_batch")
    tables.numbers("transfer_batch_number")


def _comparability() -> None:
    numbers = postgresql.ARRAY(sa.Numeric())
    op.create_table(
        "comparability",
        *tables.versioned(),
        *_of_transfer(),
        *(sa.Column(name, sa.String(), **GIVEN) for name in ("state", "attribute", "unit", "compared_by")),
        sa.Column("compared_at", INSTANT, **GIVEN),
        sa.Column("sending_lots", sa.Integer(), **GIVEN),
        sa.Column("receiving", JSONB, **GIVEN),
        sa.Column("ci90", numbers, **GIVEN),
        *(sa.Column(name, sa.Numeric()) for name in ("limit", "difference")),
        *(sa.Column(name, sa.String()) for name in ("justification", "not_assessed", "acceptance")),
    )
    op.create_index("comparability_transfer_id", "comparability", ["transfer_id"])
    tables.root_record("comparability")
    tables.numbers("comparability_number")
    op.create_table(
        "historical_value",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("comparability_id", sa.Uuid(), sa.ForeignKey("comparability.id"), **GIVEN),
        sa.Column("lot", sa.String(), **GIVEN),
        sa.Column("value", sa.Numeric(), **GIVEN),
    )
    op.create_index("historical_value_comparability_id", "historical_value", ["comparability_id"])
    # Single values of the sending unit: none of them is the receiver's to read.
    tables.sponsor_record("historical_value")


def _verifications() -> None:
    op.create_table(
        "process_verification",
        *tables.versioned(),
        *_of_transfer(),
        sa.Column("series_id", sa.Uuid(), sa.ForeignKey("ppq_series.id"), **GIVEN),
        sa.Column("verified_at", INSTANT, **GIVEN),
        sa.Column("verified_by", sa.String(), **GIVEN),
        sa.Column("attributes", JSONB, **GIVEN),
    )
    op.create_index("process_verification_transfer_id", "process_verification", ["transfer_id"])
    op.create_index("process_verification_series_id", "process_verification", ["series_id"])
    tables.root_record("process_verification")
    tables.numbers("process_verification_number")


def upgrade() -> None:
    _lot_facts()
    _series()
    _batches()
    _comparability()
    _verifications()
    for table in ("ppq_series", "transfer_batch"):
        op.execute(f"CREATE POLICY dossier ON {table} FOR SELECT TO CURRENT_USER USING (true)")
