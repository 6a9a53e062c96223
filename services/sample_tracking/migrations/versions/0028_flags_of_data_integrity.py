"""How a result came about, and what speaks against its data."""

import sqlalchemy as sa
from alembic import op
from installation import changes, tables
from installation.tables import TENANT, PartnersWrite, Publishes, Step
from installation.waiting import add_turns
from sqlalchemy.dialects import postgresql

revision = "0028"
down_revision = "0026"

GIVEN = {"nullable": False}
INSTANT = sa.DateTime(timezone=True)
LABORATORY = ["laboratory_partner_id"]
OF_THE_LABORATORY = PartnersWrite(
    sides=LABORATORY,
    steps=[
        Step(moves=["open>answered"], sides=LABORATORY, sets=["explanation", "answered_at"], by=["answered_by"]),
    ],
)
FACTS = (
    Publishes(
        *("data_integrity_flag", "sample-tracking.result", "flag_id"),
        types={"io.entente.DataIntegrityFlagged.v1": {"state": "answered"}},
    ),
)
READ_TEST = "coalesce({0}.interpretation ->> 'test', {0}.test)"
# Four significant digits and two decimals, as the rule has it: nothing else is held against other lots.
COPYABLE = (
    "own.value NOT IN (0, 'NaN') AND scale(trim_scale(own.value)) >= 2 "
    "AND abs(own.value) * power(10::numeric, scale(trim_scale(own.value))) >= 1000"
)
PENDING = "$[*].found.pending ? (@ == true)"
# A site that is sold goes on as another company's laboratory: what each tested is its own.
SAME_LABORATORY = (
    "{0}.laboratory_site_id = {1}.laboratory_site_id AND {0}.laboratory_partner_id = {1}.laboratory_partner_id"
)
# What a laboratory's results are held against are others of its own. Which these are its login may ask for, and when
# the lots were made and expire, as far as it tested them.
RELATED = f"""
CREATE FUNCTION traces_of_results(asked uuid[]) RETURNS TABLE (
    id uuid, set_id uuid, lot_id uuid, lot_number text, laboratory_site_id uuid, laboratory_partner_id uuid,
    material text, test text, stage text, pull text, value numeric, qualified bool, unit text, occurred_at text,
    evaluation text, reported_at timestamptz, by_hand bool, amends bool, provenance jsonb, record text, edits_reviewed bool, entered_before text,
    raw_data_since timestamptz, lot_started_on date, lot_expires text, judged bool,
    units text[], units_before jsonb, stated_before jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH own AS (
        SELECT * FROM result WHERE id = ANY (asked)
            AND (current_setting('role') <> 'svc_partner' OR laboratory_partner_id = {TENANT})),
    related AS (
        SELECT other.id FROM own JOIN result AS other USING (lot_id, laboratory_site_id, laboratory_partner_id)
        UNION SELECT other.id FROM own JOIN result AS other
            ON {SAME_LABORATORY.format("other", "own")} AND other.test = own.test AND other.value = own.value
            AND other.material = own.material AND other.unit = own.unit
            WHERE {COPYABLE}
        UNION SELECT other.id FROM own JOIN result AS other
            ON other.provenance ->> 'raw_data_digest' = own.provenance ->> 'raw_data_digest'
            AND {SAME_LABORATORY.format("other", "own")}
        UNION SELECT other.id FROM own JOIN result AS other
            ON {SAME_LABORATORY.format("other", "own")} AND other.test = own.test
            AND other.reported_at > own.reported_at AND other.provenance ->> 'raw_data_digest' IS NULL
            WHERE own.provenance ->> 'raw_data_digest' IS NOT NULL AND NOT EXISTS (
                SELECT FROM result AS earlier WHERE {SAME_LABORATORY.format("earlier", "own")}
                    AND earlier.test = own.test AND earlier.provenance ->> 'raw_data_digest' IS NOT NULL
                    AND earlier.reported_at < own.reported_at))
    SELECT result.id, result.set_id, result.lot_id, result.lot_number, result.laboratory_site_id,
        result.laboratory_partner_id, result.material, {READ_TEST.format("result")}, result.stage, result.stability::text, result.value,
        result.qualifier IS NOT NULL, result.unit, result.occurred_at, result.evaluation,
        coalesce(result.reported_at, result.created_at), result.feed_id IS NULL AND result.keyed_by IS NULL,
        result.amendment_reason IS NOT NULL, result.provenance, result.feed_id || ' ' || result.source_id,
        before.reviewed, before.entered_at, stated.since,
        known_lot.started_on, known_lot.expiry_date,
        result.reported_at IS NOT NULL AND result.is_history IS NOT TRUE,
        result.determinations::text[], before.units, CASE WHEN result.reason IS DISTINCT FROM 'voided' THEN before.said END
    FROM related JOIN result USING (id) LEFT JOIN known_lot USING (lot_id)
    LEFT JOIN LATERAL (
        SELECT bool_or(older.state IN ('reviewed', 'approved')) FILTER (WHERE older.superseded_by = result.id) AS reviewed,
            (array_agg(older.provenance ->> 'entered_at' ORDER BY older.source_revision DESC)
                FILTER (WHERE older.superseded_by = result.id))[1] AS entered_at,
            jsonb_agg(older.provenance) FILTER (WHERE older.provenance IS NOT NULL) AS said,
            jsonb_agg(older.determinations) FILTER (
                WHERE older.evaluations @? '{PENDING}' OR older.evaluated_against @? '{PENDING}') AS units
        FROM result AS older WHERE older.superseded_by = result.id
            OR (older.feed_id = result.feed_id AND older.source_id = result.source_id
                AND older.source_revision < result.source_revision)) AS before ON true
    LEFT JOIN LATERAL (
        SELECT min(earlier.reported_at) AS since FROM result AS earlier
        WHERE {SAME_LABORATORY.format("earlier", "result")} AND earlier.test = result.test
            AND earlier.provenance ->> 'raw_data_digest' IS NOT NULL) AS stated ON true
$$
"""


