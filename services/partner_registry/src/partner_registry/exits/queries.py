"""Reads of partners' exits."""

from collections.abc import Sequence
from typing import Any

from partner_registry.exits.model import PartnerExit, against
from partner_registry.exits.schemas import ExitItem, ExitItemRead, ExitState, PartnerExitRead
from partner_registry.matters.model import KnownMatter
from partner_registry.matters.queries import open_at, unread
from partner_registry.matters.schemas import OpenMatter
from partner_registry.mergers.queries import sold_or_merged
from partner_registry.names import partners_of
from runtime.work import Work
from serving.listing import equal

FILTERS = equal(PartnerExit, "number", "state", "partner_id")


async def show(work: Work, exits: Sequence[PartnerExit]) -> list[PartnerExitRead]:
    """The exits with their checklists, and of those that are being prepared what stands against them."""
    partners = await partners_of(work, exits)
    blind = await unread(work)
    shown = []
    for one in exits:
        preparing = one.state == ExitState.preparing
        known_open = await open_at(work, one.partner_id) if preparing else ()
        more: dict[str, Any] = {"partner": partners[one.partner_id]}
        more |= {"items": [_item(one, each, against(each, known_open)) for each in ExitItem]}
        sales = (await work.session.scalars(sold_or_merged(one.partner_id))).all() if preparing else ()
        more |= {"missing": one.missing(known_open, blind, sales) if preparing else []}
        shown.append(PartnerExitRead.model_validate(dict(one) | more))
    return shown


def _item(one: PartnerExit, item: ExitItem, known_open: Sequence[KnownMatter]) -> ExitItemRead:
    given = dict.fromkeys(("verdict", "reason", "evidence", "by", "at")) | one.found.get(item, {}) | {"item": item}
    shown = [OpenMatter.model_validate(each, from_attributes=True) for each in known_open]
    return ExitItemRead(**given, known_open=shown, contradicted=one.contradicted(item, known_open))
