"""A stage of a batch at another partner's site: its partner alone is party to it, and the batch is judged with it."""

import sqlalchemy as sa
from alembic import op
from installation import tables
from installation.changes import rewrite
from installation.tables import TENANT, PartnersWrite, Step
from installation.waiting import add_turns
from sqlalchemy.dialects import postgresql

revision = "0073"
down_revision = "0072"

GIVEN = {"nullable": False}
TEXTS = postgresql.ARRAY(sa.String())
INSTANT = sa.DateTime(timezone=True)
NOBODY = "00000000-0000-0000-0000-000000000000"
BEGUN = {"sides": ["partner_id"], "by": ["recorded_by"]}
OF_ITS_PARTNER = PartnersWrite(
    sides=["partner_id"],
    steps=[
        Step(moves=["planned>started"], sets=["started_at", "equipment"], clears=["taken_back_because"], **BEGUN),
        Step(
            moves=["started>ended", "ended>ended"],
            sets=["started_at", "equipment", "ended_at", "actual_quantity", "actual_unit"],
            **BEGUN,
        ),
        Step(
            moves=["started>planned", "ended>planned"],
            sets=["equipment", "taken_back_because"],
            clears=["started_at", "ended_at", "actual_quantity", "actual_unit"],
            **BEGUN,
        ),
        Step(
            moves=["ended>confirmed"],
            sides=["partner_id"],
            sets=["record_version", "record_digest", "confirmed_deviations", "confirmed_at"],
            by=["confirmed_by"],
            independent_of=["recorded_by"],
        ),
    ],
)
# Where work on batches was done, whoever it was by.
STAGES = """
CREATE VIEW stage_at WITH (security_invoker = true) AS
SELECT batch_id, site_id, step, equipment, started_at, ended_at FROM batch_stage
UNION ALL SELECT batch_id, site_id, step, equipment, started_at, ended_at FROM partner_stage
WHERE state <> 'withdrawn' AND started_at IS NOT NULL
"""
# Its partner is no party to the batch, and reads of it what is on the label: by that it reports what happened.
LOTS = f"""
CREATE FUNCTION lots_of_own_stages() RETURNS TABLE (
    batch_id uuid, lot_id uuid, number varchar, material varchar, product_id uuid, site_id uuid, partner_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
SELECT batch.id, batch.lot_id, batch.number, batch.material, batch.product_id, batch.site_id, batch.partner_id
FROM batch WHERE batch.id IN (
    SELECT away.batch_id FROM partner_stage AS away
    WHERE away.partner_id = {TENANT} AND {TENANT} = ANY (away.parties) AND away.state <> 'withdrawn') $$
"""
# What of it a verdict takes of another partner's stage: not which it is, nor whose, nor what it was confirmed with.
NAMELESS = f"""
CREATE FUNCTION elsewhere_of_a_party(stages jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
SELECT coalesce(jsonb_agg(said || '{{"id": "{NOBODY}", "number": "", "partner_id": "{NOBODY}", "since": null}}'
    || jsonb_build_object('unnamed', CASE WHEN said -> 'unnamed' = '[]' THEN '[]'::jsonb ELSE '[""]' END) ORDER BY at), '[]')
FROM jsonb_array_elements(stages) WITH ORDINALITY AS listed (said, at) $$
"""
CONTENT = "md5(concat_ws('|', away.planned_quantity, away.planned_unit, away.actual_quantity, away.actual_unit))"
COLUMNS = f"""away.id, away.number, away.step, away.site_id, away.partner_id, away.state, away.started_at,
           coalesce(away.ended_at, away.started_at) AS ended_at, away.awaited_since AS since, away.sold_at,
           {CONTENT} AS content"""
ELSEWHERE = f"""), elsewhere AS (
    SELECT {COLUMNS}, (
        SELECT coalesce(jsonb_agg(DISTINCT said.number), '[]') FROM deviations AS said
        WHERE said.own AND said.partner_id = away.partner_id AND said.state <> 'cancelled'
            AND said.number <> ALL (away.confirmed_deviations)) AS unnamed
    FROM one JOIN partner_stage AS away ON away.batch_id = one.id WHERE away.state <> 'withdrawn'
), stages AS ("""
OF_A_PARENT = f"""(SELECT coalesce(jsonb_agg(to_jsonb(away) ORDER BY away.number), '[]') FROM (
               SELECT {COLUMNS}, '[]'::jsonb AS unnamed FROM partner_stage AS away
               WHERE away.batch_id = said.id AND away.state <> 'withdrawn') AS away) AS elsewhere"""
