"""The SQL of an attempt: each statement takes a whole batch of rows."""

from typing import Final

BEGIN: Final = """
INSERT INTO translation (message_id, attempt, mapping_id, mapping, place, accepted, duplicate, amended, conflict,
                         unjudged, left_out, without_record, refused, first_reason, notices, begun_at, updated_at)
SELECT $1, $2, $3, $4, 0, coalesce(sum(accepted), 0), coalesce(sum(duplicate), 0), coalesce(sum(amended), 0), 0, 0,
       coalesce(sum(left_out), 0), coalesce(sum(without_record), 0), 0, '', '[]', $5, now()
FROM translation WHERE message_id = $1 AND attempt = $2 - 1
ON CONFLICT DO NOTHING RETURNING mapping_id, place, begun_at
"""
READ: Final = "SELECT mapping_id, place, begun_at FROM translation WHERE message_id = $1 AND attempt = $2"
LOCK: Final = "SELECT place FROM translation WHERE message_id = $1 AND attempt = $2 FOR UPDATE"
BEFORE: Final = "SELECT row, outcome FROM message_row WHERE message_id = $1 AND row = ANY ($2::int[])"
SAVE_ROWS: Final = """
INSERT INTO message_row (message_id, attempt, row, outcome, errors)
SELECT $1, $2, given.row, given.outcome, given.errors::jsonb
FROM unnest($3::int[], $4::text[], $5::text[]) AS given (row, outcome, errors)
ON CONFLICT (message_id, row) DO UPDATE
SET attempt = excluded.attempt, outcome = excluded.outcome, errors = excluded.errors
"""
ADVANCE: Final = """
UPDATE translation SET place = $3, accepted = accepted + $4, duplicate = duplicate + $5, amended = amended + $6,
    conflict = conflict + $7, unjudged = unjudged + $8, left_out = left_out + $9,
    without_record = without_record + $10, refused = refused + $11,
    first_reason = CASE WHEN first_reason = '' THEN $12 ELSE first_reason END,
    notices = CASE WHEN jsonb_array_length(notices) < $14 THEN notices || $13::text::jsonb ELSE notices END,
    updated_at = clock_timestamp()
WHERE message_id = $1 AND attempt = $2
RETURNING accepted, duplicate, amended, conflict, unjudged, left_out, without_record, refused, first_reason
"""
TOUCH: Final = "UPDATE translation SET updated_at = clock_timestamp() WHERE message_id = $1 AND attempt = $2"
COUNT_LEFT: Final = """
UPDATE translation AS own
SET conflict = own.conflict + earlier.conflict, unjudged = own.unjudged + earlier.unjudged,
    refused = own.refused + earlier.refused
FROM (
    SELECT count(*) FILTER (WHERE outcome = 'conflict') AS conflict,
        count(*) FILTER (WHERE outcome = 'unjudged') AS unjudged,
        count(*) FILTER (WHERE outcome = 'refused') AS refused
    FROM message_row WHERE message_id = $1 AND attempt < $2) AS earlier
WHERE message_id = $1 AND attempt = $2
RETURNING accepted, duplicate, amended, own.conflict, own.unjudged, left_out, without_record, own.refused
"""
"""Counts with an attempt what those before it left open, and it did not come to."""
FORGET: Final = "DELETE FROM message_row WHERE message_id = $1 AND attempt < $2 AND outcome = ANY ($3)"
