"""Yields and times are judged by limits that the sponsor states, and what lies outside is explained by a deviation."""

import sqlalchemy as sa
from alembic import op
from installation import tables
from installation.tables import TENANT
from installation.waiting import add_turns
from sqlalchemy.dialects.postgresql import JSONB

revision = "0071"
down_revision = "0070"

GIVEN = {"nullable": False}
INSTANT = sa.DateTime(timezone=True)
SEEN = f"(current_setting('role') <> 'svc_partner' OR {TENANT} = ANY (batch.parties))"
# Whoever is a party to a batch reads by which limits it is judged, a maker that sold the site in its making too.
LIMITS = f"""
CREATE FUNCTION process_limits_of(asked uuid) RETURNS TABLE (
    id uuid, number varchar, revision integer, site_id uuid, valid_from date, valid_to date, confirmed_at timestamptz,
    yields jsonb, hold_times jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
SELECT said.id, said.number, said.revision, said.site_id, said.valid_from, said.valid_to, said.confirmed_at,
       said.yields, said.hold_times
FROM batch JOIN process_limits AS said ON said.product_id = batch.product_id AND said.partner_id = batch.partner_id
WHERE batch.id = asked AND {SEEN} AND said.confirmed_at IS NOT NULL
    AND (said.site_id IS NULL OR said.site_id = batch.site_id)
ORDER BY said.number $$
"""
# Who is no party to an explanation learns whether there is one that counts, and neither its number nor the deviation's.
EXPLAINED = f"""
CREATE FUNCTION limit_explanations_of(asked uuid) RETURNS TABLE (
    id uuid, number varchar, deviation varchar, limit_name varchar, found varchar, settled boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
SELECT CASE WHEN theirs THEN said.id END, CASE WHEN theirs THEN said.number END, CASE WHEN theirs THEN dealt.number END,
       said.limit_name, said.found,
       dealt.state = 'closed' AND EXISTS (SELECT FROM deviation_lot AS named WHERE named.deviation_id = dealt.id
           AND named.lot_id = batch.lot_id AND named.left_out_by_revision IS NULL)
FROM batch JOIN limit_explanation AS said ON said.batch_id = batch.id
JOIN deviation AS dealt ON dealt.id = said.deviation_id, LATERAL (
    SELECT current_setting('role') <> 'svc_partner' OR {TENANT} = ANY (said.parties) AS theirs) AS reader
WHERE batch.id = asked AND {SEEN} AND said.state = 'stands'
ORDER BY said.number $$
"""


def upgrade() -> None:
    limits()
    explanations()
    for name, function in {"process_limits_of": LIMITS, "limit_explanations_of": EXPLAINED}.items():
        op.execute(function)
        op.execute(f"REVOKE EXECUTE ON FUNCTION {name} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {name} TO {', '.join(tables.ROLES)}")


def limits() -> None:
    """What a product's steps have to give, and how long they may take, by versions."""
    op.create_table(
        "process_limits",
        *tables.versioned(),
        *(sa.Column(name, sa.String(), unique=name == "number", **GIVEN) for name in ("number", "state", "material")),
        *(sa.Column(name, sa.Uuid(), **GIVEN) for name in ("product_id", "partner_id")),
        sa.Column("site_id", sa.Uuid()),
        sa.Column("revision", sa.Integer(), **GIVEN),
        sa.Column("valid_from", sa.Date(), **GIVEN),
        sa.Column("valid_to", sa.Date()),
        *(sa.Column(name, JSONB(), **GIVEN) for name in ("yields", "hold_times")),
        *(sa.Column(name, sa.String(), **GIVEN) for name in ("evidence", "stated_by")),
        *(sa.Column(name, sa.String()) for name in ("confirmed_by", "reason")),
        *(sa.Column(name, sa.String()) for name in ("withdrawal_proposed_by", "withdrawn_by")),
        sa.Column("withdrawal_on", sa.Date()),
        sa.Column("confirmed_at", INSTANT),
        sa.Column("parties", sa.ARRAY(sa.Uuid()), **GIVEN),
        sa.CheckConstraint(
            "(state IN ('confirmed', 'withdrawn')) = (confirmed_at IS NOT NULL)", name="process_limits_confirmed"
        ),
    )
    add_turns("process_limits", {})
    of_one = ["product_id", "partner_id", "site_id", "revision"]
    op.create_index("process_limits_revision", "process_limits", of_one, unique=True, postgresql_nulls_not_distinct=True)
    tables.root_record("process_limits")
    op.execute("CREATE POLICY dossier ON process_limits FOR SELECT TO CURRENT_USER USING (true)")
    tables.numbers("process_limits_number")


def explanations() -> None:
    """Which deviation explains that a batch lies outside."""
    op.create_table(
        "limit_explanation",
        *tables.versioned(),
        *(sa.Column(name, sa.String(), unique=name == "number", **GIVEN) for name in ("number", "state")),
        sa.Column("batch_id", sa.Uuid(), sa.ForeignKey("batch.id"), **GIVEN),
        sa.Column("partner_id", sa.Uuid(), **GIVEN),
        *(sa.Column(name, sa.String(), **GIVEN) for name in ("limit_name", "found", "explanation", "explained_by")),
        sa.Column("deviation_id", sa.Uuid(), sa.ForeignKey("deviation.id"), **GIVEN),
        *(sa.Column(name, sa.String()) for name in ("withdrawn_by", "withdrawal_reason")),
        sa.Column("withdrawn_at", INSTANT),
        sa.Column("parties", sa.ARRAY(sa.Uuid()), **GIVEN),
    )
    op.create_index("limit_explanation_deviation_id", "limit_explanation", ["deviation_id"])
    op.create_index("limit_explanation_batch_id", "limit_explanation", ["batch_id"])
    op.create_index(
        "limit_explanation_stands",
        "limit_explanation",
        ["batch_id", "limit_name"],
        unique=True,
        postgresql_where=sa.text("state = 'stands'"),
    )
    tables.root_record("limit_explanation")
    op.execute("CREATE POLICY dossier ON limit_explanation FOR SELECT TO CURRENT_USER USING (true)")
    tables.numbers("limit_explanation_number")
