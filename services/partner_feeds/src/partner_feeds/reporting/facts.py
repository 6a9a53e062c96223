"""A partner's record as our fact: its codes become ids, or the record is refused."""

from collections.abc import Callable
from dataclasses import asdict
from decimal import Decimal
from typing import Any
from uuid import UUID

from contracts import Quantity
from contracts.batch_records import BatchRecordReported, LotReported, MaterialUseReported, ProcessExcursionReported
from contracts.partner_feeds import (
    BatchCompletionReported,
    BatchStartReported,
    DeviationReported,
    LaboratoryLimits,
    MaterialLot,
    ProcessDataReported,
    ProcessValue,
    Provenance,
    Reported,
    ReportedResult,
    StabilityPoint,
)
from partner_feeds.records.batch_records import BatchRecord, LotStatus, MaterialUse, ProcessExcursion
from partner_feeds.records.model import (
    Amount,
    BatchCompletion,
    BatchStart,
    Deviation,
    MaterialUsed,
    Measurement,
    NamedValue,
    ProcessData,
    Record,
    TestResult,
)
from partner_feeds.reporting import batch_records
from partner_feeds.reporting.codes import Resolver, Unresolved, is_of_a_product, must_be_plain
from partner_feeds.reporting.sets import Result
from runtime.outbox import LARGEST_PAYLOAD


def fact_of(record: Record, resolver: Resolver) -> Reported | Result:
    """The fact of a record, or its part in a set of results. Raises Unresolved."""
    must_be_plain("", record.record_id)
    fact = _MAKERS[type(record)](record, resolver)
    resolver.must_be_granted(type(record).__name__, _reported_for(fact, resolver.scope.feed.partner_id))
    # Only a laboratory's results are many, and each is always small.
    if not isinstance(fact, Result) and len(fact.model_dump_json().encode()) > LARGEST_PAYLOAD:
        raise Unresolved("", record.record_id, f"larger than {LARGEST_PAYLOAD} bytes as one record: divide it")
    return fact


def _reported_for(fact: Reported | Result, sender: UUID) -> UUID:
    """The partner in whose name it is reported: the laboratory that tested, the lot's maker, the deviation's site's."""
    if isinstance(fact, Result):
        return fact.laboratory.partner_id
    if isinstance(fact, DeviationReported):
        return fact.partner_id
    if isinstance(fact, MaterialUseReported):
        return fact.lot.partner_id if fact.lot else sender
    assert isinstance(fact, (*OF_ONE_BATCH, LotReported))  # noqa: S101  (all there are)
    return fact.lot.partner_id


def _batch_start(record: BatchStart, resolver: Resolver) -> BatchStartReported:
    lot = resolver.lot(record.lot, of_a_product=True)
    return BatchStartReported(
        occurred_at=record.occurred_at,
        lot=lot,
        planned_quantity=_quantity("planned_quantity", record.planned_quantity),
        inputs=tuple(_used_lot(each) for each in record.inputs),
        **resolver.common(record, lot.partner_id),
    )


def _batch_completion(record: BatchCompletion, resolver: Resolver) -> BatchCompletionReported:
    lot = resolver.lot(record.lot, of_a_product=True)
    return BatchCompletionReported(
        occurred_at=record.occurred_at,
        lot=lot,
        completed_at=record.completed_at,
        actual_quantity=_quantity("actual_quantity", record.actual_quantity),
        yield_percent=_yield(record.yield_percent),
        stage_yields=_process_values(record.stage_yields),
        **resolver.common(record, lot.partner_id),
    )


def _process_data(record: ProcessData, resolver: Resolver) -> ProcessDataReported:
    lot = resolver.lot(record.lot, of_a_product=True)
    return ProcessDataReported(
        occurred_at=record.occurred_at or resolver.scope.received_on,
        undated=record.occurred_at is None,
        lot=lot,
        step=record.step,
        values=_process_values(record.values),
        **resolver.common(record, lot.partner_id),
    )


def _test_result(record: TestResult, resolver: Resolver) -> Result:
    lot = resolver.lot(record.lot, of_a_product=is_of_a_product(record))
    laboratory = resolver.site(record.laboratory, "laboratory")
    limits, pull = record.laboratory_limits, record.stability
    reported = ReportedResult(
        id=record.record_id,
        revision=record.revision,
        test=record.test,
        role=record.role,
        value=record.value,
        text=record.text,
        qualifier=record.qualified,
        below_quantitation=record.is_below_quantitation,
        unit=record.unit,
        determinations=record.determinations or None,
        voided=record.voided,
        laboratory_limits=LaboratoryLimits(lower=limits.lower, upper=limits.upper) if limits else None,
        stability=StabilityPoint(months=pull.months, condition=pull.condition) if pull else None,
        provenance=_provenance(record.provenance),
    )
    parties = resolver.parties(lot.partner_id, laboratory.partner_id)
    return Result(lot, laboratory, record.stage, record.occurred_at, parties, reported)


def _provenance(given: Measurement | None) -> Provenance | None:
    """How a result came about; None of one of which nothing is said."""
    said = asdict(given) if given else {}
    return Provenance(**said) if any(said.values()) else None


def _deviation(record: Deviation, resolver: Resolver) -> DeviationReported:
    site = resolver.site(record.site)
    lots = tuple(resolver.lot(code, of_a_product=False) for code in record.lots)
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
        **resolver.common(record, site.partner_id, *(lot.partner_id for lot in lots)),
    )


_MAKERS: dict[type[Record], Callable[[Any, Resolver], Reported | Result]] = {
    BatchStart: _batch_start,
    BatchCompletion: _batch_completion,
    ProcessData: _process_data,
    TestResult: _test_result,
    Deviation: _deviation,
    BatchRecord: batch_records.batch_record,
    MaterialUse: batch_records.material_use,
    ProcessExcursion: batch_records.process_excursion,
    LotStatus: batch_records.lot_status,
}
OF_ONE_BATCH = (
    *(BatchStartReported, BatchCompletionReported, ProcessDataReported),
    *(BatchRecordReported, ProcessExcursionReported),
)
"""Facts about one batch, which no later revision can make facts about another."""


def _quantity(part: str, amount: Amount | None) -> Quantity | None:
    """A batch's size, in whatever unit. Raises Unresolved for one that no batch has."""
    if amount is None:
        return None
    if amount.value <= 0:
        reason = "a batch's quantity is more than 0; leave it blank where it is unknown"
        raise Unresolved(part, str(amount.value), reason)
    return Quantity(value=amount.value, unit=amount.unit)


def _yield(percent: Decimal | None) -> Decimal | None:
    """A batch's yield. Raises Unresolved for less than nothing."""
    if percent is not None and percent < 0:
        raise Unresolved("yield_percent", str(percent), "a yield is 0 % or more; leave it blank where it is unknown")
    return percent


def _process_values(values: tuple[NamedValue, ...]) -> tuple[ProcessValue, ...]:
    """Named values, each a number or a text."""
    return tuple(
        ProcessValue(name=each.name, value=each.value, unit=each.unit)
        if isinstance(each.value, Decimal)
        else ProcessValue(name=each.name, text=each.value, unit=each.unit)
        for each in values
    )


def _used_lot(used: MaterialUsed) -> MaterialLot:
    """A lot that went in. Raises Unresolved for one that looks like another."""
    must_be_plain("", used.material)
    must_be_plain("", used.number)
    return MaterialLot(material=used.material, number=used.number)
