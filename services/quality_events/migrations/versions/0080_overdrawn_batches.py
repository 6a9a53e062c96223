"""Batches of which more is told to have gone into others than was made are kept: every party is told the same."""

import sqlalchemy as sa
from alembic import op
from installation import tables
from installation.changes import rewrite

revision = "0080"
down_revision = "0079"

NOBODY = "00000000-0000-0000-0000-000000000000"
OVERDRAWN = """'overdrawn', (SELECT coalesce(jsonb_agg(jsonb_build_object(
            'id', parent.id, 'material', parent.material, 'number', parent.number, 'partner_id', parent.partner_id,
            'work', encode(sha256(parent.id::text::bytea), 'hex')) ORDER BY parent.material, parent.number), '[]')
        FROM batch AS parent JOIN overdrawn_batch USING (id)
        WHERE parent.id IN (SELECT parent_id FROM batch_edge WHERE child_id = asked)),
    'stages', (SELECT"""
# Of another maker's: that it is one, and which of them stays so. Not since when, nor by how much.
OF_A_PARTY = f"""'overdrawn', (SELECT coalesce(jsonb_agg(CASE WHEN said ->> 'partner_id' = tenant THEN said
            ELSE said || '{{"id": "{NOBODY}", "material": "", "number": "", "partner_id": "{NOBODY}"}}' END
            ORDER BY said ->> 'work'), '[]') FROM jsonb_array_elements(found -> 'overdrawn') AS said),
    'sites', coalesce("""


def upgrade() -> None:
    op.create_table(
        "amount_told",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
    )
    op.create_table(
        "overdrawn_batch",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
    )
    for table in ("amount_told", "overdrawn_batch"):
        tables.projection(table)
    op.execute("CREATE POLICY dossier ON overdrawn_batch FOR SELECT TO CURRENT_USER USING (true)")
    rewrite("whole_batch_dossier(uuid)", ("'stages', (SELECT", OVERDRAWN))
    rewrite("partner_stage_dossier(uuid)", ('"inputs": [],', '"inputs": [], "overdrawn": [],'))
    rewrite("dossier_of_a_party(jsonb, text)", ("'sites', coalesce(", OF_A_PARTY))
