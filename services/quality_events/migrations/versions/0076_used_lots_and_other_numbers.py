"""A lot that a maker's system says was used counts for what happens to it like one that is named as an input.

And it is kept what named an alias and is kept with its batch: of what was told before, nobody knows any more.
"""

import json

import sqlalchemy as sa
from alembic import op
from contracts import Lot
from installation import tables
from installation.changes import rewrite, unseen
from installation.tables import TENANT

revision = "0076"
down_revision = "0075"

USES = """
SELECT used.source, used.revision, batch.site_id, used.material, used.number
FROM material_use AS used JOIN batch ON batch.id = used.batch_id
"""
IDENTIFIED = """
UPDATE material_use AS used SET lot_id = told.lot_id
FROM jsonb_to_recordset(CAST(:told AS jsonb)) AS told (source varchar, revision int, lot_id uuid)
WHERE (used.source, used.revision) = (told.source, told.revision)
"""
# What a later revision says of another batch no partner reads: the owner of the view sees it, who asks does not. A
# function that sees all for a partner sees all of this, too.
USED = f"""
CREATE VIEW lot_used AS
SELECT used.batch_id, used.lot_id, used.told_at FROM material_use AS used JOIN batch ON batch.id = used.batch_id
WHERE used.use = 'consumed' AND used.lot_id <> batch.lot_id
    AND (current_user <> 'svc_partner' OR {TENANT} = ANY (batch.parties))
    AND NOT EXISTS (SELECT FROM material_use AS newer WHERE newer.source = used.source AND newer.revision > used.revision)
"""
WENT_IN = """
CREATE VIEW lot_went_in WITH (security_invoker = true) AS
SELECT batch_id, lot_id FROM batch_input_now UNION ALL SELECT batch_id, lot_id FROM lot_used
"""
# As before, with what was used and what nobody linked or named.
EDGES = """
CREATE OR REPLACE VIEW batch_edge WITH (security_invoker = true) AS
SELECT parent_id, child_id, kind, jsonb_build_object('value', quantity::text, 'unit', unit) AS quantity, id AS link_id
FROM batch_link
UNION ALL
SELECT DISTINCT parent.id, part.batch_id, 'consumed', NULL::jsonb, NULL::uuid
FROM batch_input_now AS part JOIN batch AS parent ON parent.lot_id = part.lot_id
WHERE NOT EXISTS (SELECT FROM batch_link AS known WHERE known.parent_id = parent.id
                  AND known.child_id = part.batch_id AND known.kind = 'consumed')
UNION ALL
SELECT DISTINCT parent.id, used.batch_id, 'consumed', NULL::jsonb, NULL::uuid
FROM lot_used AS used JOIN batch AS parent ON parent.lot_id = used.lot_id
WHERE NOT EXISTS (SELECT FROM batch_link AS known WHERE known.parent_id = parent.id AND known.child_id = used.batch_id)
    AND NOT EXISTS (SELECT FROM batch_input_now AS named
                    WHERE named.batch_id = used.batch_id AND named.lot_id = used.lot_id)
"""
PART = """LATERAL (
        SELECT lot_id FROM batch_input_now WHERE batch_id = up.id OFFSET 0) AS part"""

# A person names a batch by an alias, too: a maker its own one.
NAMED = f"""EXISTS (SELECT FROM batch WHERE batch.lot_id = told_under.batch_lot_id
    AND {TENANT} = batch.partner_id AND told_under.number = ANY (batch.aliases))"""


def upgrade() -> None:
    used_lots()
    told_under()


def used_lots() -> None:
    op.add_column("material_use", sa.Column("lot_id", sa.Uuid()))
    op.execute("ALTER TABLE material_use NO FORCE ROW LEVEL SECURITY")
    rows = op.get_bind().execute(sa.text(USES)).all()
    op.execute("ALTER TABLE material_use FORCE ROW LEVEL SECURITY")
    lots = [
        {
            "source": row.source,
            "revision": row.revision,
            "lot_id": str(Lot.identify(row.site_id, row.material, row.number)),
        }
        for row in rows
    ]
    if lots:
        unseen("material_use", sa.text(IDENTIFIED).bindparams(told=json.dumps(lots)))
    op.create_index("material_use_lot_id", "material_use", ["lot_id"])
    for view, select in (("lot_used", USED), ("lot_went_in", WENT_IN), ("batch_edge", EDGES)):
        op.execute(select)
        op.execute(f"GRANT SELECT ON {view} TO {', '.join(tables.ROLES)}")
    for function in ("whole_batch_dossier(uuid)", "late_amendments_of(uuid)"):
        rewrite(function, (PART, PART.replace("batch_input_now", "lot_went_in")))


def told_under() -> None:
    op.create_table(
        "told_under",
        *(sa.Column(name, sa.Uuid(), primary_key=True) for name in ("lot_id", "batch_lot_id")),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("told_under_batch_lot_id", "told_under", ["batch_lot_id"])
    own = f"""EXISTS (SELECT FROM batch WHERE batch.lot_id IN (told_under.lot_id, told_under.batch_lot_id)
        AND {TENANT} = ANY (batch.parties))"""
    tables.projection("told_under", seen_by_partners=own)
    op.execute("REVOKE UPDATE, DELETE ON told_under FROM svc_worker")
    op.execute("GRANT INSERT ON told_under TO svc_sponsor, svc_partner")
    op.execute(f"CREATE POLICY partner_inserts ON told_under FOR INSERT TO svc_partner WITH CHECK ({NAMED})")
