"""The hot path: reports become evaluated records, a batch in a handful of statements."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import groupby, pairwise
from operator import attrgetter, itemgetter
from typing import Any
from uuid import UUID

from contracts import clock
from contracts.sample_tracking import Evaluation, SampleTrackingBallHeld
from gxp.evaluation import Verdict, WhyUndecided, evaluate_each, gravest
from runtime.attribution import rows_caused_by
from runtime.bulk import instance
from runtime.turns import ball_held
from runtime.work import Work
from sample_tracking.lots.queries import makers_of
from sample_tracking.results import statements
from sample_tracking.results.applying import first_day, judging
from sample_tracking.results.fields import ResultState
from sample_tracking.results.markets import as_json, methods_of, of_markets
from sample_tracking.results.model import Result
from sample_tracking.results.reference import Reference, look_up, made_on
from sample_tracking.results.report import Draft, Report, in_sets, moment_text
from sample_tracking.results.reportable import judged
from sample_tracking.sets import recording as sets

Known = Mapping[tuple[UUID, str], Sequence[Any]]
"""Rows of records that are stored already, by their source's record, oldest revision first."""


def draft_of(report: Report, reference: Reference, made: Mapping[UUID, date]) -> Draft:
    """The record of a report, evaluated. A lot that names no product is of the one whose code its material is."""
    lot = report.lot
    product_id = lot.product_id or reference.product(lot.material)
    if product_id != lot.product_id:
        lot = lot.model_copy(update={"product_id": product_id})
    if report.voided:
        return Draft(report, Verdict(Evaluation.not_evaluated, WhyUndecided.voided), lot)
    in_force = judging(reference.revisions(product_id), made.get(lot.id), first_day(report.occurred_at))
    verdicts = evaluate_each(report, in_force)
    told = of_markets(verdicts), methods_of(verdicts)
    return Draft(report, gravest(verdicts, in_force), lot, *told, supersedes=report.amends)


async def record(work: Work, reports: Sequence[Report]) -> list[Draft]:
    """Record and publish what is new among the reports. The same revision of a source's record again is ignored.

    A newer revision supersedes what is stored; an older one that comes late is stored as superseded.
    """
    reference = await _reference(work, reports)
    lots = {report.lot.id for report in reports}
    made, makers = await made_on(work, lots), await makers_of(work, lots)
    reports = [report.made_by(makers.get(report.lot.id)) for report in reports]
    pending = await judged(work, _in_order(draft_of(report, reference, made) for report in reports))
    recorded: list[Draft] = []
    while pending:
        known = await _known(work, pending)
        new = [draft for draft in pending if not _is_known(draft, known)]
        superseded = _place(new, known) + [(one.report.amends, one.id) for one in new if one.report.amends]
        await sets.join(work, new)
        await _attribute(work, new, superseded)
        left = await _supersede(work, superseded, new) if superseded else {}
        stored = await _insert(work, new)
        await sets.settle(work, left | {draft.set_id: [draft] for draft in new if draft.set_id and not draft.counts})
        recorded += [draft for draft in new if draft.id in stored]
        # What was not stored another transaction stored a moment ago, under our eyes: it is known the next time.
        pending = [draft for draft in new if draft.id not in stored]
    for first, fact in in_sets(recorded):
        work.publish(fact, of=first, cause=first.report.cause)
    for draft in recorded:
        for told in filter(None, (draft.not_reportable, draft.oos)):
            work.publish(told, of=draft, cause=draft.report.cause)
    return recorded


async def _supersede(
    work: Work, superseded: Sequence[tuple[UUID, UUID]], drafts: Iterable[Draft]
) -> dict[UUID, list[Draft]]:
    """Mark results as amended, and give the sets that they leave. Of one that a person had reviewed, or returned after
    that, it was published whose turn it is: that ends."""
    now, newer, left = clock.now(), {draft.id: draft for draft in drafts}, defaultdict[UUID, list[Draft]](list)
    for row in await work.connection.fetch(statements.SUPERSEDE, *zip(*superseded, strict=True), now):
        if row["reviewed_by"] and row["state"] != ResultState.approved:
            result = instance(Result, dict(row))
            cause = newer[row["superseded_by"]].report.cause
            work.publish(ball_held(result, SampleTrackingBallHeld, now), of=result, cause=cause)
        left[row["set_id"]] += [newer[row["superseded_by"]]]
    return left


async def _attribute(work: Work, drafts: Sequence[Draft], superseded: Iterable[tuple[UUID, UUID]]) -> None:
    """Let the audit name the reports behind what is written. What a person enters has the person's own reason."""
    causes = {draft.id: [draft.report.cause] for draft in drafts if draft.report.cause}
    older = {older: causes[newer] for older, newer in superseded if newer in causes}
    await rows_caused_by(work, causes | older)


