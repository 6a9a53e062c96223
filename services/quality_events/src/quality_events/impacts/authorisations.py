"""What a release rested on outside of the making: its sites were qualified and registered on the days of their work.

What ends later leaves it as it was. What was met when it was signed, and is not by what was told since, is news.
"""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlmodel import col, func, select

from contracts.dispositions import Decision
from contracts.qualifications import SiteQualificationChanged
from contracts.registrations import RegistrationChanged, RegistrationStep
from directory.qualified import IN_FORCE
from quality_events.batches.model import Batch
from quality_events.copies.known import KnownFact
from quality_events.dispositions.model import DispositionDecision
from quality_events.impacts.rules import News, NewsByMarket
from quality_events.readiness.dossier import dossier_of, local_day
from quality_events.readiness.places import registered, site_qualified
from quality_events.readiness.terms import Condition, Dossier, ReadinessVerdict
from runtime.work import Work

KINDS: Final = [each.__name__ for each in (SiteQualificationChanged, RegistrationChanged)]
Judge = Callable[[Dossier, str, date], Condition]
_LET_OUT: Final = (Decision.released, Decision.released_for_processing, Decision.resumed)


class Arrival(NamedTuple):
    """A fact about a qualification or registration, by its place among those, and when it came here first."""

    key: str
    sequence: int
    at: datetime


async def authorisations(work: Work, batch: Batch, markets: Collection[str]) -> NewsByMarket:
    """Each of the two conditions that the last decision for a market had met, and that is not met any more."""
    dossier = await dossier_of(work, batch.id)
    return {market: await _lost(work, batch, dossier, market) for market in markets}


async def _lost(work: Work, batch: Batch, dossier: Dossier, market: str) -> list[News]:
    signed, today = await _signed(work, batch.id, market), local_day(dossier, work.now)
    lost: list[News] = []
    for judge in (site_qualified, registered):
        found = judge(dossier, market, today)
        if found.verdict == ReadinessVerdict.not_met and signed.get(found.name) == ReadinessVerdict.met:
            since = stands_since(judge, dossier, market, today, await _arrivals(work, dossier))
            lost += [News(since.get(each.text, work.now), f"{found.name}: {each.text}") for each in found.findings]
    return lost


def takes_away(before: Mapping[str, Any] | None, now: SiteQualificationChanged | RegistrationChanged) -> bool:
    """Whether less holds by it than by what was told before of the same qualification or registration."""
    if isinstance(now, RegistrationChanged):
        sites = now.model_dump(mode="json")["sites"]
        left = [each for each in (before or {}).get("sites", ()) if each not in sites]
        return now.what == RegistrationStep.withdrawn or (now.what != RegistrationStep.submitted and bool(left))
    if now.after not in IN_FORCE:
        return True
    if before is None or before["after"] not in IN_FORCE:
        return False
    said = now.model_dump(mode="json")
    shorter = (said["valid_to"] or "9999") < (before["valid_to"] or "9999")
    later = (said["valid_from"] or "") > (before["valid_from"] or "")
    other = any(said[name] != before[name] for name in ("activity", "purpose", "product_ids"))
    return shorter or later or other


async def _signed(work: Work, batch_id: UUID, market: str) -> Mapping[str, str]:
    """How each condition stood in the readiness that was signed when it went out last."""
    of_it = (DispositionDecision.batch_id == batch_id, DispositionDecision.market == market)
    query = select(DispositionDecision.readiness).where(*of_it, col(DispositionDecision.decision).in_(_LET_OUT))
    text = await work.session.scalar(query.order_by(col(DispositionDecision.id).desc()).limit(1))
    return {each["name"]: each["verdict"] for each in json.loads(text)["conditions"]} if text else {}


def stands_since(
    judge: Judge, dossier: Dossier, market: str, today: date, arrivals: Sequence[Arrival]
) -> Mapping[str, datetime]:
    """Since when each finding stands without a break: by what had come here until then it was found the same.

    So what changes nothing of it is no news, whichever of a fact's fields say something else than before.
    """
    since: dict[str, datetime] = {}
    stands, later = {each.text for each in judge(dossier, market, today).findings}, set[tuple[str, int]]()
    for each in sorted(arrivals, key=lambda each: (each.at, each.sequence), reverse=True):
        later.add((each.key, each.sequence))
        before = {one.text for one in judge(_before(dossier, later), market, today).findings}
        since |= dict.fromkeys(stands - before, each.at)
        stands &= before
    return since


def _before(dossier: Dossier, later: Collection[tuple[str, int]]) -> Dossier:
    return replace(
        dossier,
        registrations=[each for each in dossier.registrations if (each.key, each.sequence) not in later],
        qualifications={
            site: [each for each in told if (str(each.fact.qualification_id), each.sequence) not in later]
            for site, told in dossier.qualifications.items()
        },
    )


async def _arrivals(work: Work, dossier: Dossier) -> list[Arrival]:
    of, about = KnownFact, {str(dossier.batch["product_id"]), *map(str, dossier.qualifications)}
    query = select(of.key, of.sequence, func.coalesce(of.received_at, of.recorded_at))
    facts = await work.session.execute(query.where(col(of.about).in_(about), col(of.kind).in_(KINDS)))
    return [Arrival(*each) for each in facts]