WHOLE = (
    ("), stages AS (", ELSEWHERE),
    ("WHERE stage.batch_id = said.id) AS stages,", f"WHERE stage.batch_id = said.id) AS stages, {OF_A_PARENT},"),
    (
        "SELECT site_id FROM one UNION SELECT site_id FROM stages",
        "SELECT site_id FROM one UNION SELECT site_id FROM stages UNION SELECT site_id FROM elsewhere\n"
        "    UNION SELECT (away ->> 'site_id')::uuid FROM parents, jsonb_array_elements(parents.elsewhere) AS away WHERE same",
    ),
    (
        "'stages', (SELECT",
        "'elsewhere', (SELECT coalesce(jsonb_agg(to_jsonb(elsewhere) ORDER BY number), '[]') FROM elsewhere),\n"
        "    'stages', (SELECT",
    ),
)
PARENTS = "'parents', coalesce((SELECT jsonb_agg(said ORDER BY at) FROM parents), '[]')"
WORKED = "UNION SELECT said ->> 'site_id' FROM jsonb_array_elements(found -> 'parents') AS said\n"
PARTY = (
    (
        PARENTS,
        "'elsewhere', elsewhere_of_a_party(found -> 'elsewhere'),\n    'parents', coalesce((SELECT jsonb_agg(\n"
        "        said || jsonb_build_object('elsewhere', elsewhere_of_a_party(said -> 'elsewhere')) ORDER BY at)\n"
        "        FROM parents), '[]')",
    ),
    (
        WORKED,
        f"{WORKED}    UNION SELECT away ->> 'site_id' FROM jsonb_array_elements(found -> 'elsewhere') AS away\n"
        "    UNION SELECT away ->> 'site_id' FROM jsonb_array_elements(found -> 'parents') AS said,\n"
        "        jsonb_array_elements(said -> 'elsewhere') AS away\n",
    ),
)
# What was told of the site to another owner has no words for this one.
NAMELESS_FACT = f'{{"partner_id": "{NOBODY}", "number": "", "reason": "", "conditions": []}}'
# Who does a stage reads how that one stands, and nothing else of the batch: no other function gives it that.
GATE = "= ANY (batch.parties))"
MAY_ASK = f"""= ANY (batch.parties) OR EXISTS (
        SELECT FROM partner_stage AS away WHERE away.batch_id = batch.id AND {TENANT} = ANY (away.parties)))"""
PARTIES = f"WHERE found IS NOT NULL AND (current_setting('role') <> 'svc_partner' OR found -> 'parties' ? {TENANT}::text)"
OWN_PART = f"""
CREATE FUNCTION partner_stage_dossier(asked uuid) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
SELECT jsonb_build_object(
    'id', away.batch_id, 'site_id', away.site_id, 'partner_id', away.partner_id, 'product_id', found -> 'product_id',
    'elsewhere', (SELECT coalesce(jsonb_agg(one), '[]') FROM jsonb_array_elements(found -> 'elsewhere') AS one
        WHERE one ->> 'id' = away.id::text),
    'sites', (SELECT coalesce(jsonb_agg(site), '[]') FROM jsonb_array_elements(found -> 'sites') AS site
        WHERE site ->> 'id' = away.site_id::text),
    'known', (SELECT coalesce(jsonb_agg(CASE fact ->> 'kind' WHEN 'SiteQualificationChanged' THEN jsonb_set(
            CASE WHEN fact -> 'said' ->> 'partner_id' = away.partner_id::text THEN fact
            ELSE fact || jsonb_build_object('said', fact -> 'said' || '{NAMELESS_FACT}') END, '{{said,product_ids}}', (
                SELECT coalesce(jsonb_agg(DISTINCT CASE WHEN product = found ->> 'product_id' THEN product ELSE '{NOBODY}' END), '[]')
                FROM jsonb_array_elements_text(fact -> 'said' -> 'product_ids') AS named (product))) ELSE fact END), '[]')
        FROM jsonb_array_elements(found -> 'known') AS fact
        WHERE fact ->> 'about' = away.site_id::text OR fact ->> 'kind' = 'ProductRegistered'),
    'deviations', (SELECT coalesce(jsonb_agg(said), '[]') FROM jsonb_array_elements(found -> 'deviations') AS said
        WHERE (said ->> 'own')::boolean AND said ->> 'partner_id' = away.partner_id::text),
    'started_at', NULL, 'completed_at', NULL
) || '{{"stages": [], "came_by": [], "parents": [], "investigations": [], "holds": [], "inputs": [], "dispositions": [],
       "statements": []}}'
FROM partner_stage AS away, LATERAL whole_batch_dossier(away.batch_id) AS found
WHERE away.id = asked AND (current_setting('role') <> 'svc_partner' OR {TENANT} = ANY (away.parties)) $$
"""
# How a stage elsewhere stands to the limits of its step by each version: whoever reads the batch learns that, and not how
# much was to come of it or did. Its steps are compared as works.plain does; by another spelling nobody can say it.
PLAIN = r"lower(regexp_replace({}, '[[:space:]_/.-]+', ' ', 'g'))"
LIMITED = f"""
CREATE FUNCTION limits_elsewhere_of(asked uuid) RETURNS TABLE (
    step varchar, site_id uuid, started_at varchar, ended_at varchar, content text, inside jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
SELECT away.step, away.site_id, away.started_at, away.ended_at, {CONTENT}, (
    SELECT coalesce(jsonb_object_agg(said.id, CASE
        WHEN away.ended_at IS NOT NULL AND away.planned_quantity > 0 AND away.actual_unit = away.planned_unit
        THEN away.actual_quantity * 100 BETWEEN (one ->> 'at_least')::numeric * away.planned_quantity
            AND (one ->> 'at_most')::numeric * away.planned_quantity END), '{{}}')
    FROM process_limits_of(asked) AS said, jsonb_array_elements(said.yields) AS one
    WHERE {PLAIN.format("one ->> 'step'")} = {PLAIN.format("away.step")})
FROM batch JOIN partner_stage AS away ON away.batch_id = batch.id
WHERE batch.id = asked AND away.state <> 'withdrawn'
    AND (current_setting('role') <> 'svc_partner' OR {TENANT} = ANY (batch.parties))
ORDER BY away.number $$
"""


