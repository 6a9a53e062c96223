"""The hot path's SQL: each statement takes a whole batch as arrays."""

from typing import Final

AMONG_OTHERS: Final = "SELECT pg_advisory_xact_lock_shared(hashtextextended('sample-tracking.products', 0))"
"""What a transaction takes first that records results."""

ALONE: Final = "SELECT pg_advisory_xact_lock(hashtextextended('sample-tracking.products', 0))"
"""What one takes that learns of a product, of a lot's day or of a revision: neither would see the other, and results
would stay without it."""

LIMITS: Final = "SELECT * FROM limits_in_force($1::uuid[], $2::text[])"

MADE: Final = "SELECT lot_id, made_on FROM days_of_making($1::uuid[])"

KNOWN: Final = """
SELECT id, feed_id, source_id, source_revision, superseded_by
FROM unnest($1::uuid[], $2::text[]) AS asked (feed_id, source_id) JOIN result USING (feed_id, source_id)
ORDER BY feed_id, source_id, source_revision
FOR UPDATE OF result
"""

SUPERSEDE: Final = """
UPDATE result SET superseded_by = newer, version = version + 1, updated_at = $3,
    awaited_side = NULL, awaited_partner_id = NULL, awaited_since = NULL
FROM unnest($1::uuid[], $2::uuid[]) AS pair (older, newer) WHERE id = older
RETURNING result.*
"""

STORED: Final = "SELECT id FROM result WHERE id = ANY($1::uuid[])"

INSERT: Final = """
INSERT INTO result (
    id, lot_id, lot_number, material, product_id, site_id, partner_id, laboratory_site_id, laboratory_partner_id,
    test, stage, role, value, text, qualifier, determinations, unit, occurred_at, evaluation, reason, rounded_value,
    specification_id, applied_limit, feed_id, message_id, source_id, source_revision, superseded_by, submitted_by,
    parties, is_history, evaluations, set_id, method, method_version, methods, reportable, not_reportable,
    amendment_reason, stability, inspected, keyed_by, verified_by, certificate_digest, provenance, reported_at,
    evaluated_against, state, version, created_at, updated_at, awaited_side, awaited_partner_id, awaited_since)
SELECT id, lot_id, lot_number, material, product_id, site_id, partner_id, laboratory_site_id, laboratory_partner_id,
    test, stage, role, value, text, qualifier, determinations::varchar[], unit, occurred_at, evaluation, reason,
    rounded_value, specification_id, applied_limit::jsonb, feed_id, message_id, source_id, source_revision,
    superseded_by, submitted_by, parties::uuid[], is_history, evaluations::jsonb, set_id,
    method, method_version, methods::jsonb, reportable, not_reportable, amendment_reason, stability::jsonb,
    inspected, keyed_by, verified_by, certificate_digest, provenance::jsonb, coalesce(reported_at, $1), '[]',
    'submitted', 1, $1, $1,
    CASE WHEN waits THEN 'partner' END, CASE WHEN waits THEN laboratory_partner_id END,
    CASE WHEN waits THEN $1::timestamptz END
FROM unnest(
    $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::uuid[], $7::uuid[], $8::uuid[], $9::uuid[], $10::uuid[],
    $11::text[], $12::text[], $13::text[], $14::numeric[], $15::text[], $16::text[], $17::text[], $18::text[],
    $19::text[], $20::text[], $21::text[], $22::numeric[], $23::uuid[], $24::text[], $25::uuid[], $26::uuid[],
    $27::text[], $28::int[], $29::uuid[], $30::text[], $31::text[], $32::bool[],
    $33::text[], $34::uuid[], $35::text[], $36::text[], $37::text[], $38::bool[], $39::text[],
    $40::text[], $41::text[], $42::int[], $43::text[], $44::text[], $45::text[], $46::text[],
    $47::timestamptz[]) AS new (
    id, lot_id, lot_number, material, product_id, site_id, partner_id, laboratory_site_id, laboratory_partner_id,
    test, stage, role, value, text, qualifier, determinations, unit, occurred_at, evaluation, reason, rounded_value,
    specification_id, applied_limit, feed_id, message_id, source_id, source_revision, superseded_by, submitted_by,
    parties, is_history, evaluations, set_id, method, method_version, methods, reportable, not_reportable,
    amendment_reason, stability, inspected, keyed_by, verified_by, certificate_digest, provenance, reported_at)
CROSS JOIN LATERAL (SELECT superseded_by IS NULL AND reason IS DISTINCT FROM 'voided' AS waits) AS turn
ON CONFLICT DO NOTHING
"""