def upgrade() -> None:
    op.add_column("result", sa.Column("provenance", postgresql.JSONB()))
    op.add_column("result", sa.Column("reported_at", INSTANT))
    changes.guard_dates("result")
    changes.fill_too("result", "provenance", "reported_at")
    op.create_index("result_amendments", "result", ["superseded_by"])
    op.create_index("result_measured", "result", ["laboratory_site_id", "test", "value"])
    op.execute(
        "CREATE INDEX result_raw_data ON result ((provenance ->> 'raw_data_digest')) "
        "WHERE provenance ->> 'raw_data_digest' IS NOT NULL"
    )
    op.execute(
        "CREATE INDEX result_raw_data_since ON result (laboratory_site_id, test, reported_at) "
        "WHERE provenance ->> 'raw_data_digest' IS NOT NULL"
    )
    op.create_table(
        "data_integrity_flag",
        *tables.versioned(),
        *(sa.Column(n, sa.String(), **GIVEN) for n in ("state", "rule", "why", "lot_number", "material", "test")),
        sa.Column("stage", sa.String(), **GIVEN),
        sa.Column("result_id", sa.Uuid(), sa.ForeignKey("result.id"), **GIVEN),
        sa.Column("set_id", sa.Uuid(), sa.ForeignKey("result_set.id"), **GIVEN),
        *(sa.Column(n, sa.Uuid(), **GIVEN) for n in ("lot_id", "site_id", "laboratory_site_id", "laboratory_partner_id")),
        sa.Column("after_approval", sa.Boolean(), **GIVEN),
        *(sa.Column(n, sa.String()) for n in ("explanation", "answered_by", "decision_reason", "decided_by")),
        *(sa.Column(n, INSTANT) for n in ("answered_at", "decided_at")),
        sa.Column("parties", sa.ARRAY(sa.Uuid()), **GIVEN),
        sa.UniqueConstraint("result_id", "rule"),
    )
    for column in ("set_id", "lot_id"):
        op.create_index(f"data_integrity_flag_{column}", "data_integrity_flag", [column])
    op.create_index("data_integrity_flag_state", "data_integrity_flag", ["state", "id"])
    add_turns("data_integrity_flag", {})
    tables.root_record("data_integrity_flag", OF_THE_LABORATORY)
    tables.partners_publish(*FACTS, beside=True)
    op.execute(RELATED)
    op.execute("REVOKE EXECUTE ON FUNCTION traces_of_results FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION traces_of_results TO {', '.join(tables.ROLES)}")
