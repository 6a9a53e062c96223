"""What the sponsor's own people note of a qualification stands apart from what its partner reads."""

import sqlalchemy as sa
from alembic import op
from installation import tables
from installation.changes import unseen
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"

TOLD = """
INSERT INTO qualification_remark (id, version, created_at, updated_at, items, waiver)
SELECT id, 1, created_at, updated_at,
       coalesce((SELECT jsonb_object_agg(item ->> 'code', jsonb_build_object('reason', item -> 'reason', 'by', item -> 'by'))
                 FROM jsonb_array_elements(items) AS item WHERE item ->> 'by' IS NOT NULL), '{}'),
       CASE jsonb_typeof(waiver) WHEN 'object' THEN waiver - ARRAY['basis', 'until'] END
FROM qualification
"""
LEFT = """
UPDATE qualification SET waiver = CASE jsonb_typeof(waiver) WHEN 'object'
        THEN waiver - ARRAY['risk', 'reason', 'by'] ELSE waiver END, items = (
    SELECT coalesce(jsonb_agg(item - ARRAY['reason', 'by'] ORDER BY at), '[]')
    FROM jsonb_array_elements(items) WITH ORDINALITY AS listed (item, at))
"""
# What was sealed is compared with what stands there now; the statement, of which the digest is, stays as it was signed.
SEALED = """
UPDATE signature SET table_name = 'qualification_remark', sealed = sealed || jsonb_build_object(
    'waiver', CASE jsonb_typeof(sealed -> 'waiver') WHEN 'object'
        THEN sealed -> 'waiver' #- '{risk}' #- '{reason}' #- '{by}' ELSE sealed -> 'waiver' END,
    'items', (SELECT coalesce(jsonb_agg(item - ARRAY['reason', 'by'] ORDER BY at), '[]')
              FROM jsonb_array_elements(sealed -> 'items') WITH ORDINALITY AS listed (item, at)))
WHERE table_name = 'qualification'
"""
# The past has it too, and the statements that were signed: they are the sponsor's from now on, under the same id.
PAST = """
UPDATE audit SET root_table = 'qualification_remark' WHERE root_table = 'qualification' AND (
    jsonb_path_exists(coalesce(new, '{}'), '$.items[*].by ? (@ != null)')
    OR jsonb_path_exists(coalesce(old, '{}'), '$.items[*].by ? (@ != null)')
    OR jsonb_path_exists(coalesce(new, '{}'), '$.waiver.risk') OR jsonb_path_exists(coalesce(old, '{}'), '$.waiver.risk'))
"""


def upgrade() -> None:
    op.create_table(
        "qualification_remark",
        *tables.versioned(),
        sa.Column("items", postgresql.JSONB(), nullable=False),
        sa.Column("waiver", postgresql.JSONB()),
        sa.ForeignKeyConstraint(["id"], ["qualification.id"]),
    )
    for statement in (TOLD, LEFT):
        unseen("qualification", statement)
    for statement in (SEALED, PAST):
        op.execute(statement)
    tables.sponsor_record("qualification_remark")
