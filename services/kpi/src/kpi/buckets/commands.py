"""Rebuilding the sums from the facts, and comparing both."""

from typing import Any

from kpi.measures import DISTRIBUTIONS
from runtime.work import Work

MOST_SHOWN = 1000
"""Differences in one answer; their number is told in any case."""
_LONGEST = 1800
"""Seconds that a rebuild may take: it reads every fact there is."""

_FROM_FACTS = """
SELECT measure, month, partner_id, site_id, product_id,
       CASE WHEN measure = ANY($1::text[]) THEN value * count ELSE 0 END AS level,
       sum(count)::bigint AS count, sum(value) AS total
FROM measured_fact GROUP BY 1, 2, 3, 4, 5, 6 HAVING sum(count) <> 0 OR sum(value) <> 0
"""
# One statement sees one moment: facts and buckets change in the same transactions, so no lock is needed to compare.
_COMPARE = f"""
WITH rebuilt AS ({_FROM_FACTS}),
both_ways AS (
    SELECT measure, month, partner_id, site_id, product_id, level, count AS kept_count, total AS kept_total,
           0 AS rebuilt_count, 0 AS rebuilt_total FROM bucket
    UNION ALL SELECT measure, month, partner_id, site_id, product_id, level, 0, 0, count, total FROM rebuilt),
compared AS (
    SELECT measure, month, partner_id, site_id, product_id, level, sum(kept_count)::bigint AS kept_count,
           sum(kept_total) AS kept_total, sum(rebuilt_count)::bigint AS rebuilt_count,
           sum(rebuilt_total) AS rebuilt_total
    FROM both_ways GROUP BY 1, 2, 3, 4, 5, 6)
SELECT *, count(*) OVER () AS different, (SELECT count(*) FROM rebuilt) AS buckets FROM compared
WHERE kept_count <> rebuilt_count OR kept_total <> rebuilt_total
ORDER BY 1, 2, 3, 4, 5, 6 LIMIT {MOST_SHOWN}
"""  # noqa: S608
_COUNT = f"SELECT count(*) FROM ({_FROM_FACTS}) AS rebuilt"  # noqa: S608
# Writers enter facts before they touch a bucket: who holds this lock sees no transaction half done. Only one holds it:
# of two rebuilds at once, the second would meet the first one's buckets.
_HOLD_WRITERS = "LOCK TABLE measured_fact IN SHARE ROW EXCLUSIVE MODE"
_REPLACE = f"INSERT INTO bucket (measure, month, partner_id, site_id, product_id, level, count, total) {_FROM_FACTS}"


async def compare(work: Work) -> dict[str, Any]:
    """How the kept buckets differ from the facts, in one statement. Changes nothing and holds nobody up."""
    await work.allow(_LONGEST)
    measures = sorted(DISTRIBUTIONS)
    rows = await work.connection.fetch(_COMPARE, measures, timeout=_LONGEST)
    if rows:
        buckets, different = rows[0]["buckets"], rows[0]["different"]
    else:
        buckets, different = await work.connection.fetchval(_COUNT, measures, timeout=_LONGEST), 0
    return {"buckets": buckets, "different": different, "differences": [dict(row) for row in rows]}


async def rebuild(work: Work) -> dict[str, Any]:
    """Make the buckets anew from the facts, and tell what differed. Facts that arrive meanwhile wait."""
    await work.allow(_LONGEST)
    await work.connection.execute(_HOLD_WRITERS, timeout=_LONGEST)
    compared = await compare(work)
    await work.connection.execute("DELETE FROM bucket", timeout=_LONGEST)
    await work.connection.execute(_REPLACE, sorted(DISTRIBUTIONS), timeout=_LONGEST)
    return compared