def upgrade() -> None:
    stages()
    roles = ", ".join(tables.ROLES)
    op.execute("CREATE POLICY dossier ON partner_stage FOR SELECT TO CURRENT_USER USING (true)")
    run = op.get_bind().exec_driver_sql
    for statement in (STAGES, LOTS, NAMELESS, OWN_PART, LIMITED):
        run(statement)
    read = "lots_of_own_stages, partner_stage_dossier, limits_elsewhere_of"
    op.execute(f"REVOKE EXECUTE ON FUNCTION elsewhere_of_a_party, {read} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {read} TO {roles}")
    op.execute(f"GRANT SELECT ON stage_at TO {roles}")
    rewrite("whole_batch_dossier(uuid)", (GATE, MAY_ASK), *WHOLE)
    rewrite("batch_dossier(uuid)", ("WHERE found IS NOT NULL", PARTIES))
    rewrite("dossier_of_a_party(jsonb, text)", *PARTY)
    used = "FROM up JOIN {} AS stage ON stage.batch_id = up.id"
    rewrite("shared_deviations_of(uuid)", (used.format("batch_stage"), used.format("stage_at")))


def stages() -> None:
    op.create_table(
        "partner_stage",
        *tables.versioned(),
        sa.Column("number", sa.String(), unique=True, **GIVEN),
        *(sa.Column(name, sa.String(), **GIVEN) for name in ("state", "lot", "material", "step")),
        sa.Column("batch_id", sa.Uuid(), sa.ForeignKey("batch.id"), **GIVEN),
        *(sa.Column(name, sa.Uuid(), **GIVEN) for name in ("lot_id", "site_id", "partner_id")),
        *(sa.Column(name, TEXTS, **GIVEN) for name in ("equipment", "recorded_by", "confirmed_deviations")),
        *(sa.Column(name, sa.Numeric()) for name in ("planned_quantity", "actual_quantity")),
        *(sa.Column(name, sa.String()) for name in ("planned_unit", "actual_unit", "started_at", "ended_at")),
        *(sa.Column(name, sa.String()) for name in ("record_version", "record_digest", "confirmed_by", "reviewed_by")),
        *(sa.Column(name, sa.String()) for name in ("given_back_because", "taken_back_because", "withdrawal_reason")),
        *(sa.Column(name, INSTANT) for name in ("confirmed_at", "reviewed_at", "given_back_at")),
        *(sa.Column(name, INSTANT) for name in ("owned_from", "owned_until", "sold_at")),
        sa.Column("site_zone", sa.String()),
        sa.Column("parties", sa.ARRAY(sa.Uuid()), **GIVEN),
    )
    op.create_index("partner_stage_batch_id", "partner_stage", ["batch_id"])
    op.create_index("partner_stage_partner_id", "partner_stage", ["partner_id"])
    once = {"unique": True, "postgresql_where": sa.text("state <> 'withdrawn'")}
    op.create_index("partner_stage_once", "partner_stage", ["batch_id", "step", "site_id"], **once)
    add_turns("partner_stage", {})
    tables.root_record("partner_stage", OF_ITS_PARTNER)
    tables.numbers("stage_number")
    op.create_table(
        "former_partner_stage",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("partner_stage_id", sa.Uuid(), sa.ForeignKey("partner_stage.id"), **GIVEN),
        sa.Column("version", sa.Integer(), **GIVEN),
        sa.Column("content", postgresql.JSONB(), **GIVEN),
        sa.Column("created_at", INSTANT, **GIVEN),
        sa.UniqueConstraint("partner_stage_id", "version"),
    )
    tables.child_record("former_partner_stage", "partner_stage_id", of="partner_stage")
    op.execute(f"REVOKE UPDATE ON former_partner_stage FROM {', '.join(tables.ROLES)}")
