"""Keeping what is told of laboratories, and asking for it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlmodel import select

from contracts import Recorded
from contracts.companies import PartnerAbsorbed
from contracts.partner_registry import PartnerStatus, PartnerStatusChanged, SiteRegistered
from contracts.qualifications import SiteQualificationChanged
from directory import queries as directory
from directory.qualified import Change
from runtime import bulk
from runtime.work import Work
from sample_tracking.laboratories.judging import NO_WORK, WorkingDays, why_not_qualified
from sample_tracking.laboratories.model import KnownQualification, LaboratoryPartner, SiteCountry

_COUNTRY = "SELECT country FROM site_country WHERE id = $1"


async def keep_countries(work: Work, facts: Sequence[Recorded[SiteRegistered]]) -> None:
    """Keep in which country sites are."""
    newest = {each.fact.site_id: each.fact for each in facts}
    rows = [{"id": id, "partner_id": fact.partner_id, "country": fact.country} for id, fact in newest.items()]
    newer = "ON CONFLICT (id) DO UPDATE SET partner_id = excluded.partner_id, country = excluded.country"
    await bulk.insert(work, SiteCountry, rows, newer)


async def keep_qualifications(work: Work, facts: Sequence[Recorded[SiteQualificationChanged]]) -> None:
    """Keep what is told of qualifications; what is known stays as it is."""
    rows: list[dict[str, Any]] = [
        {"id": each.id, "site_id": each.fact.site_id, "sequence": each.sequence, "said": each.fact.model_dump()}
        for each in facts
    ]
    await bulk.insert(work, KnownQualification, rows, "ON CONFLICT (id) DO NOTHING")


async def keep_partners(work: Work, facts: Sequence[Recorded[PartnerStatusChanged | PartnerAbsorbed]]) -> None:
    """Keep what partners are by what was told last, in whatever order it comes; one that was absorbed has left."""
    newest = {each.fact.partner_id: each for each in sorted(facts, key=lambda each: each.sequence)}
    rows = [{"id": id, "sequence": each.sequence, "status": _is(each.fact)} for id, each in newest.items()]
    later = "laboratory_partner.sequence < excluded.sequence"
    newer = f"ON CONFLICT (id) DO UPDATE SET sequence = excluded.sequence, status = excluded.status WHERE {later}"
    await bulk.insert(work, LaboratoryPartner, rows, newer)


def _is(told: PartnerStatusChanged | PartnerAbsorbed) -> PartnerStatus:
    return PartnerStatus.exited if isinstance(told, PartnerAbsorbed) else told.after


async def given_no_work(work: Work, partner_id: UUID) -> str | None:
    """What a partner is to which no work is given; None where it is given some."""
    partner = await work.session.get(LaboratoryPartner, partner_id)
    return partner.status if partner and partner.status in NO_WORK else None


async def working_days(work: Work, site_id: UUID) -> WorkingDays:
    """On which days a site works."""
    country: str | None = await work.connection.fetchval(_COUNTRY, site_id)
    return WorkingDays(await directory.zone_of(work, site_id), country)


async def lacking(work: Work, site_id: UUID, product_id: UUID) -> list[str]:
    """What a laboratory lacks today to test a product; nothing where it is qualified."""
    days = await working_days(work, site_id)
    kept = await work.session.scalars(select(KnownQualification).where(KnownQualification.site_id == site_id))
    told = [Change.of(each.said, each.sequence, days.zone) for each in kept]
    why = why_not_qualified(told, product_id, days.today(work.now))
    return [why] if why else []
