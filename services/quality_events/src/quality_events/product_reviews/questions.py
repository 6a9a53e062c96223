"""What is asked of the records for the sections that the maker reads too: each row is one that the maker may read.

A statement is about ``asked``: a partner, its sites (``place``), a product and a period of local days. ``made`` are the
batches of these that were made, or given up, in it; one whose month alone is known belongs to each day of the month.
"""

from typing import Final

from quality_events import clocks
from quality_events.product_reviews.terms import Question


def days_of(moment: str, zone: str) -> str:
    """SQL for the local days of a moment that is kept as it was given: an instant, a day or a month."""
    first = f"({moment} || '-01')::date"
    return f"""CASE length({moment})
        WHEN 7 THEN daterange({first}, ({first} + interval '1 month')::date)
        WHEN 10 THEN daterange({moment}::date, {moment}::date, '[]')
        ELSE daterange(({moment}::timestamptz AT TIME ZONE {zone})::date,
                       ({moment}::timestamptz AT TIME ZONE {zone})::date, '[]') END"""


FRAME: Final = f"""
WITH asked AS (
    SELECT $1::uuid AS partner_id, $2::uuid[] AS site_ids, $3::uuid AS product_id,
           daterange($4::date, $5::date, '[]') AS period, $6::text AS zone
), place AS (
    SELECT site.id, site.number, coalesce(site.time_zone, 'UTC') AS zone
    FROM asked JOIN known_site AS site ON site.id = ANY (asked.site_ids) AND site.partner_id = asked.partner_id
), made AS (
    SELECT batch.*, place.number AS site, place.zone, ended.moment
    FROM asked JOIN batch ON batch.product_id = asked.product_id AND batch.partner_id = asked.partner_id
    JOIN place ON place.id = batch.site_id
    CROSS JOIN LATERAL (SELECT coalesce(
        batch.completed_at, batch.completion_reported, CASE batch.state WHEN 'terminated' THEN batch.started_at END
    ) AS moment) AS ended
    WHERE ended.moment IS NOT NULL AND {days_of("ended.moment", "place.zone")} && asked.period
)
SELECT coalesce(jsonb_agg(to_jsonb(said) ORDER BY said.number, to_jsonb(said)), '[]')::text FROM (
"""  # noqa: S608
BATCHES: Final = Question(
    "batches-1",
    """
SELECT made.number, made.site, made.state, made.moment AS made, made.yield_percent, made.termination_reason,
       of_it.dispositions, of_it.right_first_time,
       ARRAY(SELECT DISTINCT kind FROM batch_link AS link WHERE link.child_id = made.id
             AND kind IN ('reworked', 'reprocessed') ORDER BY kind) AS remade
FROM made CROSS JOIN LATERAL (
    SELECT coalesce(jsonb_object_agg(market, state), '{}') AS dispositions,
           bool_and(right_first_time) AS right_first_time
    FROM disposition WHERE batch_id = made.id) AS of_it
""",
    ("state", "dispositions", "right_first_time", "remade"),
)
OOS: Final = Question(
    "oos-1",
    """
SELECT said.number, place.number AS site, said.lot_number AS lot, said.test, said.stage, said.state, said.conclusion
FROM asked JOIN oos_investigation AS said ON said.partner_id = asked.partner_id
    AND said.product_id = asked.product_id
JOIN place ON place.id = said.site_id
WHERE (said.aware_at AT TIME ZONE place.zone)::date <@ asked.period OR said.batch_id IN (SELECT id FROM made)
""",
    ("test", "conclusion"),
)


def _trends(name: str, which: str) -> Question:
    """Results that are out of trend, by the local day on which that was told, and how their investigation stands."""
    return Question(
        name,
        f"""
SELECT said.number, place.number AS site, said.lot_number AS lot, said.test, said.basis, said.state,
       CASE said.state WHEN 'concluded' THEN said.conclusion END AS conclusion
FROM asked JOIN oot_investigation AS said ON said.partner_id = asked.partner_id
    AND said.product_id = asked.product_id AND said.state <> 'withdrawn' AND {which}
JOIN place ON place.id = said.site_id
WHERE (said.aware_at AT TIME ZONE place.zone)::date <@ asked.period OR said.batch_id IN (SELECT id FROM made)
""",  # noqa: S608
        ("test", "state", "conclusion"),
    )


TRENDS: Final = _trends("trends-1", "said.stage <> 'stability'")
STABILITY_TRENDS: Final = _trends("stability-trends-1", "said.stage = 'stability'")


