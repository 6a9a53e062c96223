"""The hot path's SQL of sets: each statement takes a whole batch."""

from typing import Final

KNOWN: Final = """
SELECT id, set_key, state, submitted_by FROM result_set WHERE set_key = ANY ($1::text[]) ORDER BY set_key FOR UPDATE
"""

JOIN: Final = """
UPDATE result_set SET state = 'submitted', submitted_by = submitted_by || joining.names, version = version + 1,
    updated_at = $2::timestamptz, awaited_side = 'partner', awaited_partner_id = laboratory_partner_id,
    awaited_since = CASE state WHEN 'submitted' THEN awaited_since ELSE $2::timestamptz END
FROM (SELECT key::uuid AS id, ARRAY(SELECT jsonb_array_elements_text(value)) AS names FROM jsonb_each($1::jsonb))
    AS joining
WHERE result_set.id = joining.id
"""
"""Results that count joined a set: it waits for a review again."""

SETTLE: Final = """
UPDATE result_set SET state = found.state, version = version + 1, updated_at = $2::timestamptz,
    awaited_since = CASE WHEN found.state IN ('submitted', 'reviewed') THEN $2::timestamptz END,
    awaited_side = CASE found.state WHEN 'submitted' THEN 'partner' WHEN 'reviewed' THEN 'both' END,
    awaited_partner_id = CASE WHEN found.state IN ('submitted', 'reviewed') THEN laboratory_partner_id END
FROM (
    SELECT result_set.id, CASE
        WHEN bool_or(result.state = 'submitted') THEN 'submitted'
        WHEN bool_or(result.state = 'reviewed') THEN 'reviewed'
        WHEN bool_or(result.state = 'approved') THEN 'approved'
        ELSE 'void' END AS state
    FROM result_set LEFT JOIN result
        ON result.set_id = result_set.id AND result.superseded_by IS NULL AND result.reason IS DISTINCT FROM 'voided'
    WHERE result_set.id = ANY ($1::uuid[]) GROUP BY result_set.id) AS found
WHERE result_set.id = found.id AND result_set.state <> found.state
"""
"""``sets.model.state_of``, for sets in which results count no more."""
