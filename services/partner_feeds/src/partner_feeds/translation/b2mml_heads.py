"""What a batch record says of its batch as a whole."""

from collections.abc import Iterator
from typing import Any

from contracts.batch_records import RecordCounts
from partner_feeds.records.batch_records import BatchRecord
from partner_feeds.records.model import BatchCompletion, BatchStart
from partner_feeds.translation.b2mml_materials import Around, Make
from partner_feeds.translation.b2mml_outline import Outline
from partner_feeds.translation.b2mml_reading import Fault, Reading, together
from partner_feeds.translation.b2mml_words import RECORD, revision_at

_CHANGED = ("LastChangedDate", "PublishedDate", "TimeStamp", "CreationDate")


def is_complete(outline: Outline, reading: Reading) -> bool:
    """Whether the record says, in a word of the mapping, that it lacks nothing."""
    return outline.state in reading.mapping.complete


def around_of(outline: Outline, made_at: str, reading: Reading) -> Around:
    """What the record's entries are to know of it; ``made_at`` is when the message was made. Raises Fault."""
    made_at = made_at or outline.first(*_CHANGED)
    named = _batch(outline, reading)
    known = together(
        lambda: _told_apart(outline),
        lambda: {"revision": _revision(outline, reading)},
        lambda: {"made_at": reading.moment("CreationDateTime", made_at) if made_at else ""},
    )
    return Around(lot={"material": named[0], "number": named[1]} if named else None, **known)


def _told_apart(outline: Outline) -> dict[str, str]:
    """By what a record is told from others."""
    faults, id_ = list[Fault](), outline.first("ID")
    if not id_:
        faults.append(Fault("ID", "", "is missing: a record is told from others by its ID"))
    if outline.name == RECORD and outline.lot is None:
        reason = "which batch is it? LotID or BatchID is wanted, and MaterialDefinitionID or ProductID"
        faults.append(Fault("", "", reason))
    for name in ("LotID", "BatchID", "MaterialDefinitionID"):
        if len(several := {text for text in outline.own.get(name, ()) if text}) > 1:
            faults.append(Fault(name, ", ".join(sorted(several)), "names several; a record is of one batch"))
    if faults:
        raise Fault.of(faults)
    return {"record_id": id_}


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


def heads(outline: Outline, around: Around, reading: Reading) -> Iterator[Make]:
    """What is said of the batch as a whole: that it began, its record, and that it is made."""
    if around.lot is None:
        return
    of_all = {"record_id": around.record_id, "revision": around.revision, "lot": around.lot}
    if outline.started:
        yield lambda: (BatchStart, of_all | {"occurred_at": outline.started})
    if outline.name == RECORD:
        yield lambda: (BatchRecord, of_all | _record(outline, reading))
    if is_complete(outline, reading) and outline.last:
        times = {"occurred_at": outline.last, "completed_at": outline.last}
        yield lambda: (BatchCompletion, of_all | times | {"actual_quantity": _produced(outline, reading)})


def _record(outline: Outline, reading: Reading) -> dict[str, Any]:
    changed = outline.first(*_CHANGED)
    return {
        "occurred_at": reading.moment("LastChangedDate", changed),
        "version": outline.first("Version") or None,
        "status": outline.state or None,
        "complete": is_complete(outline, reading),
        "digest": outline.digest,
        "counts": RecordCounts(**outline.counted),
    }


def _produced(outline: Outline, reading: Reading) -> dict[str, Any] | None:
    """What came out of the batch itself, where it is all in one unit."""
    amounts = (
        {} if outline.unclear or outline.unnamed else outline.produced.get(_batch(outline, reading) or ("", ""), {})
    )
    return next({"value": value, "unit": unit} for unit, value in amounts.items()) if len(amounts) == 1 else None
