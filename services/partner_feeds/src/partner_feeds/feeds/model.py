"""A feed: one partner's system, and what it reports on."""

from enum import StrEnum
from typing import Self
from uuid import UUID

from sqlalchemy import Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, String

from partner_feeds.directory.model import KnownSite
from partner_feeds.metadata import Table
from runtime.work import Versioned


class FeedKind(StrEnum):
    """What kind of system sends."""

    mes = "mes"
    lims = "lims"
    qms = "qms"
    logger = "logger"
    erp = "erp"


class FeedFormat(StrEnum):
    """In what form it sends."""

    csv = "csv"
    cloudevents = "cloudevents"


class Feed(Table, Versioned, table=True):
    """A way in for one system. A laboratory that tests for three manufacturers has three feeds."""

    code: str
    partner_id: UUID
    site_id: UUID
    """Who reports."""
    manufacturing_site_id: UUID
    """Whose lots it reports on, where a record names no site."""
    manufacturing_partner_id: UUID
    kind: FeedKind = Field(sa_type=String)
    format: FeedFormat = Field(sa_type=String)
    mapping: str | None = None
    """The code of the mapping, for a feed of files; its live version translates."""
    time_zone: str
    """IANA name; times without an offset are read in it."""
    parties: list[UUID] = Field(sa_type=ARRAY(Uuid))

    @classmethod
    def register(
        cls,
        *,
        code: str,
        site: KnownSite,
        manufacturing_site: KnownSite,
        kind: FeedKind,
        format: FeedFormat,
        mapping: str | None,
        time_zone: str | None,
    ) -> Self:
        """A new feed. Who reports and who made the lots are its parties."""
        return cls(
            code=code,
            partner_id=site.partner_id,
            site_id=site.id,
            manufacturing_site_id=manufacturing_site.id,
            manufacturing_partner_id=manufacturing_site.partner_id,
            kind=kind,
            format=format,
            mapping=mapping,
            time_zone=time_zone or site.time_zone,
            parties=sorted({site.partner_id, manufacturing_site.partner_id}),
        )
