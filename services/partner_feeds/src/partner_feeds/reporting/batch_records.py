"""What a batch record tells as facts."""

from contracts import Quantity
from contracts.batch_records import BatchRecordReported, LotReported, MaterialUseReported, ProcessExcursionReported
from partner_feeds.records.batch_records import BatchRecord, LotStatus, MaterialUse, ProcessExcursion
from partner_feeds.records.model import Amount
from partner_feeds.reporting.codes import Resolver, Unresolved, must_be_plain


def batch_record(record: BatchRecord, resolver: Resolver) -> BatchRecordReported:
    """A version of a batch's record. Raises Unresolved."""
    lot = resolver.lot(record.lot, of_a_product=True)
    return BatchRecordReported(
        occurred_at=record.occurred_at,
        lot=lot,
        record_id=record.record_id,
        version=record.version,
        status=record.status,
        complete=record.complete,
        digest=record.digest,
        counts=record.counts,
        **resolver.common(record, lot.partner_id),
    )


def material_use(record: MaterialUse, resolver: Resolver) -> MaterialUseReported:
    """A lot that went into a batch, or came out of it. Raises Unresolved."""
    lot = resolver.lot(record.lot, of_a_product=True) if record.lot else None
    must_be_plain("material", record.material)
    must_be_plain("number", record.number)
    return MaterialUseReported(
        occurred_at=record.occurred_at,
        lot=lot,
        material=record.material,
        number=record.number,
        sublot=record.sublot,
        use=record.use,
        quantity=_quantity(record.quantity),
        step=record.step,
        **resolver.common(record, *([lot.partner_id] if lot else [])),
    )


def process_excursion(record: ProcessExcursion, resolver: Resolver) -> ProcessExcursionReported:
    """An exception or an alarm at a limit. Raises Unresolved."""
    lot = resolver.lot(record.lot, of_a_product=True)
    return ProcessExcursionReported(
        occurred_at=record.occurred_at,
        lot=lot,
        event_id=record.event_id,
        step=record.step,
        kind=record.kind,
        text=record.text,
        value=record.value,
        limit=record.limit,
        unit=record.unit,
        risk=record.risk,
        status=record.status,
        **resolver.common(record, lot.partner_id),
    )


def lot_status(record: LotStatus, resolver: Resolver) -> LotReported:
    """The status of a lot, of a product or of a material that nobody registers. Raises Unresolved."""
    lot = resolver.lot(record.lot, of_a_product=False)
    return LotReported(
        occurred_at=record.occurred_at,
        lot=lot,
        status=record.status,
        expiry=record.expiry,
        quantity=_quantity(record.quantity),
        **resolver.common(record, lot.partner_id),
    )


def _quantity(amount: Amount | None) -> Quantity | None:
    """An amount of material. Raises Unresolved for less than nothing."""
    if amount is not None and amount.value < 0:
        raise Unresolved("quantity", str(amount.value), "a quantity of material is 0 or more")
    return Quantity(value=amount.value, unit=amount.unit) if amount else None
