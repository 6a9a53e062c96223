"""Which results are out of trend is worked out after they were recorded; nobody who records waits for that."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final
from uuid import UUID

from sqlmodel import col, select

from contracts.out_of_trend import OotDetected
from contracts.partner_feeds import TestStage
from runtime.work import Work
from sample_tracking.results.model import Result
from sample_tracking.trends.model import OutOfTrend
from sample_tracking.trends.rules import LOTS, Interval, Point, of_release, of_stability

_ALONE: Final = "SELECT pg_advisory_xact_lock(hashtextextended('sample-tracking.trends', 0))"
_BEFORE: Final = 100
"""Results of a series before the first that is judged that are read first: mostly they hold the last lots."""
_LOTS_BEFORE: Final = LOTS + 1
"""Of which one may be that of the result that is judged."""
_SERIES: Final = """
-- A site that is sold is another company's from then on: what it must not see of the seller's judges none of its own.
WITH known AS NOT MATERIALIZED (
    SELECT id, lot_id, occurred_at, value, stage, laboratory_site_id, laboratory_partner_id, site_id, partner_id,
        material, unit, test, coalesce(method, methods ->> 0) AS by_method,
        stability ->> 'condition' AS condition, (stability ->> 'months')::int AS months,
        rpad(occurred_at, 10, '-01') AS day, reported_at IS NOT NULL AND is_history IS NOT TRUE AS judged,
        superseded_by IS NULL AND invalidated_at IS NULL AND reportable IS NOT FALSE AND role = 'original'
            AND value IS NOT NULL AND value <> 'NaN' AND qualifier IS NULL
            AND (evaluations @? '{otherwise}') IS NOT TRUE
            AND (evaluated_against @? '{otherwise}') IS NOT TRUE AS counts
    FROM result),
series AS (
    SELECT laboratory_site_id, laboratory_partner_id, site_id, partner_id, material, test, stage, unit, by_method,
        condition, CASE stage WHEN 'stability' THEN lot_id END AS lot_id, min(day) AS since,
        row_number() OVER () AS number
    FROM known WHERE id = ANY ($1::uuid[]) AND stage IN ('release', 'stability')
    GROUP BY laboratory_site_id, laboratory_partner_id, site_id, partner_id, material, test, stage, unit, by_method,
        condition, 11)
SELECT series.number, series.stage, series.since, point.*
FROM series CROSS JOIN LATERAL (
    (SELECT * FROM known WHERE {same} AND known.day >= series.since)
    UNION ALL
    (SELECT * FROM known WHERE {same} AND known.day < series.since
        ORDER BY {latest} LIMIT CASE series.stage WHEN 'release' THEN $2::int END)) AS point
"""
_LATEST: Final = 'known.day DESC, known.occurred_at COLLATE "C" DESC, known.lot_id DESC, known.id DESC'
"""As the rules order them, so that of a lot that does not fit in whole the last results are read."""
_OTHERWISE: Final = "$[*].found.contradicted ? (@ != null)"
"""Its units give another value: that one is no point."""
_SAME: Final = """
    known.counts AND known.laboratory_site_id = series.laboratory_site_id
    AND known.laboratory_partner_id = series.laboratory_partner_id
    AND known.site_id = series.site_id AND known.partner_id = series.partner_id
    AND known.material = series.material AND known.test = series.test AND known.stage = series.stage
    AND known.unit = series.unit AND known.by_method IS NOT DISTINCT FROM series.by_method
    AND known.condition IS NOT DISTINCT FROM series.condition
    AND (series.lot_id IS NULL OR known.lot_id = series.lot_id)
"""
_RULES: Final = {TestStage.release: of_release, TestStage.stability: of_stability}


@dataclass(frozen=True, slots=True)
class _Told:
    """What a fact is about: a result's parties, and how often it was told."""

    parties: Sequence[UUID]
    version: int


async def judge(work: Work, results: Collection[UUID]) -> None:
    """Say which of these results, and of those that follow them in their series, are out of trend by what is known now.

    One that is not any more is told, too.
    """
    await work.connection.execute(_ALONE)
    found, concerned = await _found(work, results)
    rows = await work.session.scalars(select(OutOfTrend).where(col(OutOfTrend.result_id).in_(concerned)))
    known = {one.result_id: one for one in rows.all()}
    ids = found.keys() | known.keys()
    of = select(Result).where(col(Result.id).in_(ids))
    by_id = {one.id: one for one in (await work.session.scalars(of)).all()} if ids else {}
    for id in sorted(ids):
        one, interval = known.get(id), found.get(id)
        if one is None and interval:
            work.session.add(one := _noted(work, id, interval))
            _tell(work, by_id[id], one)
        elif one:
            held = one.holds
            _hold(one, interval)
            if one.holds != held:
                one.told, one.told_at = one.told + 1, work.now
                _tell(work, by_id[id], one)


async def _found(work: Work, results: Collection[UUID]) -> tuple[Mapping[UUID, Interval], Collection[UUID]]:
    """Those that are out of trend, and all that were judged."""
    found: dict[UUID, Interval] = {}
    concerned = {*results}
    for rows in await _series(work, results):
        judged = {row["id"] for row in rows if row["judged"] and row["day"] >= row["since"]}
        concerned |= judged
        if judged:
            outside = _RULES[TestStage(rows[0]["stage"])](_points(rows))
            found |= {id: interval for id, interval in outside.items() if id in judged}
    return found, concerned


async def _series(work: Work, results: Collection[UUID]) -> Collection[Sequence[Any]]:
    """The series of some results: all from their first day on, and before it the last lots, or all pulls."""
    query, before = _SERIES.format(same=_SAME, otherwise=_OTHERWISE, latest=_LATEST), _BEFORE
    while True:
        series: dict[int, list[Any]] = defaultdict(list)
        for row in await work.connection.fetch(query, list(results), before):
            series[row["number"]].append(row)
        if not any(_cut(rows, before) for rows in series.values()):
            return series.values()
        before *= 4


def _cut(rows: Sequence[Any], limit: int) -> bool:
    """Whether more results of a series are there, and those that were read are of too few lots."""
    earlier = [row["lot_id"] for row in rows if row["stage"] == TestStage.release and row["day"] < row["since"]]
    return len(earlier) == limit and len(set(earlier)) < _LOTS_BEFORE


def _points(rows: Iterable[Mapping[str, Any]]) -> Iterable[Point]:
    names = {"result_id": "id", "lot_id": "lot_id", "occurred_at": "occurred_at", "value": "value", "months": "months"}
    return [Point(**{name: row[column] for name, column in names.items()}) for row in rows]


def _noted(work: Work, result_id: UUID, interval: Interval) -> OutOfTrend:
    return OutOfTrend(result_id=result_id, **asdict(interval), holds=True, told=1, told_at=work.now)


def _hold(one: OutOfTrend, interval: Interval | None) -> None:
    one.holds = interval is not None
    if interval:
        one.lower, one.upper, one.points, one.basis = interval.lower, interval.upper, interval.points, interval.basis


def _tell(work: Work, result: Result, one: OutOfTrend) -> None:
    bounds = {name: getattr(one, name) for name in ("lower", "upper", "points", "basis", "holds")}
    fact = OotDetected.of(result, result.occurred_at, test=result.read_test, **bounds)
    work.publish(fact, of=_Told(result.parties, one.told))
