"""Use cases and reads of links between deviations and other events; who asks finds only what it sees."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import and_, or_
from sqlmodel import col, select

from contracts import Side
from quality_events.deviations.linked import (
    Event,
    LinkedEvent,
    LinkedEventRead,
    LinkedKind,
    LinkEvent,
    LinkState,
    WithdrawLink,
)
from quality_events.deviations.model import Deviation
from runtime.problems import NotFound, RuleViolated
from runtime.work import Work

_PARTNERS: Final[Mapping[LinkedKind, str]] = {
    LinkedKind.deviation: "ARRAY[partner_id]",
    LinkedKind.oos_investigation: "ARRAY[partner_id, laboratory_partner_id]",
    LinkedKind.complaint: "array_remove(ARRAY[partner_id], NULL)",
    LinkedKind.change: "ARRAY[partner_id]",
}
"""Whose a record is, by the table that holds its kind."""
_KNOWN: Final = """
SELECT EXISTS (SELECT FROM linked_event AS known WHERE known.parties @> $4::uuid[] AND known.kind = $2
    AND known.state = 'linked'
    AND (known.deviation_id = $1 AND known.event_id = $3
         OR known.kind = 'deviation' AND known.deviation_id = $3 AND known.event_id = $1))
"""
_OF_RECORDS: Final = """
WITH link AS (
    SELECT deviation_id AS of_it, kind, event_id AS id, linked_by, created_at AS linked_at
    FROM linked_event WHERE deviation_id = ANY($1) AND state = 'linked'
    UNION ALL SELECT event_id, kind, deviation_id, linked_by, created_at
    FROM linked_event WHERE event_id = ANY($1) AND kind = 'deviation' AND state = 'linked'
), named AS (
    SELECT link.*, coalesce(deviation.number, found.number, complaint.number, change.number) AS number FROM link
    LEFT JOIN deviation ON link.kind = 'deviation' AND deviation.id = link.id
    LEFT JOIN oos_investigation AS found ON link.kind = 'oos_investigation' AND found.id = link.id
    LEFT JOIN complaint ON link.kind = 'complaint' AND complaint.id = link.id
    LEFT JOIN change ON link.kind = 'change' AND change.id = link.id
)
SELECT DISTINCT ON (of_it, kind, id) * FROM named WHERE number IS NOT NULL ORDER BY of_it, kind, id, linked_at
"""


async def link(work: Work, deviation_id: UUID, body: LinkEvent) -> Deviation:
    """Link another event. Raises NotFound for one that there is not, or not for who asks."""
    deviation = await work.get(Deviation, deviation_id)
    query = f"SELECT number, {_PARTNERS[body.kind]} AS partners, parties FROM {body.kind} WHERE id = $1"  # noqa: S608
    row = await work.connection.fetchrow(query, body.event_id)
    if row is None:
        raise NotFound(body.kind.replace("_", " "), body.event_id)
    event = Event(kind=body.kind, id=body.event_id, **dict(row))
    made = deviation.link_event(event, work.principal.subject, _side(work))
    if await work.connection.fetchval(_KNOWN, deviation.id, str(made.kind), made.event_id, made.parties):
        raise RuleViolated(f"{row['number']} is linked to {deviation.number} already", fields=["event_id"])
    work.session.add(made)
    return deviation


async def withdraw(work: Work, deviation_id: UUID, body: WithdrawLink) -> Deviation:
    """Withdraw a link, from whichever end. Raises RuleViolated for one that there is not, or not for who asks."""
    deviation = await work.get(Deviation, deviation_id)
    at, to = col(LinkedEvent.deviation_id), col(LinkedEvent.event_id)
    either_end = or_(
        and_(at == deviation.id, to == body.event_id),
        and_(col(LinkedEvent.kind) == LinkedKind.deviation, at == body.event_id, to == deviation.id),
    )
    stands = select(LinkedEvent).where(LinkedEvent.kind == body.kind, LinkedEvent.state == LinkState.linked, either_end)
    links = (await work.session.scalars(stands.order_by(col(LinkedEvent.id)).with_for_update())).all()
    if not links:
        what = body.kind.replace("_", " ")
        detail = f"{deviation.number} is linked to no such {what}: its linked_events show the links that stand"
        raise RuleViolated(detail, fields=["event_id"])
    deviation.withdraw_link(links, body.reason, work.principal.subject, _side(work), work.now)
    return deviation


async def links_of(work: Work, deviation: Deviation) -> Sequence[UUID]:
    """All links that were ever made from either end: their past is the deviation's too."""
    of_it = or_(col(LinkedEvent.deviation_id) == deviation.id, col(LinkedEvent.event_id) == deviation.id)
    query = select(LinkedEvent.id).where(of_it)
    return (await work.session.scalars(query.order_by(col(LinkedEvent.id)))).all()


async def linked_to(work: Work, ids: Sequence[UUID]) -> Mapping[UUID, Sequence[LinkedEventRead]]:
    """What deviations are linked to, from whichever end, by the deviations' ids."""
    found: defaultdict[UUID, list[LinkedEventRead]] = defaultdict(list)
    for row in await work.connection.fetch(_OF_RECORDS, ids):
        found[row["of_it"]].append(LinkedEventRead.model_validate(dict(row)))
    return found


def _side(work: Work) -> Side:
    return Side.owner if work.principal.partner_id else Side.sponsor
