"""What goes by several ids counts once: what was said of it, and under which names.

What counts already stands as it is: a batch by its own id, for which lot it is of was not kept. ``entente rebuild`` reads the
lots and the amendments of the past.
"""

import sqlalchemy as sa
from alembic import op

from installation import tables

revision = "0008"
down_revision = "0007"

COUNTED_AS = {
    "oos": "oos_test",
    "batch_manufactured": "lot_manufactured",
    "batch_yield": "lot_yield",
    "right_first_time": "lot_right_first_time",
}
BEGUN = """
INSERT INTO measured_fact (id, subject_id, measure, value, count, occurred_at, month, partner_id, site_id, product_id,
                           event_id, type, topic, key, recorded_at)
SELECT uuidv7(), subject_id, :once, value, count, occurred_at, month, partner_id, site_id, product_id,
       event_id, type, topic, key, recorded_at
FROM measured_fact WHERE measure = :each AND reversed_by IS NULL AND reverses IS NULL
"""
SUMMED = """
INSERT INTO bucket (measure, month, partner_id, site_id, product_id, level, count, total)
SELECT measure, month, partner_id, site_id, product_id, 0, sum(count), sum(value)
FROM measured_fact WHERE measure = :once GROUP BY measure, month, partner_id, site_id, product_id
"""
FRESH = """
INSERT INTO freshness (measure, partner_id, as_of) SELECT :once, partner_id, as_of FROM freshness WHERE measure = :each
"""
# A batch that something flaws counts as one that nothing would, were it taken back.
SAID = """
INSERT INTO last_said (subject_id, measure, name, value, occurred_at, month, partner_id, site_id, product_id,
                       event_id, type, topic, key, recorded_at)
SELECT subject_id, measure, subject_id, CASE WHEN measure = 'lot_right_first_time' THEN 1 ELSE value END, occurred_at,
       month, partner_id, site_id, product_id, event_id, type, topic, key, recorded_at
FROM measured_fact WHERE measure = :once
"""
FILLED = ("measured_fact", "bucket", "freshness", "last_said")


def upgrade() -> None:
    said = [
        *(sa.Column(name, sa.String(), nullable=False) for name in ("occurred_at", "type", "topic", "key")),
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in ("name", "partner_id", "site_id", "event_id")),
    ]
    op.create_table(
        "last_said",
        sa.Column("subject_id", sa.Uuid(), primary_key=True),
        sa.Column("measure", sa.String(), primary_key=True),
        sa.Column("value", sa.Numeric(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("product_id", sa.Uuid()),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        *said,
    )
    op.create_index("ix_last_said_name", "last_said", ["name"])
    op.create_table(
        "other_name",
        sa.Column("name", sa.Uuid(), primary_key=True),
        sa.Column("stands", sa.Uuid(), primary_key=True),
    )
    op.create_index("ix_other_name_stands", "other_name", ["stands"])
    for table in ("last_said", "other_name"):
        tables.projection(table)
    for table in FILLED:
        # The owner is nobody that a policy knows: it steps over them for this alone.
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    for each, once in COUNTED_AS.items():
        for statement in (BEGUN, SUMMED, FRESH, SAID):
            given = {name: value for name, value in (("each", each), ("once", once)) if f":{name}" in statement}
            op.execute(sa.text(statement).bindparams(**given))
    for table in FILLED:
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
