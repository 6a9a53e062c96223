"""Use cases of obligations: judged from facts, by agreements and by the clock."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Select
from sqlmodel import col, select
from uuid_utils.compat import uuid7

from contracting.agreements.model import Agreement
from contracting.obligations import agreed, kept
from contracting.obligations.assessing import Agreed, assess
from contracting.obligations.judging import Places
from contracting.obligations.kept import SubjectFact
from contracting.obligations.model import Cause, Obligation, ObligationVerdict
from contracting.obligations.subjects import Subject, subject_of
from contracting.settings import sponsor_zone
from contracts import Fact, Recorded, clock
from contracts.contracting_obligations import Duty
from runtime import bulk
from runtime.numbers import next_number
from runtime.timers import record_by_record
from runtime.work import Work

_ONE_AT_A_TIME: Final = "SELECT pg_advisory_xact_lock(hashtextextended('contracting.obligations', 0))"
_ZONES: Final = "SELECT id, time_zone FROM known_site WHERE id = ANY ($1::uuid[])"
_AGREEMENT: Final = "agreement"


async def take(work: Work, facts: Sequence[Recorded[Any]]) -> None:
    """Keep facts of subjects, and judge what clauses ask of these anew."""
    told_of = await kept.keep(work, facts)
    by_id = {each.id: Cause(each.type, each.id, each) for each in facts}
    await _judge(work, told_of.keys(), {subject_id: by_id[last] for subject_id, last in told_of.items()})


async def take_sites(work: Work, facts: Sequence[Recorded[Any]]) -> None:
    """Judge what happened at sites whose time zone became known, or was corrected."""
    sites = {each.fact.site_id: Cause(each.type, each.id, each) for each in facts}
    await work.connection.execute(_ONE_AT_A_TIME)
    at_sites = select(SubjectFact.subject_id, SubjectFact.site_id).where(col(SubjectFact.site_id).in_(sites)).distinct()
    causes = {subject_id: sites[site_id] for subject_id, site_id in await work.session.execute(at_sites)}
    await _judge(work, causes.keys(), causes)


async def recompute_for(work: Work, agreement: Agreement) -> None:
    """Judge everything of an agreement's partner anew: a version of it took effect, was superseded or has ended.

    For the clock and for consumers: in the transaction that changed the versions. What a version changes that is in
    force from a day on is judged by it at once, and what started before stays with the version of its day.
    """
    await work.session.flush()
    await work.connection.execute(_ONE_AT_A_TIME)
    of_partner = select(SubjectFact.subject_id).where(SubjectFact.partner_id == agreement.partner_id).distinct()
    subjects = [*await work.session.scalars(of_partner)]
    await _judge(work, subjects, dict.fromkeys(subjects, Cause(_AGREEMENT, agreement.id)))


async def _judge(work: Work, subject_ids: Collection[UUID], causes: Mapping[UUID, Cause]) -> None:
    """Judge subjects by all that is known now. One transaction does it at a time, so that none misses what another one
    is told, and by the instant at which it holds their obligations: one that waited would else take back what fell due
    meanwhile.
    """
    if not subject_ids:
        return
    await work.connection.execute(_ONE_AT_A_TIME)
    subjects = await _subjects(work, subject_ids)
    by_partner = await agreed.with_partners(work, {each.partner_id for each in subjects})
    places = await _places(work, {each.site_id for each in subjects})
    known = await _obligations(work, subject_ids)
    now = clock.now()
    judged = [(each, assess(each, by_partner[each.partner_id], places.get(each.site_id), now)) for each in subjects]
    rows = []
    for subject, outcomes in judged:
        of_it, cause = known[subject.id], causes[subject.id]
        parties = _parties(subject, by_partner[subject.partner_id])
        for outcome in outcomes:
            obligation = of_it.pop(outcome.code, None)
            if obligation is None:
                number = await next_number(work, "OBL", "obligation_number")
                obligation = work.add(Obligation.open(number, subject, outcome, parties))
            rows += _keep(work, obligation, cause, partial(obligation.judge, subject, outcome, parties), now)
        for obligation in of_it.values():
            rows += _keep(work, obligation, cause, obligation.lapse, now)
    await _keep_verdicts(work, rows)


def _keep(
    work: Work, obligation: Obligation, cause: Cause, judge: Callable[..., list[Fact]], now: datetime
) -> list[dict[str, Any]]:
    """Judge, and tell of it; gives the row of a verdict that says something new."""
    before = obligation.judgement
    if told := judge(cause=cause, now=now):
        work.publish(*told, of=obligation, cause=cause.fact)
    if obligation.judgements and obligation.judgement == before:
        return []
    obligation.judgements += 1
    of_it = {"id": uuid7(), "obligation_id": obligation.id, "place": obligation.judgements, "judged_at": now}
    return [obligation.judgement | of_it | {"cause": cause.name, "cause_id": cause.id}]


async def _keep_verdicts(work: Work, rows: Sequence[Mapping[str, Any]]) -> None:
    await work.session.flush()  # each names its obligation
    await bulk.insert(work, ObligationVerdict, rows)


def _parties(subject: Subject, with_partner: Agreed) -> list[UUID]:
    """Both sides read what is owed under their agreements; where there never was one, it is the sponsor's alone."""
    return [subject.partner_id] if with_partner.coverages else []


async def _subjects(work: Work, ids: Collection[UUID]) -> list[Subject]:
    facts: defaultdict[tuple[Any, UUID], list[SubjectFact]] = defaultdict(list)
    query = select(SubjectFact).where(col(SubjectFact.subject_id).in_(ids))
    for each in await work.session.scalars(query):
        facts[each.subject_type, each.subject_id].append(each)
    found = (subject_of(type, id, told) for (type, id), told in facts.items())
    return sorted((each for each in found if each), key=lambda each: each.id)


async def _places(work: Work, site_ids: Collection[UUID]) -> dict[UUID, Places]:
    rows, sponsor = await work.connection.fetch(_ZONES, list(site_ids)), sponsor_zone()
    return {row["id"]: Places(ZoneInfo(row["time_zone"]), sponsor) for row in rows if row["time_zone"]}


async def _obligations(work: Work, subject_ids: Collection[UUID]) -> defaultdict[UUID, dict[str, Obligation]]:
    """By subject and clause the obligations that there are, locked."""
    await work.session.flush()
    query = select(Obligation).where(col(Obligation.subject_id).in_(subject_ids)).order_by(col(Obligation.id))
    locked = query.with_for_update().execution_options(populate_existing=True)
    known: defaultdict[UUID, dict[str, Obligation]] = defaultdict(dict)
    for each in await work.session.scalars(locked):
        known[each.subject_id][each.clause] = each
    return known


def _due(work: Work) -> Select[Any]:
    past = select(Obligation).where(Obligation.verdict == Duty.pending, col(Obligation.due_at) < work.now)
    return past.order_by(col(Obligation.id))


async def _breach(work: Work, obligation: Obligation) -> None:
    await _keep_verdicts(work, _keep(work, obligation, Cause("clock"), obligation.fall_due, work.now))


timer = record_by_record("obligations-due", 30.0, Obligation, _due, _breach)
"""Breaches what is due and was not done."""
