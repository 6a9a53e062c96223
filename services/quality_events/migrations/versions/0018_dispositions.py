"""What a release rests on, and what is decided of each batch for each market."""

import sqlalchemy as sa
from alembic import op
from installation import tables
from installation.tables import TENANT, PartnersWrite, Publishes, Step
from installation.waiting import add_turns
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"

GIVEN = {"nullable": False}
INSTANT = sa.DateTime(timezone=True)
TEXTS = postgresql.ARRAY(sa.String())
CONFIRMED = PartnersWrite(
    sides=["partner_id"],
    steps=[
        Step(
            moves=["open>confirmed"],
            sides=["partner_id"],
            sets=["confirmed_at", "confirmed_stages", "confirmed_deviations"],
            by=["confirmed_by"],
            independent_of=["prepared_by"],
        )
    ],
)
FACTS = (
    Publishes(
        *("disposition", "quality-events.disposition", "disposition_id"),
        types={"io.entente.BatchConfirmed.v1": {"state": "confirmed"}},
    ),
)
# A maker may ask for the readiness of its batch, which rests on what is not its to read: the service says the verdicts.
# So the function sees all, and gives nothing of a batch to which the partner is no party.
READ = (
    *("deviation", "deviation_lot", "oos_investigation", "batch_hold", "batch_stage", "known_fact", "known_site"),
    *("disposition", "readiness_statement"),
)
DOSSIER = f"""
CREATE FUNCTION batch_dossier(asked uuid) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
WITH RECURSIVE one AS (
    SELECT batch.* FROM batch WHERE batch.id = asked
    AND (current_setting('role') <> 'svc_partner' OR {TENANT} = ANY (batch.parties))
), up (id) AS (
    SELECT id FROM one
    UNION SELECT edge.parent_id FROM up, LATERAL (
        SELECT parent_id FROM batch_edge WHERE child_id = up.id OFFSET 0) AS edge
), deviations AS (
    SELECT said.id, said.number, said.state, said.classification, said.partner_id, said.due_at AS due,
           said.created_at AS since, said.awaited_side, up.id = asked AS own, lot.impact
    FROM up JOIN deviation_lot AS lot ON lot.batch_id = up.id AND lot.left_out_by_revision IS NULL
    JOIN deviation AS said ON said.id = lot.deviation_id
), investigations AS (
    SELECT said.id, said.number, said.state, said.conclusion, said.partner_id, said.due_at AS due, said.result_id,
           said.opened_at AS since, said.awaited_side, up.id = asked AS own
    FROM up JOIN oos_investigation AS said ON said.batch_id = up.id
), holds AS (
    SELECT said.id, said.number, said.partner_id, said.markets, said.by_side, said.reason, said.created_at AS since
    FROM batch_hold AS said JOIN one ON said.batch_id = one.id WHERE said.state = 'open'
), inputs AS (
    SELECT DISTINCT ON (part.lot_id) part.material, part.number, parent.id AS batch_id, parent.partner_id
    FROM one JOIN batch_input_now AS part ON part.batch_id = one.id LEFT JOIN batch AS parent
        ON parent.lot_id = part.lot_id
    UNION SELECT parent.material, parent.number, parent.id, parent.partner_id
    FROM one JOIN batch_link AS link ON link.child_id = one.id AND link.kind IN ('consumed', 'packed', 'recovered')
    JOIN batch AS parent ON parent.id = link.parent_id
), decided AS (
    SELECT inputs.*, coalesce((
        SELECT jsonb_agg(jsonb_build_object('state', said.state, 'follow_up_closed', said.follow_up_closed_at IS NOT NULL))
        FROM disposition AS said WHERE said.batch_id = inputs.batch_id), '[]') AS dispositions
    FROM inputs
), stages AS (
    SELECT stage.step, stage.site_id, stage.started_at, coalesce(stage.ended_at, stage.started_at) AS ended_at
    FROM batch_stage AS stage JOIN one ON stage.batch_id = one.id
), known AS (
    SELECT kind, about, key, sequence, said FROM known_fact WHERE about = ANY (ARRAY(
        SELECT lot_id::text FROM one UNION SELECT product_id::text FROM one WHERE product_id IS NOT NULL
        UNION SELECT 'mutual_recognition'))
), sites AS (
    SELECT site_id FROM one UNION SELECT site_id FROM stages
    UNION SELECT (said ->> 'laboratory_site_id')::uuid FROM known WHERE kind = 'ResultsReported'
), of_sites AS (
    SELECT kind, about, key, sequence, said FROM known_fact WHERE about = ANY (ARRAY(SELECT site_id::text FROM sites))
), all_known AS (SELECT * FROM known UNION ALL SELECT * FROM of_sites)
SELECT to_jsonb(one) || jsonb_build_object(
    'deviations', (SELECT coalesce(jsonb_agg(to_jsonb(deviations) ORDER BY number, own), '[]') FROM deviations),
    'investigations', (SELECT coalesce(jsonb_agg(to_jsonb(investigations) ORDER BY number), '[]') FROM investigations),
    'holds', (SELECT coalesce(jsonb_agg(to_jsonb(holds) ORDER BY number), '[]') FROM holds),
    'inputs', (SELECT coalesce(jsonb_agg(to_jsonb(decided) ORDER BY material, number), '[]') FROM decided),
    'stages', (SELECT coalesce(jsonb_agg(to_jsonb(stages) ORDER BY step), '[]') FROM stages),
    'sites', (SELECT coalesce(jsonb_agg(to_jsonb(known_site)), '[]') FROM sites JOIN known_site ON known_site.id = site_id),
    'known', (SELECT coalesce(jsonb_agg(to_jsonb(all_known) ORDER BY kind, key, sequence), '[]') FROM all_known),
    'reworked', EXISTS (
        SELECT FROM batch_link WHERE child_id = one.id AND kind IN ('reworked', 'reprocessed')),
    'dispositions', (SELECT coalesce(jsonb_agg(to_jsonb(said) ORDER BY said.market), '[]') FROM disposition AS said
        WHERE said.batch_id = one.id),
    'statements', (SELECT coalesce(jsonb_agg(to_jsonb(said) ORDER BY said.number), '[]') FROM readiness_statement AS said
        WHERE said.batch_id = one.id AND said.state = 'stands')
) FROM one $$
"""


