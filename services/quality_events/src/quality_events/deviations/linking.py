"""Use cases and reads of links between deviations and other events; who asks finds only what it sees."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from quality_events.deviations.linked import Event, LinkedEventRead, LinkedKind, LinkEvent
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
    AND (known.deviation_id = $1 AND known.event_id = $3
         OR known.kind = 'deviation' AND known.deviation_id = $3 AND known.event_id = $1))
"""
_OF_RECORDS: Final = """
WITH link AS (
    SELECT deviation_id AS of_it, kind, event_id AS id, linked_by, created_at AS linked_at
    FROM linked_event WHERE deviation_id = ANY($1)
    UNION ALL SELECT event_id, kind, deviation_id, linked_by, created_at
    FROM linked_event WHERE event_id = ANY($1) AND kind = 'deviation'
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
    made = deviation.link_event(Event(kind=body.kind, id=body.event_id, **dict(row)), work.principal.subject)
    if await work.connection.fetchval(_KNOWN, deviation.id, str(made.kind), made.event_id, made.parties):
        raise RuleViolated(f"{row['number']} is linked to {deviation.number} already", fields=["event_id"])
    work.session.add(made)
    return deviation


async def linked_to(work: Work, ids: Sequence[UUID]) -> Mapping[UUID, Sequence[LinkedEventRead]]:
    """What deviations are linked to, from whichever end, by the deviations' ids."""
    found: defaultdict[UUID, list[LinkedEventRead]] = defaultdict(list)
    for row in await work.connection.fetch(_OF_RECORDS, ids):
        found[row["of_it"]].append(LinkedEventRead.model_validate(dict(row)))
    return found
