"""The audit as people read it: who changed what of a record, when and why; and what operators did."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel

from runtime.access import READERS, allowed
from runtime.problems import NotFound
from runtime.routes import Query as Reading
from runtime.routes import QueryRoute
from runtime.work import Work
from serving import cursors
from serving.paging import Page, Part
from serving.withheld import UNSAID, Withheld

router = APIRouter(prefix="/audit", tags=["audit"], route_class=QueryRoute)
OPERATIONS = UUID(int=0)
"""The record of what operators did: retries, replays, rebuilds, restores. No partner sees it."""
Done = Literal["created", "changed", "removed"]
_Of = Annotated[UUID | Literal["operations"], Path(description="a record's id, or `operations`")]
Operation = Literal["retry", "replay", "rebuild", "rebuild of the sums", "restore", "refill"]
_DONE: Mapping[str, Done] = {"INSERT": "created", "UPDATE": "changed", "DELETE": "removed"}
_ROWS = """
SELECT at, actor, actor_roles, tenant, cause, correlation_id, table_name, record_id, operation,
       CASE WHEN $6 <> coalesce(tenant, '') AND ($5::jsonb -> root_table -> 4)::bool THEN '' ELSE reason END AS reason,
       (old - withheld)::text AS old, (new - withheld)::text AS new, ends
FROM (
    SELECT *, CASE WHEN row_number() OVER (PARTITION BY xid ORDER BY at DESC, record_id DESC) = 1
                   THEN xid::text END AS ends
    FROM audit, LATERAL (
        SELECT ARRAY(
            SELECT jsonb_array_elements_text($5::jsonb -> table_name -> 0)
            UNION ALL SELECT jsonb_array_elements_text($5::jsonb -> table_name -> 1) WHERE NOT EXISTS (
                SELECT FROM audit AS later WHERE later.root_id = audit.root_id AND later.record_id = audit.record_id
                    AND later.new ->> 'state' = $5::jsonb -> audit.table_name ->> 2)
            UNION ALL SELECT jsonb_array_elements_text($5::jsonb -> table_name -> 3) WHERE $6 <> ANY (
                ARRAY[coalesce(old, new) ->> 'partner_id', coalesce(new, old) ->> 'partner_id'])) AS withheld,
               ARRAY['version', 'updated_at'] AS rises) AS of_it
    -- A change of nothing but what is withheld is withheld itself: who made it and when says enough.
    WHERE root_id = ANY($1) AND (operation <> 'UPDATE' OR old - rises = new - rises
        OR old - rises - withheld <> new - rises - withheld)) AS change
WHERE (at, record_id) > ($2, $3) ORDER BY at, record_id LIMIT $4
"""
_OPERATION = "SELECT note_operation($1, $2::jsonb)"
_FROM_THE_BEGINNING = datetime.fromisoformat("1900-01-01T00:00:00+00:00"), UUID(int=0)


class Change(BaseModel):
    """One field, as it was and as it is."""

    field: str
    before: Any
    after: Any


class AuditEntry(BaseModel):
    """One change of a record, or of a part of it. ``text`` says the same in prose."""

    at: datetime
    actor: str
    roles: list[str]
    party: str
    """`sponsor` or the partner's id; of a service itself, nothing."""
    done: Done | Operation
    """What became of it; or what an operator did."""
    part: str
    """The table: the record's own, or that of a part of it."""
    record_id: UUID
    changes: list[Change]
    reason: str
    cause: str | None
    """The fact that a service acted on."""
    correlation_id: str
    """The request, or the partner's message, from which it followed."""
    text: str

    @classmethod
    def of(cls, row: Any) -> Self:
        """The readable form of a row."""
        old, new = _fields(row["old"]), _fields(row["new"])
        changes = [
            Change(field=field, before=old.get(field), after=new.get(field))
            for field in sorted(old.keys() | new.keys())
            if old.get(field) != new.get(field) and field not in UNSAID
        ]
        entry = {name: row[name] for name in ("at", "actor", "record_id", "reason", "cause", "correlation_id")}
        service = row["actor"].startswith("service:")
        return cls(
            **entry,
            roles=[role for role in row["actor_roles"].split(",") if role],
            party=row["tenant"] or ("" if service else "sponsor"),
            done=_DONE.get(row["operation"], row["operation"]),
            part=row["table_name"],
            changes=changes,
            text=_prose(row, changes),
        )


def _fields(row: str | None) -> dict[str, Any]:
    """The fields of a row as it was kept: a measured number keeps its digits, as text, as in an answer."""
    return dict(json.loads(row, parse_float=str)) if row else {}


