"""What the codes in a partner's records mean here: which site, which product, which lot."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from contracts import Lot, SourceRecord, check_code
from contracts.partner_feeds import TestStage
from directory.queries import Directory, Place
from partner_feeds.feeds.model import OF_KIND, Feed, FeedKind, RecordType
from partner_feeds.language import AnyMapping
from partner_feeds.records.answers import Accepted, Answer
from partner_feeds.records.batch_records import LotStatus
from partner_feeds.records.model import Deviation, LotCode, Record, TestResult


class Unresolved(ValueError):
    """A record that names what is not known here, or cannot be. ``part`` is what of it, such as site."""

    def __init__(self, part: str, value: str, reason: str) -> None:
        super().__init__(reason)
        self.part, self.value, self.reason = part, value, reason


def must_be_plain(part: str, code: str) -> None:
    """Raise Unresolved for a number or code that looks like another one: it would quietly be another lot."""
    try:
        check_code(code)
    except ValueError as error:
        raise Unresolved(part, code, str(error)) from error


@dataclass(frozen=True, slots=True)
class Scope:
    """What the rows of one message have in common."""

    feed: Feed
    message_id: UUID
    mapping: AnyMapping | None
    """None for events in our own words."""
    received_on: date
    """The day of receipt in the feed's time zone."""
    historic: bool = False
    """It came while its feed loaded the past."""
    sent_by: str | None = None

    @property
    def of_facts(self) -> dict[str, Any]:
        """What all facts of the message carry."""
        return {"reported_by": self.feed.partner_id, "historic": self.historic, "sent_by": self.sent_by}


def is_of_a_product(record: Record) -> bool:
    """Whether the record's lot must be of a product. Raw materials have codes of their own, which nobody registers."""
    is_raw_material = isinstance(record, TestResult) and record.stage == TestStage.raw_material
    return not (isinstance(record, Deviation | LotStatus) or is_raw_material)


def lots_of(record: Record) -> tuple[LotCode, ...]:
    """The lots that the record is about."""
    if isinstance(record, Deviation):
        return record.lots
    lot: LotCode | None = getattr(record, "lot", None)
    return (lot,) if lot else ()


def sites_of(record: Record) -> Iterator[str]:
    """The numbers of the sites that the record names."""
    yield from (lot.site for lot in lots_of(record) if lot.site is not None)
    named = record.laboratory if isinstance(record, TestResult) else getattr(record, "site", None)
    if named is not None:
        yield named


@dataclass(slots=True)
class Codes:
    """The codes that some records use."""

    products: set[str] = field(default_factory=set)
    sites: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, answers: Iterable[Answer]) -> "Codes":
        """Collected from the rows that can be read."""
        codes = cls()
        for answer in answers:
            for record in answer.records if isinstance(answer, Accepted) else ():
                codes.sites.update(sites_of(record))
                if is_of_a_product(record) or isinstance(record, Deviation | LotStatus):
                    codes.products.update(lot.material for lot in lots_of(record))
        return codes


class Resolver:
    """Resolves the codes of a message's records, as many as one directory knows the codes of."""

    def __init__(self, scope: Scope, directory: Directory) -> None:
        self.scope, self._directory = scope, directory
        self._lots: dict[tuple[LotCode, bool], Lot] = {}
        self._parties: dict[tuple[UUID, ...], tuple[UUID, ...]] = {}
        feed = scope.feed
        pairs = [(record, partner_id) for record in RecordType for partner_id in feed.reports_on]
        self._granted = {(str(record), id) for record, id in pairs if feed.may_report(record, id)}

    def site(self, number: str | None, part: str = "site") -> Place:
        """The site of a number, or the feed's own. Raises Unresolved for one that this feed does not report on."""
        feed = self.scope.feed
        if number is None:
            return Place(feed.site_id, feed.partner_id)
        found = self._directory.sites.get(number)
        if found is None or found.partner_id not in feed.reports_on:
            reason = (
                f"the feed {feed.code} reports on no such site: correct its number, or register it in "
                "partner-registry and replay the message"
            )
            raise Unresolved(part, number, reason)
        return found

    def lot(self, code: LotCode, *, of_a_product: bool) -> Lot:
        """The lot as facts name it. Raises Unresolved for an unknown site or product."""
        found = self._lots.get((code, of_a_product))
        if found is None:
            found = self._lots[code, of_a_product] = self._identify(code, of_a_product)
        return found

    def _identify(self, code: LotCode, of_a_product: bool) -> Lot:
        feed = self.scope.feed
        made_at = Place(feed.manufacturing_site_id, feed.manufacturing_partner_id)
        if code.site is not None:
            made_at = self.site(code.site)
        for part in ("material", "number"):
            must_be_plain(part, getattr(code, part))
        product_id = self._directory.products.get(code.material)
        if of_a_product and product_id is None:
            reason = (
                "unknown product code: correct it, or register the product in partner-registry and replay the message"
            )
            raise Unresolved("material", code.material, reason)
        return Lot(
            id=Lot.identify(made_at.id, code.material, code.number),
            number=code.number,
            material=code.material,
            product_id=product_id,
            site_id=made_at.id,
            partner_id=made_at.partner_id,
        )

    def parties(self, *others: UUID) -> tuple[UUID, ...]:
        """Who reports and whom else it concerns, in order. A file's records concern the same few."""
        found = self._parties.get(others)
        if found is None:
            found = self._parties[others] = tuple(sorted({self.scope.feed.partner_id, *others}))
        return found

    def common(self, record: Record, *others: UUID) -> dict[str, Any]:
        """What every fact about one record carries."""
        scope = self.scope
        source = SourceRecord(
            id=record.record_id, revision=record.revision, feed_id=scope.feed.id, message_id=scope.message_id
        )
        return {"source": source, "parties": self.parties(*others)} | scope.of_facts

    def must_be_granted(self, record: str, partner_id: UUID) -> None:
        """Raise Unresolved for what a system of this kind may not report, or not in that partner's name."""
        if (record, partner_id) in self._granted:
            return
        feed = self.scope.feed
        whose = "" if partner_id == feed.partner_id else " of another organisation"
        may = ", ".join(sorted(OF_KIND[FeedKind(feed.kind)])) or "nothing by itself"
        reason = (
            f"the feed {feed.code} ({feed.kind}: {may}) may not report a {record}{whose}: let the sponsor's "
            f"quality grant it (POST /v1/feeds/{feed.code}/grants), then replay the message"
        )
        raise Unresolved("", record, reason)
