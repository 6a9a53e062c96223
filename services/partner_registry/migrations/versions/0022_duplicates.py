"""Which partners may be one company, and what was decided; and what else a partner is known by."""

import sqlalchemy as sa
from alembic import op
from installation import tables
from installation.changes import add_required, unseen
from sqlalchemy.dialects import postgresql

revision = "0022"
down_revision = "0021"

GIVEN = {"nullable": False}
# Partners that are there are asked about once, as if they were registered now: by the trigrams of what they are called,
# which is all that is known of them. Two names are alike from four fifths on: see duplicates/similarity.py.
KNOWN = """
WITH trigram AS MATERIALIZED (
    SELECT DISTINCT created_at, id, substr('  ' || word || ' ', place, 3) AS run
    FROM partner, string_to_table(normalised_name, ' ') AS word, generate_series(1, length(word) + 1) AS place
    WHERE word <> ''
), counted AS (SELECT id, count(*) AS runs FROM trigram GROUP BY id
), pair AS (
    SELECT one.id AS earlier, other.id AS later, count(*) AS shared
    FROM trigram AS one JOIN trigram AS other ON other.run = one.run
    WHERE (one.created_at, one.id) < (other.created_at, other.id) GROUP BY one.id, other.id
), alike AS (
    SELECT earlier, later, other.created_at, shared::float8 / (a.runs + b.runs - shared) AS likeness,
           least(one.normalised_name COLLATE "C", other.normalised_name COLLATE "C") AS name,
           greatest(one.normalised_name COLLATE "C", other.normalised_name COLLATE "C") AS other_name
    FROM pair
    JOIN partner AS one ON one.id = earlier JOIN counted AS a ON a.id = earlier
    JOIN partner AS other ON other.id = later JOIN counted AS b ON b.id = later
)
INSERT INTO duplicate_candidate (id, version, created_at, updated_at, number, state, partner_id, other_id, grounds)
SELECT gen_random_uuid(), 1, now(), now(),
       'DUP-' || to_char(now() AT TIME ZONE 'UTC', 'YYYY') || '-' || next_number('duplicate_number'), 'open',
       later, earlier, ARRAY['names alike (' || to_char(likeness, 'FM0.00') || '): ' || name || ' and ' || other_name]
FROM alike WHERE likeness >= 0.8 ORDER BY created_at, later, earlier
"""


def upgrade() -> None:
    add_required("partner", sa.Column("trade_names", sa.ARRAY(sa.String())), value="'{}'")
    add_required("partner", sa.Column("owner_entries", postgresql.JSONB()), value="'[]'")
    for name in ("website", "parent"):
        op.add_column("partner", sa.Column(name, sa.String()))
    op.create_table(
        "duplicate_candidate",
        *tables.versioned(),
        *(sa.Column(name, sa.String(), **GIVEN) for name in ("number", "state")),
        *(sa.Column(name, sa.Uuid(), sa.ForeignKey("partner.id"), **GIVEN) for name in ("partner_id", "other_id")),
        sa.Column("grounds", sa.ARRAY(sa.String()), **GIVEN),
        *(sa.Column(name, sa.String()) for name in ("decided_by", "decision_reason")),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.UniqueConstraint("number"),
        sa.UniqueConstraint("partner_id", "other_id"),
    )
    tables.numbers("duplicate_number")
    unseen("partner", KNOWN)
    tables.sponsor_record("duplicate_candidate")
