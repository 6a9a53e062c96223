"""What a batch record says of its batch as a whole."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from contracts.batch_records import RecordCounts
from partner_feeds.records.batch_records import BatchRecord
from partner_feeds.records.model import BatchCompletion, BatchStart
from partner_feeds.translation.b2mml_materials import Around, Content
from partner_feeds.translation.b2mml_outline import Outline
from partner_feeds.translation.b2mml_words import RECORD, Fault, Reading, revision_at

_CHANGED = ("LastChangedDate", "PublishedDate", "TimeStamp", "CreationDate")


def is_complete(outline: Outline, reading: Reading) -> bool:
    """Whether the record says, in a word of the mapping, that it lacks nothing."""
    return outline.state in reading.mapping.complete


def around_of(outline: Outline, made_at: str, reading: Reading) -> Around:
    """What the record's entries are to know of it; ``made_at`` is when the message was made. Raises Fault."""
    id_, lot = outline.first("ID"), outline.lot
    if not id_:
        raise Fault("ID", "", "is missing: a record is told from others by its ID")
    if outline.name == RECORD and lot is None:
        raise Fault("", "", "which batch is it? LotID or BatchID is wanted, and MaterialDefinitionID or ProductID")
    for name in ("LotID", "BatchID", "MaterialDefinitionID"):
        if len(several := {text for text in outline.own.get(name, ()) if text}) > 1:
            raise Fault(name, ", ".join(sorted(several)), "names several; a record is of one batch")
    made_at = made_at or outline.first(*_CHANGED)
    moment = reading.moment("CreationDateTime", made_at) if made_at else ""
    named = _batch(outline, reading)
    return Around(
        id_, _revision(outline, reading), {"material": named[0], "number": named[1]} if named else None, moment
    )


def _batch(outline: Outline, reading: Reading) -> tuple[str, str] | None:
    """Material, as it is known here, and number."""
    return (reading.material(outline.lot[0]), outline.lot[1]) if outline.lot else None


def _revision(outline: Outline, reading: Reading) -> int:
    """The version where it is counted, else the instant of the last change."""
    version, changed = outline.first("Version"), outline.first("LastChangedDate")
    if version:
        number = reading.number("Version", version)
        if number != number.to_integral_value() or not 1 <= number < 2**31:
            raise Fault("Version", version, "a version is a whole number from 1 on")
        return int(number)
    return revision_at(reading.moment("LastChangedDate", changed)) if changed else 1


def heads(outline: Outline, around: Around, reading: Reading) -> Iterator[Content]:
    """What is said of the batch as a whole: that it began, its record, and that it is made. Raises Fault."""
    if around.lot is None:
        return
    of_all = {"record_id": around.record_id, "revision": around.revision, "lot": around.lot}
    complete = is_complete(outline, reading)
    if outline.started:
        yield BatchStart, of_all | {"occurred_at": outline.started}
    if outline.name == RECORD:
        changed = outline.first(*_CHANGED)
        yield (
            BatchRecord,
            of_all
            | {"occurred_at": reading.moment("LastChangedDate", changed), "version": outline.first("Version") or None}
            | {"status": outline.state or None, "complete": complete, "digest": outline.digest}
            | {"counts": RecordCounts(**outline.counted)},
        )
    if complete and outline.last:
        times = {"occurred_at": outline.last, "completed_at": outline.last}
        yield BatchCompletion, of_all | times | {"actual_quantity": _produced(outline, reading)}


def _produced(outline: Outline, reading: Reading) -> dict[str, Any] | None:
    """What came out of the batch itself, where it is all in one unit."""
    amounts = [] if outline.unclear else outline.produced.get(_batch(outline, reading) or ("", ""), [])
    units = {unit for _, unit in amounts}
    return {"value": sum((value for value, _ in amounts), Decimal(0)), "unit": units.pop()} if len(units) == 1 else None
