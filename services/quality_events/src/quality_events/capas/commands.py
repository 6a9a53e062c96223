"""Use cases of CAPAs."""

from typing import Any
from uuid import UUID

from sqlmodel import and_, col, or_, select

from directory import queries as directory
from quality_events.capas import queries, sources
from quality_events.capas.model import Capa
from quality_events.capas.schemas import CapaSource, CapaState, Check, OpenCapa
from quality_events.deviations.model import Deviation
from quality_events.oos_investigations.model import OosInvestigation
from runtime.numbers import next_number
from runtime.problems import RuleViolated
from runtime.work import Work

_OF_THE_DEVIATION = ("site_id", "partner_id", "product_id", "category", "root_cause_category", "root_cause")
_OF_THE_GENERATION_BEFORE = ("source_type", "source_id", *_OF_THE_DEVIATION)


async def open(work: Work, **cause: Any) -> Capa:
    """Open a CAPA for a cause."""
    capa, opened = Capa.open(await next_number(work, "CAPA", "capa_number"), work.now, **cause)
    work.add(capa)
    work.publish(opened, of=capa)
    return capa


async def open_by_hand(work: Work, body: OpenCapa) -> Capa:
    """Open a CAPA that a person states. Raises NotFound for a site or a source that the person does not know.

    And RuleViolated for a source to which the site's partner is no party: it would learn of it.
    """
    site = await directory.named_site(work, body.site_id, "site_id") if body.site_id else None
    source = await sources.of_named(work, body.source_type, body.source_id)
    if source and site and site.partner_id not in source.parties:
        why = f"the partner of {site.number} is no party to that {body.source_type}"
        raise RuleViolated(f"source_id: {why}", fields=["source_id", "site_id"])
    cause = body.model_dump(exclude=None if source else {"source_type", "source_id"})
    product_id = source.product_id if source else None
    return await open(work, **cause, product_id=product_id, partner_id=site.partner_id if site else None)


async def open_for(work: Work, deviation: Deviation, type: CapaSource, id: UUID, root_cause: str | None = None) -> Capa:
    """The first CAPA of a source, a deviation or the result that led to it: opened, or the one that there is already.

    Whoever asks holds the source's lock, so that no two open it at once.
    """
    # A confirmed result may have opened one together with this deviation.
    results = select(OosInvestigation.id).where(OosInvestigation.deviation_id == deviation.id)
    of_a_result = and_(Capa.source_type == "oos", col(Capa.source_id).in_(results))
    of_it = or_(and_(Capa.source_type == type, Capa.source_id == id), of_a_result)
    known = select(Capa).where(of_it, Capa.state != CapaState.cancelled).order_by(col(Capa.generation)).limit(1)
    if capa := await work.session.scalar(known):
        return capa
    cause = {name: getattr(deviation, name) for name in _OF_THE_DEVIATION}
    cause["root_cause"] = root_cause or deviation.root_cause
    return await open(work, source_type=type, source_id=id, **cause)


async def check(work: Work, capa_id: UUID, body: Check) -> Capa:
    """Close it by what was measured and what happened again. One that had no effect is followed by the next."""
    capa = await work.get(Capa, capa_id)
    work.publish(capa.check(body.measured, await queries.recurrences(work, capa), work.now), of=capa)
    if not capa.effective:
        cause = {name: getattr(capa, name) for name in _OF_THE_GENERATION_BEFORE}
        await open(work, **cause, generation=capa.generation + 1)
    return capa


async def zone(work: Work, capa: Capa) -> str | None:
    """By whose local days its dates are counted."""
    return await directory.zone_of(work, capa.site_id) if capa.site_id else None
