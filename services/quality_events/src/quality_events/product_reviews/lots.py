"""What is asked of a product's lots beyond the period's batches: what went into these, and what is stable."""

from typing import Final

from quality_events.product_reviews.questions import days_of, results_of
from quality_events.product_reviews.terms import Question

MATERIALS: Final = Question(
    "materials-1",
    """
SELECT went.number, went.material, array_agg(DISTINCT went.batch ORDER BY went.batch) AS batches,
       array_agg(DISTINCT went.told_by ORDER BY went.told_by) AS told_by
FROM (
    SELECT part.number, part.material, made.number AS batch, 'start' AS told_by
    FROM made JOIN batch_input_now AS part ON part.batch_id = made.id
    UNION
    SELECT used.number, used.material, made.number, 'use'
    FROM made CROSS JOIN LATERAL uses_told(made.id) AS used WHERE used.use = 'consumed' AND NOT used.superseded
) AS went
GROUP BY went.number, went.material
""",
    ("material",),
)
"""The lots that went into the period's batches: as their starts name them, and as makers' systems tell their use."""

_PRODUCT = """(
    SELECT batch.lot_id, batch.number, place.zone FROM asked
    JOIN batch ON batch.product_id = asked.product_id AND batch.partner_id = asked.partner_id
    JOIN place ON place.id = batch.site_id)"""
STABILITY: Final = Question(
    "stability-1",
    f"""
SELECT told.test AS number, (told.stability ->> 'months')::int AS months, told.stability ->> 'condition' AS condition,
       told.evaluation, count(DISTINCT told.result_id) AS results,
       array_agg(DISTINCT told.lot ORDER BY told.lot) AS lots,
       array_agg(DISTINCT oos.number ORDER BY oos.number) FILTER (WHERE oos.number IS NOT NULL) AS oos
FROM asked CROSS JOIN ({results_of(_PRODUCT, "stability")}) AS told
LEFT JOIN oos_investigation AS oos ON oos.result_id::text = told.result_id AND oos.partner_id = asked.partner_id
WHERE {days_of("told.moment", "told.zone")} && asked.period
GROUP BY told.test, told.stability ->> 'months', told.stability ->> 'condition', told.evaluation
""",  # noqa: S608
    ("evaluation",),
)
"""The results of stability studies that were determined in the period, whenever their lots were made."""
