"""The clauses of versions that took effect, each a row that facts are held against."""

from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, String

from contracting.metadata import Table
from contracts.contracting import ClauseKind, Owes
from gxp.clocks import Unit
from runtime.work import Versioned


class AgreementClause(Versioned, Table, table=True):
    """A clause as a version says it. It is written when the version takes effect, and never changed."""

    __tablename__ = "agreement_clause"
    __table_args__ = (UniqueConstraint("version_id", "code"),)

    agreement_id: UUID = Field(foreign_key="agreement.id")
    version_id: UUID = Field(foreign_key="agreement_version.id", index=True)
    code: str
    kind: ClauseKind = Field(sa_type=String)
    owes: Owes = Field(sa_type=String)
    words: str | None = None
    amounts: dict[str, Any] = Field(sa_type=JSONB)
    unit: Unit | None = Field(default=None, sa_type=String)
    calendar: str | None = None
    start: str | None = None
    end: str | None = None
    classes: list[str] = Field(sa_type=ARRAY(String))
    site_ids: list[UUID] = Field(sa_type=ARRAY(Uuid))
    product_ids: list[UUID] = Field(sa_type=ARRAY(Uuid))
    statutory: bool
    gmp: bool
