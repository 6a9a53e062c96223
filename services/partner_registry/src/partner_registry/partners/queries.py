"""How partners are shown: with the work that is open there."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from contracts.partner_registry import PartnerStatus
from partner_registry.matters.model import KnownMatter
from partner_registry.matters.queries import unread_work, work_of
from partner_registry.matters.schemas import OpenWork
from partner_registry.partners.model import Partner
from partner_registry.partners.schemas import PartnerRead
from runtime.work import Work


async def show(work: Work, partners: Sequence[Partner]) -> list[PartnerRead]:
    """Partners, and of those that are suspended the open work."""
    return await _with(work, partners, [each.id for each in partners if each.state == PartnerStatus.suspended])


async def show_one(work: Work, partner: Partner) -> PartnerRead:
    """One, with the open work."""
    (shown,) = await _with(work, [partner], [partner.id])
    return shown


async def _with(work: Work, partners: Sequence[Partner], of: Collection[UUID]) -> list[PartnerRead]:
    found: Mapping[UUID, Sequence[KnownMatter]] = await work_of(work, of) if of else {}
    known = not await unread_work(work)
    return [
        PartnerRead.model_validate(
            dict(one)
            | {"owners": one.owners, "open_work_known": known}
            | {"open_work": [_open(each, one) for each in found.get(one.id, ())]}
        )
        for one in partners
    ]


def _open(found: KnownMatter, partner: Partner) -> OpenWork:
    decision: Mapping[str, Any] = partner.work_decisions.get(str(found.id), {})
    own = {name: getattr(found, name) for name in ("id", "kind", "number", "site_id", "since")}
    return OpenWork(**own, decision=decision.get("decision"), rationale=decision.get("rationale"))
