"""Facts of partner_feeds that a partner's electronic batch record tells, and their words."""

from decimal import Decimal
from enum import StrEnum

from contracts.fact import Part, fact
from contracts.moments import Day
from contracts.partner_feeds import Reported
from contracts.vocabulary import Lot, Quantity


class RecordCounts(Part):
    """How much of what a batch record holds, taken or not: a record of 12 phases and 3 exceptions says 12 and 3."""

    phases: int = 0
    events: int = 0
    exceptions: int = 0
    alarms: int = 0
    """Also those that name no limit, and become no fact."""
    materials: int = 0
    """Lots consumed and produced."""
    results: int = 0
    """In-process results."""
    values: int = 0
    """Named process values, of which only those that the mapping lists become facts."""
    data_sets: int = 0
    signatures: int = 0
    comments: int = 0
    changes: int = 0


class Use(StrEnum):
    """What became of a lot of material."""

    consumed = "consumed"
    produced = "produced"
    byproduct = "byproduct"


@fact("io.entente.BatchRecordReported.v1", topic="partner-feeds.batch", key="lot.id")
class BatchRecordReported(Reported):
    """A partner's MES gave its record of a batch, in some version. The record itself stays with the message.

    ``occurred_at`` is when the record was last changed.
    """

    lot: Lot
    record_id: str
    version: str | None = None
    """As the record states it."""
    status: str | None = None
    """The maker's own word; ISA-88.04 has none of its own."""
    complete: bool
    """Whether that word means, by the feed's mapping, that nothing is missing any more."""
    digest: str
    """SHA-256, in hexadecimal, of the record's content: the same however it is laid out."""
    counts: RecordCounts


@fact("io.entente.MaterialUseReported.v1", topic="partner-feeds.material-use", key="source.id")
class MaterialUseReported(Reported):
    """A lot of a material went into a batch, or came out of it: one edge of the genealogy."""

    lot: Lot | None = None
    """The batch; None where the message names none."""
    material: str
    number: str
    sublot: str | None = None
    use: Use
    quantity: Quantity | None = None
    step: str | None = None


@fact("io.entente.ProcessExcursionReported.v1", topic="partner-feeds.batch", key="lot.id")
class ProcessExcursionReported(Reported):
    """A maker's system recorded an exception, or an alarm at a limit. No deviation: the maker's quality decides."""

    lot: Lot
    event_id: str
    step: str | None = None
    kind: str
    """The maker's word, such as Alarm or Exception."""
    text: str = ""
    value: Decimal | None = None
    limit: Decimal | None = None
    unit: str | None = None
    """UCUM, of value and limit."""
    risk: str | None = None
    status: str | None = None


@fact("io.entente.LotReported.v1", topic="partner-feeds.lot", key="lot.id")
class LotReported(Reported):
    """A partner's system stated the status of a lot, for example of a material that waits to be used."""

    lot: Lot
    status: str
    """The partner's own word."""
    expiry: Day | None = None
    quantity: Quantity | None = None
