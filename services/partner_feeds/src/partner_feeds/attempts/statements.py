"""The SQL of an attempt: each statement takes a whole batch of rows."""

from typing import Final

BEGIN: Final = """
INSERT INTO translation (message_id, attempt, mapping_id, mapping, place, accepted, duplicate, amended, refused,
                         first_reason, notices, begun_at, updated_at)
SELECT $1, $2, $3, $4, 0, coalesce(sum(accepted), 0), coalesce(sum(duplicate), 0), coalesce(sum(amended), 0), 0,
       '', '[]', $5, now()
FROM translation WHERE message_id = $1 AND attempt = $2 - 1
ON CONFLICT DO NOTHING RETURNING mapping_id, place, begun_at
"""
READ: Final = "SELECT mapping_id, place, begun_at FROM translation WHERE message_id = $1 AND attempt = $2"
LOCK: Final = "SELECT place FROM translation WHERE message_id = $1 AND attempt = $2 FOR UPDATE"
SETTLED: Final = "SELECT row FROM message_row WHERE message_id = $1 AND row = ANY ($2::int[]) AND outcome <> 'refused'"
SAVE_ROWS: Final = """
INSERT INTO message_row (message_id, attempt, row, outcome, errors)
SELECT $1, $2, given.row, given.outcome, given.errors::jsonb
FROM unnest($3::int[], $4::text[], $5::text[]) AS given (row, outcome, errors)
ON CONFLICT (message_id, row) DO UPDATE
SET attempt = excluded.attempt, outcome = excluded.outcome, errors = excluded.errors
"""
ADVANCE: Final = """
UPDATE translation SET place = $3, accepted = accepted + $4, duplicate = duplicate + $5, amended = amended + $6,
    refused = refused + $7, first_reason = CASE WHEN first_reason = '' THEN $8 ELSE first_reason END,
    notices = CASE WHEN jsonb_array_length(notices) < $10 THEN notices || $9::text::jsonb ELSE notices END,
    updated_at = clock_timestamp()
WHERE message_id = $1 AND attempt = $2
RETURNING accepted, duplicate, amended, refused, first_reason
"""
FORGET: Final = "DELETE FROM message_row WHERE message_id = $1 AND attempt < $2 AND outcome = 'refused'"