async def _reference(work: Work, reports: Sequence[Report]) -> Reference:
    products = {report.lot.product_id for report in reports if report.lot.product_id}
    materials = {report.lot.material for report in reports if not report.lot.product_id}
    await work.connection.execute(statements.AMONG_OTHERS)
    return await look_up(work, products, materials)


def _in_order(drafts: Iterable[Draft]) -> list[Draft]:
    """One draft for each revision, ordered alike in every transaction, so that none waits for another in a circle."""
    unique: dict[Any, Draft] = {}
    for draft in drafts:
        key = (*draft.report.record, draft.report.revision) if draft.report.record else (draft.id,)
        unique.setdefault(key, draft)
    return sorted(unique.values(), key=lambda draft: (draft.report.record or (draft.id, ""), draft.report.revision))


async def _known(work: Work, drafts: Sequence[Draft]) -> Known:
    """The stored revisions of the drafts' records, locked."""
    records = list(dict.fromkeys(draft.report.record for draft in drafts if draft.report.record))
    if not records:
        return {}
    rows = await work.connection.fetch(statements.KNOWN, *zip(*records, strict=True))
    known: dict[tuple[UUID, str], list[Any]] = defaultdict(list)
    for row in rows:
        known[row["feed_id"], row["source_id"]].append(row)
    return known


def _is_known(draft: Draft, known: Known) -> bool:
    record = draft.report.record
    return record is not None and any(row["source_revision"] == draft.report.revision for row in known.get(record, ()))


def _place(drafts: Sequence[Draft], known: Known) -> list[tuple[UUID, UUID]]:
    """Give each draft its place among its record's revisions; say which stored result is superseded by which."""
    superseded = []
    for record, found in groupby(drafts, key=attrgetter("report.record")):
        if record is None:
            continue
        stored, group = known.get(record, ()), list(found)
        if len(group) == 1 and not stored:
            continue
        line: list[tuple[int, Any]] = [(row["source_revision"], row) for row in stored]
        for draft in group:
            draft.came_late = bool(stored) and draft.report.revision < stored[-1]["source_revision"]
            draft.superseded_by = draft.supersedes = None
            line.append((draft.report.revision, draft))
        for (_, older), (_, newer) in pairwise(sorted(line, key=itemgetter(0))):
            newer_id = newer.id if isinstance(newer, Draft) else newer["id"]
            if isinstance(older, Draft):
                older.superseded_by = newer_id
            elif older["superseded_by"] is None:
                superseded.append((older["id"], newer_id))
            if isinstance(newer, Draft) and not newer.came_late:
                newer.supersedes = older.id if isinstance(older, Draft) else older["id"]
    return superseded


async def _insert(work: Work, drafts: Sequence[Draft]) -> set[UUID]:
    """Store the drafts; give the ids of those that were stored."""
    if not drafts:
        return set()
    columns = zip(*(_row(draft) for draft in drafts), strict=True)
    status: str = await work.connection.execute(statements.INSERT, work.now, *columns)
    ids = [draft.id for draft in drafts]
    if int(status.rpartition(" ")[2]) == len(ids):
        return set(ids)
    # Not by RETURNING: a partner may read a record only after its parties are noted, at the statement's end.
    return {row["id"] for row in await work.connection.fetch(statements.STORED, ids)}


def _row(draft: Draft) -> tuple[Any, ...]:
    """A draft's columns, in the order of ``statements.INSERT``."""
    report, verdict, lot, source = draft.report, draft.verdict, draft.lot, draft.report.source
    return (
        draft.id,
        lot.id,
        lot.number,
        lot.material,
        lot.product_id,
        lot.site_id,
        lot.partner_id,
        report.laboratory_site_id,
        report.laboratory_partner_id,
        report.test,
        report.stage,
        report.role,
        report.value,
        report.text,
        report.qualifier,
        f"{{{','.join(map(str, report.determinations))}}}" if report.determinations else None,
        report.unit,
        moment_text(report.occurred_at),
        verdict.evaluation,
        verdict.reason,
        verdict.rounded,
        verdict.specification_id,
        verdict.limit.model_dump_json() if verdict.limit else None,
        source.feed_id if source else None,
        source.message_id if source else None,
        source.id if source else None,
        source.revision if source else None,
        draft.superseded_by,
        report.submitted_by,
        f"{{{','.join(map(str, report.parties))}}}",
        report.historic or None,
        as_json(draft.evaluations),
        draft.set_id,
        report.method,
        report.method_version,
        json.dumps([*draft.methods]),
        draft.judgement.reportable,
        draft.judgement.why,
        report.amendment_reason,
        report.stability.model_dump_json() if report.stability else None,
        report.inspected,
        report.keyed_by,
        report.verified_by,
        report.certificate_digest,
        report.provenance.model_dump_json(exclude_none=True) if report.provenance else None,
        report.cause.time if report.cause else None,
    )