def _prose(row: Any, changes: Sequence[Change]) -> str:
    who = row["actor"] + (f" ({row['actor_roles'].replace(',', ', ')})" if row["actor_roles"] else "")
    changed = "; ".join(_said(change, anew=row["old"] is None) for change in changes)
    if row["operation"] in _DONE:
        did = f"{_DONE[row['operation']]} {row['table_name'].replace('_', ' ')}"
    else:
        did, changed = _operation(row["operation"], _fields(row["new"])) or (f"did a {row['operation']}", changed)
    why = f" Reason: {row['reason']}." if row["reason"] else ""
    why += f" Because of the fact {row['cause']}." if row["cause"] else ""
    why += f" It followed from {row['correlation_id']}." if row["correlation_id"] else ""
    return f"{row['at']:%Y-%m-%d %H:%M:%S} UTC: {who} {did}{': ' if changed else ''}{changed}.{why}"


def _operation(what: str, detail: Mapping[str, Any]) -> tuple[str, str] | None:
    """What an operator did, and what came of it; None where no more is known than its details."""
    match what, detail:
        case "retry", {"parked": parked, "broken_off": reason}:
            return f"retried {_parked(parked)}", f"broken off by {reason}"
        case "retry", {"parked": parked, "applied": applied, "failed": failed}:
            return (
                f"retried {_parked(parked)}",
                f"{applied} applied, {len(failed)} still fail{'s' * (len(failed) == 1)}",
            )
        case "replay", {"service": service, "since": since, "facts": facts}:
            return f"replayed {service} from {since or 'the beginning'} on", f"facts sent again: {facts}"
        case "rebuild", {"service": service, "projections": projections}:
            return f"rebuilt {service} from the whole history", f"projections {', '.join(projections)}"
        case "restore", {"to": to, "skipped": skipped, "entries": entries}:
            left = f"numbers left out in each sequence: {skipped}; in each register: {entries}"
            return f"restored the database to {to}", left
        case "restore", {"to": to, "skipped": skipped}:
            return f"restored the database to {to}", f"numbers left out in each sequence: {skipped}"
        case "refill", {"facts": 0, "partitions": partitions}:
            return "let the service read topics anew", f"partitions: {partitions}"
        case "refill", {"facts": facts}:
            return "filled Kafka from the ledger", f"facts sent again: {facts}"
    return None


def _parked(id: int | None) -> str:
    return "parked facts" if id is None else f"the parked fact {id}"


def _said(change: Change, *, anew: bool) -> str:
    before, after = (_shown(value) for value in (change.before, change.after))
    return f"{change.field} {after}" if anew else f"{change.field} from {before} to {after}"


def _shown(value: Any) -> str:
    if value is None or value in ("", [], {}):
        return "nothing"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 200 else text[:199] + "\u2026"


@router.get("/{record}")
@allowed(*READERS)
async def read(request: Request, record: _Of, work: Reading, part: Part) -> Page[AuditEntry]:
    """Who changed what of a record and its parts, oldest first, for whoever may see the record, as far as it shows.

    `operations` instead of a record's id: what operators did to this service.
    """
    id = OPERATIONS if record == "operations" else record
    rows, next_ = await rows_of(work, [id], part, request.app.state.withheld)
    if not rows and id != OPERATIONS:
        raise NotFound("record", id)
    return Page(items=[AuditEntry.of(row) for row in rows], next=next_)


async def note_operation(work: Work, what: Operation, **detail: Any) -> None:
    """Note what an operator did to the plumbing, on whose behalf the transaction runs, with the reason given."""
    await work.connection.execute(_OPERATION, what, json.dumps(detail, default=str))


async def rows_of(work: Work, ids: Sequence[UUID], part: Part, withheld: Withheld) -> tuple[Sequence[Any], str | None]:
    """A page of records' changes, and the cursor of the next one. ``ends`` names the transaction that a row ends.

    What is ``withheld`` a partner is not given, nor a change of nothing else; what is sealed, nobody.
    """
    after = cursors.decode("audit", part.cursor, _instant, UUID) if part.cursor else _FROM_THE_BEGINNING
    partner = work.principal.partner_id
    unread = json.dumps({name: each if partner else each._replace(by_partners=()) for name, each in withheld.items()})
    rows = await work.connection.fetch(_ROWS, ids, *after, part.limit + 1, unread, partner and str(partner))
    return cursors.part(rows, part.limit, "audit", lambda row: (row["at"], row["record_id"]))


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
