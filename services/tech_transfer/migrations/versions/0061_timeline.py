"""What blocked gates, where sites are, and when transfers were looked at."""

import sqlalchemy as sa
from alembic import op
from installation import tables
from installation.tables import TENANT

revision = "0061"
down_revision = "0060"

GIVEN = {"nullable": False}
INSTANT = sa.DateTime(timezone=True)
MAY_ASK = f"(current_setting('role') <> 'svc_partner' OR {TENANT} = ANY (transfer.parties))"
# Whoever changes what blocks a gate notes it, a partner too, and nobody reads or writes these rows otherwise: one that
# was noted changes once, when it ends.
NOTE = f"""
CREATE FUNCTION note_blocking(asked uuid, next_gate text, blocks jsonb, at timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM transfer WHERE id = asked AND {MAY_ASK}) THEN RETURN; END IF;
    UPDATE gate_blocking AS old SET until = at WHERE transfer_id = asked AND until IS NULL AND NOT EXISTS (
        SELECT FROM jsonb_to_recordset(blocks) AS new (rule text, unit text, since timestamptz, record_type text,
                                                       record_id uuid)
        WHERE (next_gate, new.rule, new.unit) = (old.gate, old.rule, old.unit) AND new.since IS NOT DISTINCT FROM old.since
        AND new.record_type IS NOT DISTINCT FROM old.record_type AND new.record_id IS NOT DISTINCT FROM old.record_id);
    INSERT INTO gate_blocking (id, transfer_id, gate, rule, unit, record_type, record_id, record_number, since, noted_at)
    SELECT gen_random_uuid(), asked, next_gate, new.*, at FROM (
        SELECT DISTINCT ON (rule, unit, since, record_type, record_id) rule, unit, record_type, record_id,
            record_number, since
        FROM jsonb_to_recordset(blocks) AS given (rule text, unit text, record_type text, record_id uuid,
                                                  record_number text, since timestamptz)) AS new
    WHERE NOT EXISTS (
        SELECT FROM gate_blocking AS old WHERE transfer_id = asked AND until IS NULL
        AND (next_gate, new.rule, new.unit) = (old.gate, old.rule, old.unit) AND new.since IS NOT DISTINCT FROM old.since
        AND new.record_type IS NOT DISTINCT FROM old.record_type AND new.record_id IS NOT DISTINCT FROM old.record_id);
END $$
"""
# The sending partner reads no row of the receiving site's, and yet its public holidays are counted for everybody.
PLACES = f"""
CREATE FUNCTION places_of_transfer(asked uuid) RETURNS TABLE (receiving varchar, sending varchar)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT (SELECT country FROM site_calendar WHERE id = receiving_site_id),
           (SELECT country FROM site_calendar WHERE id = sending_site_id)
    FROM transfer WHERE id = asked AND {MAY_ASK}
$$
"""


def _blocking() -> None:
    op.create_table(
        "gate_blocking",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("transfer_id", sa.Uuid(), sa.ForeignKey("transfer.id"), **GIVEN),
        *(sa.Column(name, sa.String(), **GIVEN) for name in ("gate", "rule", "unit")),
        sa.Column("record_type", sa.String()),
        sa.Column("record_id", sa.Uuid()),
        sa.Column("record_number", sa.String()),
        sa.Column("since", INSTANT),
        sa.Column("noted_at", INSTANT, **GIVEN),
        sa.Column("until", INSTANT),
    )
    op.create_index("gate_blocking_transfer_id", "gate_blocking", ["transfer_id", "noted_at"])
    tables.sponsor_record("gate_blocking")
    op.execute("REVOKE INSERT, UPDATE ON gate_blocking FROM svc_sponsor, svc_worker")
    op.execute("CREATE POLICY dossier ON gate_blocking FOR ALL TO CURRENT_USER USING (true) WITH CHECK (true)")


def upgrade() -> None:
    op.create_table(
        "site_calendar",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("partner_id", sa.Uuid(), **GIVEN),
        sa.Column("country", sa.String(), **GIVEN),
    )
    tables.projection("site_calendar", partner_column="partner_id")
    _blocking()
    op.create_table(
        "followed_transfer",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("followed_at", INSTANT, **GIVEN),
        sa.Column("delay_told", sa.Integer(), **GIVEN),
    )
    tables.projection("followed_transfer")
    op.execute("CREATE POLICY dossier ON site_calendar FOR SELECT TO CURRENT_USER USING (true)")
    for function, made in (("note_blocking", NOTE), ("places_of_transfer", PLACES)):
        op.execute(made)
        op.execute(f"REVOKE EXECUTE ON FUNCTION {function} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO {', '.join(tables.ROLES)}")
