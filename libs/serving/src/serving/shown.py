"""What every record shows of itself, and what its reader may do with it now."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlmodel import SQLModel

from contracts import Holder
from runtime.turns import Waiting


class Answer(BaseModel):
    """A part of an answer: each of its fields is there, whether it has a default or not."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)


class Allowed(Answer):
    """Something that this caller may ask for, in the state in which the record is."""

    name: str
    method: Literal["POST", "PUT"]
    path: str
    signed: bool = False
    """Whether it takes an electronic signature."""


class Signature(Answer):
    """An electronic signature under the record (21 CFR 11.50), and whether the record is still what was signed."""

    action: str
    """The step that was signed."""
    meaning: str
    by: str
    """Whose login it was."""
    name: str
    """As printed."""
    signed_at: datetime
    digest: str
    """SHA-256 of exactly what was signed."""
    holds: bool
    """Whether the record is as the signed step left it, or was until that was undone; else the signature is broken."""
    changed: Sequence[str]
    """What of the record was changed since."""
    undone_at: datetime | None = None
    """When what was signed was undone: the signature is over the record as it stood until then. Null: it stands."""


class Ref(Answer):
    """Another record, as it is called. Number and name are null until they are known here, or for who may not know."""

    id: UUID
    number: str | None = None
    """What people call it: a partner's or a site's number, a product's code."""
    name: str | None = None


class WaitingFor(Answer):
    """Who owes the next step, and since when."""

    side: Holder
    partner_id: UUID | None
    """Which partner, where it is one."""
    since: datetime


def waiting_for(record: Any) -> WaitingFor | None:
    """Whose turn it is with a record; None where it waits for nobody."""
    if not isinstance(record, Waiting) or record.awaited_side is None or record.awaited_since is None:
        return None
    return WaitingFor(side=record.awaited_side, partner_id=record.awaited_partner_id, since=record.awaited_since)


class Shown(SQLModel):
    """A record as its readers see it."""

    model_config = {"json_schema_serialization_defaults_required": True}

    id: UUID
    version: int
    created_at: datetime
    updated_at: datetime
    waiting_for: WaitingFor | None = None
    """Whose turn it is; null where nobody owes a next step."""
    allowed: Sequence[Allowed] = ()
    """What the caller may do with it now."""
    signatures: Sequence[Signature] = ()
    """The electronic signatures under it, the oldest first."""
