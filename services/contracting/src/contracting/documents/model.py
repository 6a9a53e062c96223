"""A document that somebody handed in."""

from collections.abc import Mapping
from typing import ClassVar, Final
from uuid import UUID

from sqlalchemy import BigInteger, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel

from contracting.authority import PARTNERS, SPONSORS
from contracting.metadata import Table
from contracts import Side
from runtime.work import Versioned

UPLOADERS: Final = SPONSORS | PARTNERS
"""Who drafts agreements, and so hands in what belongs to them."""


class DocumentFields(SQLModel):
    """What readers see of a document."""

    digest: str
    """SHA-256 of its bytes: by this agreements name it."""
    file_name: str
    media_type: str
    size: int = Field(sa_type=BigInteger)
    """In bytes."""


class Document(DocumentFields, Versioned, Table, table=True):
    """A document as one person handed it in. Whoever hands in the same bytes has a row of their own: nobody learns that
    somebody else had them."""

    __table_args__ = (UniqueConstraint("digest", "uploaded_by"),)

    sides: ClassVar[Mapping[Side, str]] = {Side.acceptor: "partner_id"}
    uploaded_by: str
    partner_id: UUID | None = None
    """Whose person that was; None: the sponsor's."""
    parties: list[UUID] = Field(sa_type=ARRAY(Uuid))
