"""Names are compared without the legal forms of more laws, such as SE, KGaA, s.r.o. and Pty."""

import json

import sqlalchemy as sa
from alembic import op
from installation.changes import unseen
from partner_registry.partners.naming import normalised

revision = "0047"
down_revision = "0046"

NAMED = "SELECT id, legal_name, normalised_name, country FROM {} ORDER BY created_at, id"
RENAMED = """
UPDATE {table} SET normalised_name = new.name
FROM jsonb_to_recordset(CAST(:new AS jsonb)) AS new (id uuid, name varchar) WHERE {table}.id = new.id
"""


def compare_anew(table: str, alone: bool) -> None:
    """Write each name as it is compared now; ``alone``: where no other row of its country has that already."""
    op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    rows = op.get_bind().execute(sa.text(NAMED.format(table))).all()
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    taken, new = {(row.normalised_name, row.country) for row in rows}, []
    for row in rows:
        name = normalised(row.legal_name)
        if name != row.normalised_name and not (alone and (name, row.country) in taken):
            taken.add((name, row.country))
            new.append({"id": str(row.id), "name": name})
    if new:
        unseen(table, sa.text(RENAMED.format(table=table)).bindparams(new=json.dumps(new)))


def upgrade() -> None:
    # Two partners that were told apart by such a form stay two; whoever is new is compared with the entities.
    compare_anew("partner", alone=True)
    compare_anew("legal_entity", alone=False)
