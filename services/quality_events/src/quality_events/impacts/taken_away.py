"""Qualifications and registrations that are taken away: batches that are out by them are asked about."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from contracts import Recorded
from contracts.impacts import ImpactGround
from contracts.moments import first_day
from contracts.qualifications import SiteQualificationChanged
from contracts.registrations import RegistrationChanged
from directory.qualified import IN_FORCE
from quality_events.copies.known import KnownFact
from quality_events.impacts.authorisations import KINDS, takes_away
from quality_events.impacts.commands import PERHAPS, weigh_own
from runtime.attribution import caused_by
from runtime.work import Work

# Work was done before it was decided on: what was decided before the day from which less holds rests on no such day.
_OUT_BY_THEM: Final = """
SELECT DISTINCT said.batch_id FROM disposition AS said JOIN batch ON batch.id = said.batch_id
WHERE said.state = ANY ($1) AND EXISTS (
    SELECT FROM disposition_decision AS entry WHERE entry.disposition_id = said.id AND entry.decided_at >= $3)
AND (batch.site_id = ANY ($2::uuid[]) OR batch.product_id = ANY ($2)
    OR EXISTS (SELECT FROM stage_at AS stage WHERE stage.batch_id = batch.id AND stage.site_id = ANY ($2))
    OR EXISTS (SELECT FROM known_fact AS tested WHERE tested.kind = 'ResultsReported'
               AND tested.about = batch.lot_id::text AND (tested.said ->> 'laboratory_site_id')::uuid = ANY ($2)))
ORDER BY said.batch_id
"""
_ALWAYS: Final = date(1900, 1, 1)
_ONE_DAY: Final = timedelta(1)
Taken = SiteQualificationChanged | RegistrationChanged


async def weigh_taken_away(work: Work, facts: Sequence[Recorded[Any]]) -> None:
    """Something was told of sites or products: open an impact where less holds than a batch's release rested on."""
    about = {str(_about(each.fact)) for each in facts}
    told: defaultdict[str, list[tuple[int, Mapping[str, Any]]]] = defaultdict(list)
    query = select(KnownFact.key, KnownFact.sequence, KnownFact.said)
    of_them = query.where(col(KnownFact.kind).in_(KINDS), col(KnownFact.about).in_(about))
    for key, sequence, said in await work.session.execute(of_them.order_by(KnownFact.key, col(KnownFact.sequence))):
        told[key].append((sequence, said))
    for each in facts:
        before = [said for sequence, said in told[each.key] if sequence < each.sequence]
        if takes_away(before[-1] if before else None, each.fact):
            rows = await work.connection.fetch(_OUT_BY_THEM, PERHAPS, [_about(each.fact)], since(each.fact))
            for row in rows:
                work.cause = each
                await caused_by(work, [each])
                await weigh_own(work, row["batch_id"], [ImpactGround.authorisations])
    work.cause = None


def _about(fact: Taken) -> UUID:
    return fact.product_id if isinstance(fact, RegistrationChanged) else fact.site_id


def since(fact: Taken) -> date:
    """Before which day nothing changed by it, wherever on earth it is."""
    if isinstance(fact, RegistrationChanged):
        return fact.effective_on - _ONE_DAY
    if fact.after in IN_FORCE:
        return _ALWAYS
    return (fact.effective_on or first_day(fact.occurred_at, ZoneInfo("UTC"))) - _ONE_DAY
