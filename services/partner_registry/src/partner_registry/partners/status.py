"""What a partner was on a day: its status changes as they were told."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel import col, select

from contracts.partner_registry import PartnerStatus, PartnerStatusChanged
from partner_registry.days import local_day
from partner_registry.history.model import HistoryEntry
from runtime.work import Work


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a partner's status."""

    at: datetime
    after: PartnerStatus


def status_on(changes: Iterable[Change], day: date, zone: str) -> PartnerStatus | None:
    """What a partner was at the end of a local day; None before the first change, of which nothing was told."""
    until = [each for each in changes if local_day(each.at, zone) <= day]
    return max(until, key=lambda each: each.at).after if until else None


async def statuses_of(
    work: Work, partner_ids: Sequence[UUID], as_of: datetime | None = None
) -> Mapping[UUID, Sequence[Change]]:
    """The changes of partners' statuses, by partner; where an instant is given those alone that were told by then."""
    query = select(HistoryEntry.partner_id, HistoryEntry.data).where(
        col(HistoryEntry.partner_id).in_(partner_ids), HistoryEntry.kind == PartnerStatusChanged.__name__
    )
    if as_of:
        query = query.where(col(HistoryEntry.recorded_at) <= as_of)
    found: defaultdict[UUID, list[Change]] = defaultdict(list)
    for partner_id, said in await work.session.execute(query):
        at = datetime.fromisoformat(said["occurred_at"])
        found[partner_id].append(Change(at, PartnerStatus(said["after"])))
    return found
