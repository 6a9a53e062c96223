"""What is asked of the records for the sections that are the sponsor's alone."""

from typing import Final

from quality_events.product_reviews.terms import Question

# Complaints of which nobody knows the batch may be of any maker of the product.
_OF_THE_PRODUCT = "said.product_id = asked.product_id AND coalesce(said.partner_id = asked.partner_id, true)"
_BATCH = "batch.product_id = asked.product_id AND batch.partner_id = asked.partner_id"
COMPLAINTS: Final = Question(
    "complaints-1",
    f"""
SELECT said.number, said.market, said.category, said.severity, said.state, said.substantiated, said.lot_number AS lot,
       said.shared_at IS NOT NULL AS shared
FROM asked JOIN complaint AS said ON {_OF_THE_PRODUCT}
WHERE (said.received_at AT TIME ZONE asked.zone)::date <@ asked.period
""",  # noqa: S608
    ("category", "severity", "substantiated", "market"),
)
RECALLS: Final = Question(
    "recalls-1",
    f"""
SELECT DISTINCT said.number, said.mock, said.state, said.classification, said.depth, said.effectiveness
FROM asked JOIN recall AS said ON (said.created_at AT TIME ZONE asked.zone)::date <@ asked.period
WHERE EXISTS (
    SELECT FROM batch LEFT JOIN recall_line AS line ON line.batch_id = batch.id AND line.recall_id = said.id
    WHERE {_BATCH} AND (line.id IS NOT NULL OR batch.id = ANY (said.batch_ids)))
""",  # noqa: S608
    ("mock", "state", "classification"),
)
IMPACTS: Final = Question(
    "impacts-1",
    f"""
SELECT said.number, batch.number AS lot, said.market, said.cause_type, said.state, said.outcome
FROM asked JOIN batch ON {_BATCH} JOIN distribution_impact AS said ON said.batch_id = batch.id
WHERE (said.sponsor_aware_at AT TIME ZONE asked.zone)::date <@ asked.period
""",  # noqa: S608
    ("market", "cause_type", "outcome"),
)
NOTIFICATIONS: Final = Question(
    "notifications-1",
    f"""
SELECT said.number, said.market, said.kind, said.cause_type, said.state, said.submitted_at <= said.due_at AS in_time
FROM asked JOIN authority_notification AS said ON (said.aware_at AT TIME ZONE asked.zone)::date <@ asked.period
WHERE EXISTS (SELECT FROM complaint AS said_of WHERE said_of.id = said.cause_id
              AND {_OF_THE_PRODUCT.replace("said.", "said_of.")})
    OR EXISTS (SELECT FROM oos_investigation AS oos WHERE oos.id = said.cause_id
               AND oos.product_id = asked.product_id AND oos.partner_id = asked.partner_id)
    OR EXISTS (SELECT FROM deviation_lot AS lot WHERE lot.deviation_id = said.cause_id
               AND lot.product_id = asked.product_id AND lot.partner_id = asked.partner_id)
""",  # noqa: S608
    ("market", "kind", "state"),
)
FILINGS: Final = Question(
    "filings-1",
    """
SELECT change.number, said.market, said.kind, said.happened_on, said.reference
FROM asked JOIN change ON change.partner_id = asked.partner_id AND asked.product_id = ANY (change.product_ids)
JOIN place ON place.id = change.site_id JOIN change_filing AS said ON said.change_id = change.id
WHERE said.kind <> 'assessment' AND said.happened_on <@ asked.period
""",
    ("market", "kind"),
)
REGISTRATIONS: Final = Question(
    "registrations-2",
    """
SELECT DISTINCT known.said ->> 'number' AS number, known.said ->> 'market' AS market, known.said ->> 'what' AS what,
       known.said ->> 'effective_on' AS effective_on, known.said ->> 'variation' AS variation
FROM asked JOIN known_fact AS known ON known.about = asked.product_id::text AND known.kind = 'RegistrationChanged'
WHERE (known.said ->> 'effective_on')::date <@ asked.period
""",
    ("market", "what"),
)