def results_of(lots: str, stage: str | None = None) -> str:
    """SQL for each result that stands of some lots' batches, with its evaluation as quality may have read it."""
    at_stage = f"AND known.said ->> 'stage' = '{stage}'" if stage else ""
    return f"""
    SELECT last.lot, last.stage, last.zone, last.moment, last.one ->> 'result_id' AS result_id,
           last.one -> 'stability' AS stability, last.one ->> 'test' AS test,
           coalesce(CASE WHEN last.one ->> 'unjudged' = 'true' THEN (
        SELECT read.said ->> 'evaluation' FROM known_fact AS read
        WHERE read.about = last.about AND read.kind = 'ResultInterpreted'
            AND read.said ->> 'result_id' = last.one ->> 'result_id'
        ORDER BY read.sequence DESC LIMIT 1) END, last.one ->> 'evaluation') AS evaluation
    FROM (
        SELECT DISTINCT ON (one ->> 'result_id') one, known.about, known.said ->> 'stage' AS stage,
               known.said ->> 'occurred_at' AS moment, made.zone, made.number AS lot
        FROM {lots} AS made JOIN known_fact AS known ON known.about = made.lot_id::text
            AND known.kind = 'ResultsReported' {at_stage}, jsonb_array_elements(known.said -> 'results') AS one
        ORDER BY one ->> 'result_id', known.sequence DESC, known.key DESC) AS last
    WHERE last.one ->> 'superseded_by' IS NULL AND coalesce(last.one ->> 'voided', 'false') = 'false'
        AND NOT EXISTS (
            SELECT FROM known_fact AS later, jsonb_array_elements(later.said -> 'results') AS other
            WHERE later.about = last.about AND later.kind = 'ResultsReported'
                AND other ->> 'supersedes' = last.one ->> 'result_id')"""  # noqa: S608


