"""Reads of partners' exits."""

from collections.abc import Sequence
from typing import Any

from sqlmodel import col, select

from partner_registry.exits.model import PartnerExit, against
from partner_registry.exits.schemas import ExitItem, ExitItemRead, ExitState, PartnerExitRead
from partner_registry.matters.model import KnownMatter
from partner_registry.matters.queries import open_at, unread
from partner_registry.matters.schemas import OpenMatter
from partner_registry.partners.model import Partner
from partner_registry.transfers.queries import announced_with
from runtime.work import Work
from serving.listing import equal
from serving.shown import Ref

FILTERS = equal(PartnerExit, "number", "state", "partner_id")


async def show(work: Work, exits: Sequence[PartnerExit]) -> list[PartnerExitRead]:
    """The exits with their checklists, and of those that are being prepared what stands against them."""
    ids = {each.partner_id for each in exits}
    partners = {each.id: each for each in await work.session.scalars(select(Partner).where(col(Partner.id).in_(ids)))}
    blind = await unread(work)
    shown = []
    for one in exits:
        preparing = one.state == ExitState.preparing
        known_open = await open_at(work, one.partner_id) if preparing else ()
        partner = partners[one.partner_id]
        more: dict[str, Any] = {"partner": Ref(id=partner.id, number=partner.number, name=partner.legal_name)}
        more |= {"items": [_item(one, each, against(each, known_open)) for each in ExitItem]}
        sales = (await work.session.scalars(announced_with(one.partner_id))).all() if preparing else ()
        more |= {"missing": one.missing(known_open, blind, sales) if preparing else []}
        shown.append(PartnerExitRead.model_validate(dict(one) | more))
    return shown


def _item(one: PartnerExit, item: ExitItem, known_open: Sequence[KnownMatter]) -> ExitItemRead:
    given = dict.fromkeys(("verdict", "reason", "evidence", "by", "at")) | one.found.get(item, {}) | {"item": item}
    shown = [OpenMatter.model_validate(each, from_attributes=True) for each in known_open]
    return ExitItemRead(**given, known_open=shown, contradicted=one.contradicted(item, known_open))
