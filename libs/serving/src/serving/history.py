"""A record's history: each change of it and its parts, with the facts that the same transaction told of it."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from runtime.work import Work
from serving.audit import AuditEntry, rows_of
from serving.paging import Page, Part
from serving.withheld import Withheld

# Facts stand beside the last change that their transaction made to the record.
_FACTS = """
SELECT DISTINCT ON (position) last, id, type, time, sequence, data
FROM unnest($1::uuid[]) AS record, unnest($2::text[]) AS last, facts_told(last::xid8, record) ORDER BY position
"""


class PublishedFact(BaseModel):
    """A fact that was published about the record."""

    id: UUID
    type: str
    time: datetime
    """When it was recorded."""
    sequence: int
    """The version of the record that it tells of."""
    data: Any


class HistoryEntry(AuditEntry):
    """One change of a record, and what others were told with it."""

    facts: Sequence[PublishedFact]


async def read(work: Work, records: Sequence[UUID], part: Part, withheld: Withheld) -> Page[HistoryEntry]:
    """The history of a record, or of several that are one thing, as far as the caller may see them, oldest first.

    Of facts a partner is given those that concern it, and of columns those that are not ``withheld``. Raises a 400
    Problem for a cursor of another list.
    """
    rows, next_ = await rows_of(work, records, part, withheld)
    ending = [row["ends"] for row in rows if row["ends"]]
    facts_of: dict[str, list[PublishedFact]] = {}
    for row in await work.connection.fetch(_FACTS, records, ending):
        facts_of.setdefault(row["last"], []).append(PublishedFact(**dict(row) | {"data": json.loads(row["data"])}))
    return Page(items=[_entry(row, facts_of.get(row["ends"], [])) for row in rows], next=next_)


def _entry(row: Any, facts: Sequence[PublishedFact]) -> HistoryEntry:
    entry = AuditEntry.of(row)
    names = ", ".join(fact.type.split(".")[-2] for fact in facts)
    text = entry.text + (f" Published: {names}." if names else "")
    return HistoryEntry(**entry.model_dump() | {"text": text}, facts=facts)
