"""What a release rested on outside of the making: its sites were qualified and registered on the days of their work.

What ends later leaves it as it was. What was met when it was signed, and is not by what was told since, is news.
"""

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlmodel import col, select

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
from quality_events.readiness.terms import Dossier, ReadinessVerdict
from runtime.work import Work

KINDS: Final = [each.__name__ for each in (SiteQualificationChanged, RegistrationChanged)]
_LET_OUT: Final = (Decision.released, Decision.released_for_processing, Decision.resumed)


async def authorisations(work: Work, batch: Batch, markets: Collection[str]) -> NewsByMarket:
    """Each of the two conditions that the last decision for a market had met, and that is not met any more."""
    dossier = await dossier_of(work, batch.id)
    return {market: await _lost(work, batch, dossier, market) for market in markets}


async def _lost(work: Work, batch: Batch, dossier: Dossier, market: str) -> list[News]:
    signed = await _signed(work, batch.id, market)
    found = [judge(dossier, market, local_day(dossier, work.now)) for judge in (site_qualified, registered)]
    lost = [
        each
        for each in found
        if each.verdict == ReadinessVerdict.not_met and signed.get(each.name) == ReadinessVerdict.met
    ]
    return [News(await _told_at(work, text.id), f"{each.name}: {text.text}") for each in lost for text in each.findings]


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


async def _told_at(work: Work, id: UUID | None) -> datetime:
    """When what was told last of a qualification or registration came here first: said again, it is no news."""
    query = select(KnownFact).where(KnownFact.key == str(id), col(KnownFact.kind).in_(KINDS))
    facts = [*await work.session.scalars(query.order_by(col(KnownFact.sequence)))]
    same = [each for each in facts if each.said == facts[-1].said]
    return min((each.received_at or each.recorded_at for each in same), default=work.now)