RESULTS: Final = Question(
    "results-1",
    f"""
SELECT told.test AS number, told.stage, told.evaluation, count(*) AS results,
       array_agg(DISTINCT told.lot ORDER BY told.lot) FILTER (WHERE told.evaluation <> 'pass') AS lots
FROM ({results_of("made")}) AS told
GROUP BY told.test, told.stage, told.evaluation
""",  # noqa: S608
)
DEVIATIONS: Final = Question(
    "deviations-1",
    f"""
SELECT said.number, place.number AS site, said.title, said.category, said.classification, said.state,
       said.root_cause_category, said.capa_reference, lots.numbers AS lots,
       ARRAY(SELECT earlier.number FROM deviation AS earlier
             WHERE earlier.site_id = said.site_id AND earlier.category = said.category AND earlier.id <> said.id
                 AND earlier.root_cause_category = said.root_cause_category AND earlier.state <> 'cancelled'
                 AND earlier.partner_id = asked.partner_id AND earlier.partner_aware_at BETWEEN
                     said.partner_aware_at - interval '{clocks.RECURRENCE_MONTHS} months' AND said.partner_aware_at
             ORDER BY earlier.number) AS recurrence_of
FROM asked JOIN deviation AS said ON said.partner_id = asked.partner_id AND said.state <> 'cancelled'
JOIN place ON place.id = said.site_id
CROSS JOIN LATERAL (
    SELECT array_agg(number ORDER BY number) FILTER (WHERE partner_id = asked.partner_id) AS numbers,
           coalesce(bool_or(product_id = asked.product_id OR product_id IS NULL), true) AS concerns
    FROM deviation_lot WHERE deviation_id = said.id AND left_out_by_revision IS NULL) AS lots
WHERE lots.concerns AND (said.partner_aware_at AT TIME ZONE place.zone)::date <@ asked.period
""",  # noqa: S608
    ("category", "classification", "state"),
)
_CAPA = """
SELECT said.number, place.number AS site, said.source_type, said.generation, said.state, said.effective,
       said.category, said.root_cause_category, cardinality(said.recurred_in) AS recurred
FROM asked JOIN capa AS said ON said.partner_id = asked.partner_id
    AND (said.product_id = asked.product_id OR said.product_id IS NULL)
JOIN place ON place.id = said.site_id
"""
CAPAS: Final = Question(
    "capas-1",
    f"""{_CAPA}
WHERE (said.created_at AT TIME ZONE place.zone)::date <@ asked.period
    OR EXISTS (SELECT FROM deviation AS source WHERE source.id = said.source_id AND source.state <> 'cancelled'
               AND (source.partner_aware_at AT TIME ZONE place.zone)::date <@ asked.period)
    OR EXISTS (SELECT FROM oos_investigation AS source WHERE source.id = said.source_id
               AND (source.aware_at AT TIME ZONE place.zone)::date <@ asked.period)
""",  # noqa: S608
    ("state", "effective"),
)
EARLIER_CAPAS: Final = Question(
    "earlier-capas-1",
    f"""{_CAPA}
WHERE (said.created_at AT TIME ZONE place.zone)::date < lower(asked.period) AND said.state <> 'cancelled'
    AND (said.check_due_at IS NULL OR (said.check_due_at AT TIME ZONE place.zone)::date >= lower(asked.period))
""",
    ("state", "effective"),
)
CHANGES: Final = Question(
    "changes-1",
    """
SELECT said.number, place.number AS site, said.title, said.classification, said.state,
       (said.implemented_at AT TIME ZONE place.zone)::date AS implemented_on, said.reverted_on,
       said.emergency_reason IS NOT NULL AS emergency
FROM asked JOIN change AS said ON said.partner_id = asked.partner_id AND asked.product_id = ANY (said.product_ids)
JOIN place ON place.id = said.site_id
WHERE (said.told_at AT TIME ZONE place.zone)::date <@ asked.period
    OR (said.implemented_at AT TIME ZONE place.zone)::date <@ asked.period
""",
    ("classification", "state"),
)
SHARED_COMPLAINTS: Final = Question(
    "shared-complaints-1",
    """
SELECT said.number, said.market, said.category, said.severity, said.state, said.substantiated, said.lot_number AS lot
FROM asked JOIN complaint AS said ON said.partner_id = asked.partner_id AND asked.partner_id = ANY (said.parties)
    AND said.product_id = asked.product_id
WHERE (said.received_at AT TIME ZONE asked.zone)::date <@ asked.period
""",
    ("category", "severity", "substantiated"),
)
RECALL_PARTS: Final = Question(
    "recall-parts-1",
    """
SELECT said.number, said.mock, said.classification, said.depth, said.markets, lots.numbers AS lots,
       (said.closed_at AT TIME ZONE asked.zone)::date AS closed_on
FROM asked JOIN recall_part AS said ON said.partner_id = asked.partner_id
CROSS JOIN LATERAL (
    SELECT array_agg(lot ->> 'number' ORDER BY lot ->> 'number') AS numbers FROM jsonb_array_elements(said.lots) AS lot
    WHERE lot ->> 'product_id' = asked.product_id::text) AS lots
WHERE lots.numbers IS NOT NULL AND (said.started_at AT TIME ZONE asked.zone)::date <@ asked.period
""",
    ("mock", "classification"),
)
PREVIOUS: Final = Question(
    "previous-review-1",
    """
SELECT said.number, said.period_from, said.period_to, said.digest
FROM asked JOIN product_review AS said ON said.partner_id = asked.partner_id AND said.product_id = asked.product_id
WHERE said.state = 'signed' AND said.period_to < lower(asked.period) ORDER BY said.period_to DESC LIMIT 1
""",
)
AUDITS: Final = Question(
    "audits-1",
    """
SELECT said.number, place.number AS site, said.kind, said.mode, said.state, said.conducted_on, said.outcome
FROM asked JOIN site_audit AS said ON said.partner_id = asked.partner_id
JOIN place ON place.id = said.site_id
WHERE coalesce(said.conducted_on, said.planned_on) <@ asked.period
""",
    ("kind", "outcome"),
)
FINDINGS: Final = Question(
    "findings-1",
    """
SELECT said.number, place.number AS site, audit.number AS audit, said.classification, said.area, said.state
FROM asked JOIN audit_finding AS said ON said.partner_id = asked.partner_id
JOIN place ON place.id = said.site_id JOIN site_audit AS audit ON audit.id = said.audit_id
WHERE audit.conducted_on <@ asked.period
""",
    ("classification", "state"),
)
QUALIFICATIONS: Final = Question(
    "qualifications-1",
    f"""
SELECT last.said ->> 'number' AS number, last.site, last.said ->> 'activity' AS activity,
       last.said ->> 'after' AS state, last.said ->> 'valid_to' AS valid_to
FROM (
    SELECT DISTINCT ON (known.key) known.said, place.number AS site
    FROM asked, place JOIN known_fact AS known ON known.about = place.id::text
        AND known.kind = 'SiteQualificationChanged'
    WHERE (known.said -> 'product_ids' = '[]' OR known.said -> 'product_ids' ? asked.product_id::text)
        AND lower({days_of("(known.said ->> 'occurred_at')", "place.zone")}) <= upper(asked.period) - 1
    ORDER BY known.key, known.sequence DESC) AS last
""",  # noqa: S608
    ("state",),
)
