"""A link of a deviation is withdrawn with a reason by the side that made it, or the sponsor, and is kept."""

import sqlalchemy as sa
from alembic import op
from installation import tables
from installation.changes import add_required
from installation.tables import ACTOR, TENANT, Begin, PartnersWrite

revision = "0039"
down_revision = "0038"

WHOSE = {
    **dict.fromkeys(("deviation", "complaint", "change"), "own.partner_id"),
    "oos_investigation": "own.partner_id, own.laboratory_partner_id",
}
OF_ITS_OWN = " ".join(
    f"WHEN '{kind}' THEN EXISTS (SELECT FROM {kind} AS own WHERE own.id = linked_event.event_id AND {TENANT} IN ({whose}))"
    for kind, whose in WHOSE.items()
)
OF_THE_OWNER = PartnersWrite(
    sides=["partner_id"],
    inserts=Begin(
        fills=[
            *("id", "created_at", "updated_at", "deviation_id", "kind", "event_id", "linked_by", "partner_id"),
            *("parties", "state", "linked_side"),
        ],
        otherwise={"version": 1},
        parties=["partner_id"],
        check=f"""
            linked_event.state = 'linked' AND linked_event.linked_side = 'owner'
            AND linked_event.linked_by = {ACTOR} AND CASE linked_event.kind {OF_ITS_OWN} END
            AND EXISTS (SELECT FROM deviation AS own WHERE own.id = linked_event.deviation_id AND own.partner_id = {TENANT})
        """,
    ),
    columns=["state", "withdrawn_by", "withdrawn_at", "withdrawal_reason", "version", "updated_at"],
    updates_if=f"""
        linked_event.state = 'withdrawn' AND linked_event.linked_side = 'owner' AND linked_event.withdrawn_by = {ACTOR}
    """,
)
# A policy does not see what a row was before.
ONCE = """
CREATE FUNCTION refuse_withdrawn_links() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE insufficient_privilege USING MESSAGE = 'a link that was withdrawn stays as it was withdrawn';
END $$
"""
# Whose person made one, its audit tells.
SIDE = """
    CASE WHEN EXISTS (SELECT FROM audit WHERE audit.record_id = linked_event.id AND audit.operation = 'INSERT'
                      AND audit.tenant <> '') THEN 'owner' ELSE 'sponsor' END
"""
WITHDRAWN = "num_nonnulls(withdrawn_by, withdrawn_at, withdrawal_reason) = CASE state WHEN 'withdrawn' THEN 3 ELSE 0 END"


def upgrade() -> None:
    add_required("linked_event", sa.Column("state", sa.String()), value="'linked'")
    add_required("linked_event", sa.Column("linked_side", sa.String()), value=SIDE)
    for column in ("withdrawn_by", "withdrawal_reason"):
        op.add_column("linked_event", sa.Column(column, sa.String()))
    op.add_column("linked_event", sa.Column("withdrawn_at", sa.DateTime(timezone=True)))
    op.create_check_constraint("linked_event_is_withdrawn_by_somebody", "linked_event", WITHDRAWN)
    tables.root_record("linked_event", OF_THE_OWNER)
    op.execute(ONCE)
    op.execute(
        "CREATE TRIGGER withdrawn_once BEFORE UPDATE ON linked_event FOR EACH ROW "
        "WHEN (OLD.state = 'withdrawn') EXECUTE FUNCTION refuse_withdrawn_links()"
    )
