"""Copies are made from facts only."""

from collections.abc import Sequence
from typing import TypeVar

from contracts import Fact, Recorded
from contracts.partner_registry import PartnerRegistered, ProductRegistered, SiteRegistered
from quality_events import bulk
from quality_events.directory.model import KnownPartner, KnownProduct, KnownSite
from runtime.work import Work

F = TypeVar("F", bound=Fact)


def _latest(facts: Sequence[Recorded[F]]) -> list[F]:
    """The last fact of each key: one statement writes a row once."""
    latest = {recorded.key: recorded.fact for recorded in facts}
    return [latest[key] for key in sorted(latest)]


async def note_partners(work: Work, facts: Sequence[Recorded[PartnerRegistered]]) -> None:
    """Remember partners' names."""
    copies = [{"id": fact.partner_id, "number": fact.number, "name": fact.legal_name} for fact in _latest(facts)]
    await bulk.insert(work, KnownPartner, copies, "(id) DO UPDATE SET number = EXCLUDED.number, name = EXCLUDED.name")


async def note_site(work: Work, fact: SiteRegistered) -> None:
    """Remember a site's name and time zone."""
    copy = {"id": fact.site_id} | fact.model_dump(include={"partner_id", "number", "name", "time_zone"})
    again = "number = EXCLUDED.number, name = EXCLUDED.name, time_zone = EXCLUDED.time_zone"
    await bulk.insert(work, KnownSite, [copy], f"(id) DO UPDATE SET {again}")


async def note_product(work: Work, fact: ProductRegistered) -> None:
    """Remember a product's code."""
    copy = {"id": fact.product_id, "code": fact.code, "name": fact.name}
    await bulk.insert(work, KnownProduct, [copy], "(id) DO UPDATE SET code = EXCLUDED.code, name = EXCLUDED.name")
