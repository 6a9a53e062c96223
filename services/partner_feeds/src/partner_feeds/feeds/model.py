"""A feed: one partner's system, and what it reports on."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, ClassVar, Final, Self
from uuid import UUID

from sqlalchemy import Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel, String

from contracts import Role, Side
from directory.queries import Site
from partner_feeds.metadata import Table
from runtime.lifecycle import transition
from runtime.problems import RuleViolated
from runtime.work import Versioned


class FeedKind(StrEnum):
    """What kind of system sends."""

    mes = "mes"
    lims = "lims"
    qms = "qms"
    logger = "logger"
    erp = "erp"


class RecordType(StrEnum):
    """What a system reports. Each record is reported in the name of one partner: of the lot's maker, of the laboratory
    that tested, or of the partner at whose site a deviation happened.
    """

    batch_start = "BatchStart"
    batch_completion = "BatchCompletion"
    process_data = "ProcessData"
    test_result = "TestResult"
    deviation = "Deviation"
    batch_record = "BatchRecord"
    material_use = "MaterialUse"
    process_excursion = "ProcessExcursion"
    lot_status = "LotStatus"


OF_KIND: Final[Mapping[FeedKind, frozenset[RecordType]]] = {
    FeedKind.mes: frozenset(
        {
            *(RecordType.batch_start, RecordType.batch_completion, RecordType.process_data, RecordType.deviation),
            *(RecordType.batch_record, RecordType.material_use, RecordType.process_excursion, RecordType.lot_status),
        }
    ),
    FeedKind.lims: frozenset({RecordType.test_result}),
    FeedKind.qms: frozenset({RecordType.deviation}),
    FeedKind.erp: frozenset(
        {RecordType.batch_start, RecordType.batch_completion, RecordType.material_use, RecordType.lot_status}
    ),
    FeedKind.logger: frozenset(),
}
"""What a system of each kind may report in its own partner's name. Anything else needs a grant."""


class FeedState(StrEnum):
    """Whether what a feed brings is news."""

    live = "live"
    loading_history = "loading_history"
    """Its past is being loaded: nobody could have kept the clocks of what it brings."""


class FeedFormat(StrEnum):
    """In what form it sends."""

    csv = "csv"
    xlsx = "xlsx"
    json = "json"
    jsonl = "jsonl"
    cloudevents = "cloudevents"
    b2mml = "b2mml"
    """Batch records, performances and lots in B2MML or BatchML, V0401 to V07."""


class FeedFields(SQLModel):
    """What readers see of a feed as it is stored."""

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


class Feed(FeedFields, Versioned, Table, table=True):
    """A way in for one system. A laboratory that tests for three manufacturers has three feeds."""

    sides: ClassVar[Mapping[Side, str]] = {Side.sender: "partner_id"}
    grants: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSONB)
    """Further record types, each with the partner in whose name the feed may report them."""
    state: FeedState = Field(default=FeedState.live, sa_type=String)
    parties: list[UUID] = Field(sa_type=ARRAY(Uuid))

    @classmethod
    def register(
        cls,
        *,
        code: str,
        site: Site,
        manufacturing_site: Site,
        kind: FeedKind,
        format: FeedFormat,
        mapping: str | None,
        time_zone: str,
        backfill: bool = False,
    ) -> Self:
        """A new feed. Its sender acts for it; who made the lots sees it too, and what it was granted to report."""
        return cls(
            code=code,
            partner_id=site.partner_id,
            site_id=site.id,
            manufacturing_site_id=manufacturing_site.id,
            manufacturing_partner_id=manufacturing_site.partner_id,
            kind=kind,
            format=format,
            mapping=mapping,
            time_zone=time_zone,
            state=FeedState.loading_history if backfill else FeedState.live,
            parties=sorted({site.partner_id, manufacturing_site.partner_id}),
        )

    @property
    def reports_on(self) -> frozenset[UUID]:
        """The partners at whose sites its records may be."""
        return frozenset({self.partner_id, self.manufacturing_partner_id})

    def may_report(self, record: RecordType, partner_id: UUID) -> bool:
        """Whether it may report such a record in the name of that partner."""
        own = partner_id == self.partner_id and record in OF_KIND[FeedKind(self.kind)]
        return own or _grant(record, partner_id) in self.grants

    @transition(source=set(FeedState), target=None, by={Role.quality})
    def grant(self, record: RecordType, partner_id: UUID) -> None:
        """Let it report such records in a partner's name, for example a maker's yields in a laboratory's file."""
        if partner_id not in self.reports_on:
            raise RuleViolated(f"the feed {self.code} reports on no site of the partner {partner_id}")
        if _grant(record, partner_id) not in self.grants:
            self.grants = [*self.grants, _grant(record, partner_id)]

    @transition(source=set(FeedState), target=None, by={Role.quality})
    def withdraw_grant(self, record: RecordType, partner_id: UUID) -> None:
        """It may do so no longer. What it reported stays."""
        if _grant(record, partner_id) not in self.grants:
            raise RuleViolated(f"the feed {self.code} has no grant of {record} for the partner {partner_id}")
        self.grants = [each for each in self.grants if each != _grant(record, partner_id)]

    @transition(source={FeedState.live}, target=FeedState.loading_history, by={Role.quality})
    def load_history(self) -> None:
        """What it brings from now on is its past."""

    @transition(source={FeedState.loading_history}, target=FeedState.live, by={Role.quality})
    def go_live(self) -> None:
        """What it brings from now on is news."""


def _grant(record: RecordType, partner_id: UUID) -> dict[str, str]:
    return {"record": str(record), "partner_id": str(partner_id)}
