"""A partner's records as our facts: codes become the ids of sites and products, or the row is refused."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from contracts import Lot, SourceRecord
from contracts.partner_feeds import (
    BatchCompletionReported,
    BatchStartReported,
    DeviationReported,
    ProcessDataReported,
    Reported,
    ReportedResult,
    TestStage,
)
from partner_feeds.directory.queries import Directory, Place
from partner_feeds.feeds.model import OF_KIND, Feed, FeedKind, RecordType
from partner_feeds.records.model import BatchCompletion, BatchStart, Deviation, LotCode, ProcessData, Record, TestResult
from partner_feeds.reporting.parts import Unresolved, must_be_plain, process_values, quantity, used_lot, yield_of
from partner_feeds.reporting.sets import Result
from runtime.outbox import LARGEST_PAYLOAD


def is_of_a_product(record: Record) -> bool:
    """Whether the record's lot must be of a product. Raw materials have codes of their own, which nobody registers."""
    return not (isinstance(record, Deviation) or (isinstance(record, TestResult) and record.stage == _RAW_MATERIAL))


def lots_of(record: Record) -> tuple[LotCode, ...]:
    """The lots that the record is about."""
    if isinstance(record, Deviation):
        return record.lots
    assert isinstance(record, BatchStart | BatchCompletion | ProcessData | TestResult)  # noqa: S101  (all there are)
    return (record.lot,)


def sites_of(record: Record) -> Iterator[str]:
    """The numbers of the sites that the record names."""
    yield from (lot.site for lot in lots_of(record) if lot.site is not None)
    named = record.laboratory if isinstance(record, TestResult) else getattr(record, "site", None)
    if named is not None:
        yield named


_RAW_MATERIAL = TestStage.raw_material


@dataclass(slots=True)
class Reporter:
    """Makes the facts of one feed's message, for as many records as one directory knows the codes of."""

    feed: Feed
    message_id: UUID
    received_on: date
    directory: Directory
    historic: bool = False
    sent_by: str | None = None
    lots: dict[tuple[LotCode, bool], Lot] = field(default_factory=dict)
    parties: dict[tuple[UUID, ...], tuple[UUID, ...]] = field(default_factory=dict)
    granted: frozenset[tuple[str, UUID]] = field(init=False)
    """Which records may be reported, and in whose name."""

    def __post_init__(self) -> None:
        pairs = [(record, partner_id) for record in RecordType for partner_id in self.feed.reports_on]
        self.granted = frozenset((str(record), id) for record, id in pairs if self.feed.may_report(record, id))

    def fact(self, record: Record) -> Reported | Result:
        """The fact of a record, or what a set is to tell of it. Raises Unresolved.

        A record without any date is dated with the day of its receipt.
        """
        must_be_plain("", record.record_id)
        fact = _MAKERS[type(record)](self, record)
        self._must_be_granted(type(record).__name__, _speaks_for(fact))
        # Only a laboratory's results are many, and each is always small.
        if not isinstance(fact, Result) and _size(fact) > LARGEST_PAYLOAD:
            raise Unresolved("", record.record_id, f"larger than {LARGEST_PAYLOAD} bytes as one record: divide it")
        return fact

    def site(self, number: str, part: str = "site") -> Place:
        """The site of a number. Raises Unresolved for one that is unknown, or none of this feed's business."""
        found = self.directory.sites.get(number)
        if found is None or found.partner_id not in self.feed.reports_on:
            reason = (
                f"the feed {self.feed.code} reports on no such site: correct its number, or register it in "
                "partner-registry and replay the message"
            )
            raise Unresolved(part, number, reason)
        return found

    def lot(self, code: LotCode, *, of_a_product: bool) -> Lot:
        """The lot as facts name it. Raises Unresolved for an unknown site or product."""
        found = self.lots.get((code, of_a_product))
        if found is None:
            found = self.lots[code, of_a_product] = self._identify(code, of_a_product)
        return found

    def _identify(self, code: LotCode, of_a_product: bool) -> Lot:
        feed = self.feed
        made_at = Place(feed.manufacturing_site_id, feed.manufacturing_partner_id)
        if code.site is not None:
            made_at = self.site(code.site)
        for part in ("material", "number"):
            must_be_plain(part, getattr(code, part))
        product_id = self.directory.products.get(code.material)
        if of_a_product and product_id is None:
            reason = "unknown product code: register it in partner-registry, then replay the message"
            raise Unresolved("material", code.material, reason)
        return Lot(
            id=Lot.identify(made_at.id, code.material, code.number),
            number=code.number,
            material=code.material,
            product_id=product_id,
            site_id=made_at.id,
            partner_id=made_at.partner_id,
        )

    def common(self, record: Record, *others: UUID) -> dict[str, Any]:
        """What every fact about one record carries."""
        source = SourceRecord(
            id=record.record_id, revision=record.revision, feed_id=self.feed.id, message_id=self.message_id
        )
        return {
            "source": source,
            "parties": self.parties_of(others),
            "reported_by": self.feed.partner_id,
            "historic": self.historic,
            "sent_by": self.sent_by,
        }

    def _must_be_granted(self, record: str, partner_id: UUID) -> None:
        """Raise Unresolved for what a system of this kind may not report, or not in that partner's name."""
        if (record, partner_id) not in self.granted:
            feed, own = self.feed, partner_id == self.feed.partner_id
            whose = "" if own else " of another organisation"
            may = ", ".join(sorted(OF_KIND[FeedKind(feed.kind)])) or "nothing by itself"
            reason = (
                f"the feed {feed.code} ({feed.kind}: {may}) may not report a {record}{whose}: let the sponsor's "
                f"quality grant it (POST /v1/feeds/{feed.code}/grants), then replay the message"
            )
            raise Unresolved("", record, reason)

    def parties_of(self, others: tuple[UUID, ...]) -> tuple[UUID, ...]:
        """Who reports and whom else it concerns, in order. A file's records concern the same few."""
        found = self.parties.get(others)
        if found is None:
            found = self.parties[others] = tuple(sorted({self.feed.partner_id, *others}))
        return found


