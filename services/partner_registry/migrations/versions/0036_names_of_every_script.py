"""Names are compared by the letters of every script; before, only those of A to Z counted.

Names in A to Z, with accents or without, are compared as before: their rows stay as they are. Uses of sub-suppliers are
kept for the first time with this release.
"""

import json

import sqlalchemy as sa
from alembic import op
from installation.changes import unseen
from partner_registry.partners.naming import normalised

revision = "0036"
down_revision = "0028"

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
    # Two that were told apart by an ß that was left out stay two; whoever is new is compared with the entities.
    compare_anew("partner", alone=True)
    compare_anew("legal_entity", alone=False)