def known_facts() -> None:
    """What other services told, as they told it."""
    op.create_table(
        "known_fact",
        sa.Column("id", sa.Uuid(), primary_key=True),
        *(sa.Column(name, sa.String(), **GIVEN) for name in ("kind", "about", "key")),
        sa.Column("sequence", sa.Integer(), **GIVEN),
        sa.Column("recorded_at", INSTANT, **GIVEN),
        sa.Column("said", postgresql.JSONB(), **GIVEN),
    )
    op.create_index("known_fact_about", "known_fact", ["about", "kind"])
    tables.projection("known_fact")


def statements() -> None:
    """What quality states where no fact tells."""
    op.create_table(
        "readiness_statement",
        *tables.versioned(),
        sa.Column("number", sa.String(), unique=True, **GIVEN),
        *(sa.Column(name, sa.String(), **GIVEN) for name in ("state", "market", "condition", "statement", "evidence")),
        sa.Column("batch_id", sa.Uuid(), sa.ForeignKey("batch.id"), **GIVEN),
        sa.Column("stated_by", sa.String(), **GIVEN),
        *(sa.Column(name, sa.String()) for name in ("withdrawn_by", "withdrawal_reason")),
        sa.Column("withdrawn_at", INSTANT),
    )
    op.create_index(
        "readiness_statement_stands",
        "readiness_statement",
        ["batch_id", "market", "condition"],
        unique=True,
        postgresql_where=sa.text("state = 'stands'"),
    )
    tables.sponsor_record("readiness_statement")
    tables.numbers("statement_number")


def dispositions() -> None:
    """What is decided for each market, and each decision as it was signed."""
    op.create_table(
        "disposition",
        *tables.versioned(),
        sa.Column("number", sa.String(), unique=True, **GIVEN),
        *(sa.Column(name, sa.String(), **GIVEN) for name in ("state", "market", "regime")),
        sa.Column("batch_id", sa.Uuid(), sa.ForeignKey("batch.id"), **GIVEN),
        *(sa.Column(name, sa.Uuid(), **GIVEN) for name in ("lot_id", "site_id", "partner_id")),
        *(sa.Column(name, TEXTS, **GIVEN) for name in ("confirmed_stages", "confirmed_deviations", "prepared_by")),
        *(sa.Column(name, sa.String()) for name in ("confirmed_by", "decided_by")),
        *(sa.Column(name, INSTANT) for name in ("confirmed_at", "decided_at", "follow_up_closed_at")),
        sa.Column("follow_up_on", sa.Date()),
        sa.Column("right_first_time", sa.Boolean()),
        sa.Column("parties", sa.ARRAY(sa.Uuid()), **GIVEN),
        sa.UniqueConstraint("batch_id", "market"),
    )
    op.create_index("disposition_partner_id", "disposition", ["partner_id"])
    add_turns("disposition", {})
    tables.root_record("disposition", CONFIRMED)
    tables.numbers("disposition_number")
    op.create_table(
        "disposition_decision",
        *tables.versioned(),
        sa.Column("disposition_id", sa.Uuid(), sa.ForeignKey("disposition.id"), **GIVEN),
        sa.Column("batch_id", sa.Uuid(), **GIVEN),
        *(sa.Column(name, sa.String(), **GIVEN) for name in ("decision", "market", "regime", "legal_entity")),
        sa.Column("register_number", sa.Integer(), **GIVEN),
        *(sa.Column(name, sa.String(), **GIVEN) for name in ("decided_by", "readiness_digest", "readiness")),
        *(sa.Column(name, sa.String()) for name in ("capacity", "impact")),
        sa.Column("decided_at", INSTANT, **GIVEN),
        sa.Column("justification", sa.String(), **GIVEN),
        sa.Column("weighed", TEXTS, **GIVEN),
        sa.UniqueConstraint("legal_entity", "regime", "register_number"),
    )
    op.create_index("disposition_decision_disposition_id", "disposition_decision", ["disposition_id"])
    tables.sponsor_record("disposition_decision")
    op.execute("REVOKE UPDATE ON disposition_decision FROM svc_sponsor, svc_worker")


def upgrade() -> None:
    known_facts()
    statements()
    dispositions()
    for table in READ:
        op.execute(f"CREATE POLICY dossier ON {table} FOR SELECT TO CURRENT_USER USING (true)")
    op.execute(DOSSIER)
    op.execute("REVOKE EXECUTE ON FUNCTION batch_dossier FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION batch_dossier TO {', '.join(tables.ROLES)}")
    tables.partners_publish(*FACTS, beside=True)
