"""What was known at an instant. The audit keeps each change with what stood before it: from there a record is read as
it stood, whatever became of it since."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Final, TypeAlias, TypeVar
from uuid import UUID

from pydantic import AfterValidator, Field
from sqlmodel.sql.expression import SelectOfScalar

from contracts import DueAt, clock
from runtime.work import Versioned, Work

M = TypeVar("M", bound=Versioned)

# Whom the record itself is not shown the audit does not show it either: it has the same policy.
# A transaction, whose changes follow one another, was known once the last of them was made: nobody saw it half done.
_FOUND: Final = """
WITH change AS (SELECT record_id, old, at, position, xid FROM audit
                WHERE root_id = ANY($1) AND record_id = root_id AND table_name = $2)
SELECT DISTINCT ON (record_id) record_id, old::text AS old FROM change
WHERE at > $3 OR xid IN (SELECT xid FROM change WHERE at > $3) ORDER BY record_id, position
"""


def _has_come(instant: datetime) -> datetime:
    if instant > clock.now():
        raise ValueError(f"{instant} has not come: what will be known then nobody knows")
    return instant


KnownAt: TypeAlias = Annotated[DueAt, AfterValidator(_has_come), Field(examples=["2026-03-05T08:00:00Z"])]
"""An instant of which it is asked what was known: from 1900 to now."""


async def as_known(work: Work, records: Sequence[M], as_of: datetime | None) -> list[M]:
    """Records of one kind as they stood at an instant, without those that were not there; as they are, where none is.

    To be asked of all that may have counted then, chosen by what never changes of a record, and judged afterwards.
    """
    if as_of is None or not records:
        return [*records]
    table = type(records[0]).__tablename__
    rows = await work.connection.fetch(_FOUND, [each.id for each in records], table, as_of)
    return stood(records, {row["record_id"]: row["old"] for row in rows}, as_of)


async def found_as_known(work: Work, query: SelectOfScalar[M], as_of: datetime | None) -> list[M]:
    """What a query finds, as it stood at an instant: see ``as_known``, also of what the query may choose by."""
    return await as_known(work, [*await work.session.scalars(query)], as_of)


def stood(records: Sequence[M], found: Mapping[UUID, str | None], as_of: datetime) -> list[M]:
    """How records stood at an instant, by what the first change after it found of each: nothing where it made it.

    One that was not changed since stood as it does now. What a column that was added later held nobody knows: it has
    what it has where nothing was said.
    """
    then: list[M] = []
    for each in records:
        if each.id not in found:
            then += [each] if each.created_at <= as_of else []
        elif (before := found[each.id]) is not None:
            read: Mapping[str, Any] = json.loads(before, parse_float=str)
            then.append(type(each).model_validate(read))
    return then


def why_none(record: Any, *, kept: bool, lacks: str | None = None) -> list[str]:
    """Why nothing is answered of a record: it was not there then, or ``lacks`` what is asked for."""
    if not kept:
        return [unkept(record.number, record.created_at)]
    return [lacks] if lacks else []


def unkept(what: str, since: datetime | None) -> str:
    """Why nobody can say what was known at an instant, in words; ``since`` is when the first of it was recorded."""
    if since is None:
        return f"nothing was ever recorded of {what}"
    return f"nothing was recorded of {what} before {since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}: ask for a later instant"
