"""Other registrations of one company: where it is given no work under one number it is given none under another."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlmodel import col, or_, select

from contracts.partner_registry import PartnerStatus
from partner_registry.known import found_as_known
from partner_registry.partners.model import Partner, PartnerState
from partner_registry.partners.status import Change, status_on, statuses_of
from partner_registry.unions.model import PartnerUnion
from runtime.work import Work

CLOSED: Final = frozenset({PartnerStatus.suspended, PartnerStatus.exited})


@dataclass(frozen=True, slots=True)
class Other:
    """One of them, with the changes of its status."""

    number: str
    state: PartnerState
    """As it was known last."""
    past: Sequence[Change]

    def closed_on(self, day: date, today: date, zone: str) -> PartnerState | PartnerStatus | None:
        """As what no work is given to it on a local day; None where that is not so, or nothing was told of it.

        ``today`` is the day on which its state is what was known last.
        """
        was = self.state if day >= today else status_on(self.past, day, zone)
        return was if was in CLOSED else None


async def others_of(work: Work, partners: Collection[UUID], as_of: datetime | None) -> Mapping[UUID, list[Other]]:
    """Those of each of some partners, by the number, as it was known at an instant; none to a partner."""
    if work.principal.partner_id is not None:
        return {}
    of: Any = PartnerUnion
    known = as_of or work.now
    in_force = of.united_at <= known, or_(of.split_at.is_(None), of.split_at > known)
    found = await work.session.execute(select(of.partner_id, of.elder_id).where(*in_force))
    pairs = [pair for one, two in found for pair in ((one, two), (two, one)) if pair[0] in partners]
    ids = [other for _, other in pairs]
    past = await statuses_of(work, ids, as_of)
    named = select(Partner).where(col(Partner.id).in_(ids)).order_by(Partner.number)
    found_others: defaultdict[UUID, list[Other]] = defaultdict(list)
    for each in await found_as_known(work, named, as_of):
        for one in (one for one, other in pairs if other == each.id):
            found_others[one].append(Other(each.number, each.state, past.get(each.id, ())))
    return found_others


def closed_elsewhere(
    others: Iterable[Other], day: date, today: date, zone: str
) -> list[tuple[Other, PartnerState | PartnerStatus]]:
    """Those to which no work is given on a local day, each with what it is."""
    return [(each, was) for each in others if (was := each.closed_on(day, today, zone))]
