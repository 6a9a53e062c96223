"""A mapping's version as a record: drafted, made live by quality, retired by its successor."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Self
from uuid import UUID

from sqlalchemy import DateTime
from sqlmodel import Field, SQLModel, String

from contracts import Role, Side
from contracts.partner_feeds import PartnerFeedsBallHeld
from partner_feeds.language import AnyMapping
from partner_feeds.metadata import Table
from runtime.lifecycle import transition
from runtime.turns import Waiting
from runtime.work import Versioned


class MappingState(StrEnum):
    """The state of a version of a mapping."""

    draft = "draft"
    live = "live"
    retired = "retired"


class MappingFields(SQLModel):
    """What readers see of a version as it is stored."""

    code: str
    title: str
    state: MappingState = Field(default=MappingState.draft, sa_type=String)
    drafted_by: str
    approved_by: str | None = None
    approved_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))


class MappingVersion(MappingFields, Waiting, Versioned, Table, table=True):
    """One version of a mapping, its document kept as it was sent. Of each code one version is live."""

    __tablename__ = "mapping_version"
    parties: ClassVar[Sequence[UUID]] = ()
    """None: a mapping is the sponsor's."""
    ball = PartnerFeedsBallHeld
    turns: ClassVar[Mapping[StrEnum, Collection[Side]]] = {MappingState.draft: {Side.sponsor}}

    number: int
    """The version that the document states; ``version`` counts the changes of this record."""
    document: str

    @property
    def label(self) -> str:
        """How answers name it."""
        return f"{self.code} version {self.number}"

    @classmethod
    def draft(cls, mapping: AnyMapping, document: str, by: str) -> Self:
        """A new version; it translates nothing yet."""
        return cls(code=mapping.code, number=mapping.version, title=mapping.title, document=document, drafted_by=by)

    @transition(source={MappingState.draft}, target=MappingState.live, by={Role.quality}, independent_of={"drafted_by"})
    def approve(self, by: str, now: datetime) -> None:
        """Messages are translated by it from now on."""
        self.approved_by, self.approved_at = by, now

    @transition(source={MappingState.live}, target=MappingState.retired, by={Role.quality})
    def retire(self) -> None:
        """A newer version became live in the same moment."""