def _speaks_for(fact: Reported | Result) -> UUID:
    """The partner in whose name a record speaks: the laboratory that tested, the lot's maker, or whose event it is."""
    if isinstance(fact, Result):
        return fact.laboratory.partner_id
    if isinstance(fact, DeviationReported):
        return fact.partner_id
    assert isinstance(fact, BatchStartReported | BatchCompletionReported | ProcessDataReported)  # noqa: S101
    return fact.lot.partner_id


def _size(fact: Reported) -> int:
    return len(fact.model_dump_json().encode())


def _batch_start(reporter: Reporter, record: BatchStart) -> BatchStartReported:
    lot = reporter.lot(record.lot, of_a_product=True)
    return BatchStartReported(
        occurred_at=record.occurred_at,
        lot=lot,
        planned_quantity=quantity(record, "planned_quantity"),
        inputs=tuple(used_lot(each) for each in record.inputs),
        **reporter.common(record, lot.partner_id),
    )


def _batch_completion(reporter: Reporter, record: BatchCompletion) -> BatchCompletionReported:
    lot = reporter.lot(record.lot, of_a_product=True)
    return BatchCompletionReported(
        occurred_at=record.occurred_at,
        lot=lot,
        completed_at=record.completed_at,
        actual_quantity=quantity(record, "actual_quantity"),
        yield_percent=yield_of(record),
        stage_yields=process_values(record.stage_yields),
        **reporter.common(record, lot.partner_id),
    )


def _process_data(reporter: Reporter, record: ProcessData) -> ProcessDataReported:
    lot = reporter.lot(record.lot, of_a_product=True)
    return ProcessDataReported(
        occurred_at=record.occurred_at or reporter.received_on,
        lot=lot,
        step=record.step,
        values=process_values(record.values),
        **reporter.common(record, lot.partner_id),
    )


def _test_result(reporter: Reporter, record: TestResult) -> Result:
    lot = reporter.lot(record.lot, of_a_product=record.stage != _RAW_MATERIAL)
    laboratory = Place(reporter.feed.site_id, reporter.feed.partner_id)
    if record.laboratory is not None:
        laboratory = reporter.site(record.laboratory, "laboratory")
    reported = ReportedResult(
        id=record.record_id,
        revision=record.revision,
        test=record.test,
        role=record.role,
        value=record.value,
        text=record.text,
        below_quantitation=record.below_quantitation,
        unit=record.unit,
    )
    parties = reporter.parties_of((lot.partner_id, laboratory.partner_id))
    return Result(lot, laboratory, record.stage, record.occurred_at, parties, reported)


def _deviation(reporter: Reporter, record: Deviation) -> DeviationReported:
    feed = reporter.feed
    site = Place(feed.site_id, feed.partner_id) if record.site is None else reporter.site(record.site)
    lots = tuple(reporter.lot(code, of_a_product=False) for code in record.lots)
    return DeviationReported(
        occurred_at=record.occurred_at,
        site_id=site.id,
        partner_id=site.partner_id,
        title=record.title,
        description=record.description,
        category=record.category,
        lots=lots,
        discovered_at=record.discovered_at,
        partner_aware_at=record.partner_aware_at,
        proposed_classification=record.proposed_classification,
        **reporter.common(record, site.partner_id, *(lot.partner_id for lot in lots)),
    )


_MAKERS: dict[type[Record], Callable[[Reporter, Any], Reported | Result]] = {
    BatchStart: _batch_start,
    BatchCompletion: _batch_completion,
    ProcessData: _process_data,
    TestResult: _test_result,
    Deviation: _deviation,
}
