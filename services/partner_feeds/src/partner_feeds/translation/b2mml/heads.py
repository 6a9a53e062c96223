"""What a batch record says of its batch as a whole."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from contracts.batch_records import RecordCounts
from partner_feeds.records.batch_records import BatchRecord
from partner_feeds.records.model import BatchCompletion, BatchStart
from partner_feeds.translation.b2mml.materials import Around, Make
from partner_feeds.translation.b2mml.outline import MOST_ENTRIES, Outline
from partner_feeds.translation.b2mml.reading import Fault, Reading, together
from partner_feeds.translation.b2mml.words import RECORD, order_of, revision_at
from partner_feeds.values.texts import some_of

_CHANGED = ("LastChangedDate", "PublishedDate", "TimeStamp", "CreationDate")
_DAY, _FARTHEST_EAST, _FARTHEST_WEST = 24 * 3600, 14 * 3600, 12 * 3600
"""Seconds; a day begins and ends somewhere on earth so long before and behind midnight in UTC."""

_MOST_BATCHES = 10_000
"""Of one document are remembered. Of later ones the feed finds out, by what it knows under the record's ID."""


def is_complete(outline: Outline, reading: Reading) -> bool:
    """Whether the record says, in a word of the mapping, that it lacks nothing. COMPLETE is the word Complete."""
    return outline.state.casefold() in {word.casefold() for word in reading.mapping.complete}


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


class Batches:
    """The batches of a document's records, by the records' IDs."""

    def __init__(self) -> None:
        self._lots: dict[str, dict[str, str] | None] = {}

    def note(self, around: Around) -> None:
        """Raises Fault for the ID of another batch's record: what is said of one would be taken for the other's."""
        id_ = around.record_id
        of_this_id = self._lots.get(id_, around.lot)
        if of_this_id != around.lot:
            other = of_this_id["number"] if of_this_id else "no batch"
            raise Fault("ID", id_, f"is the ID of a record of {other} in this document too: give each its own")
        if len(self._lots) < _MOST_BATCHES:
            self._lots[id_] = around.lot


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


def told_of(outline: Outline, reading: Reading) -> Iterator[str]:
    """Why no completion is reported, where its reader could expect one, and of a record of lots that are no batch."""
    complete = is_complete(outline, reading)
    lot, batch = outline.first("LotID"), outline.first("BatchID")
    if lot and batch and lot != batch:
        yield f"the batch's number is {lot}, its LotID; the BatchID {batch} is another, and is in no record"
    if outline.lot is None:
        if len(outline.produced) > 1 or complete:
            yield _of_no_batch(outline)
    elif outline.state and not complete:
        yield (
            f"its state is {outline.state}, which is none of {', '.join(reading.mapping.complete)}: no completion is "
            "reported; a word that says that the record lacks nothing belongs under complete in the mapping"
        )
    elif complete and not outline.last:
        yield "the record is complete and names no end: no completion is reported"
    elif complete:
        yield from _of_no_quantity(outline, reading)


def _of_no_quantity(outline: Outline, reading: Reading) -> Iterator[str]:
    """Why the completion says no quantity, where something was produced and each entry can be read."""
    amounts = _amounts(outline, reading)
    if outline.said_otherwise:
        yield (
            f"the event {outline.said_otherwise} stands twice, and did not produce the same: the completion says no "
            "quantity; give each event its own EntryID"
        )
    elif len(outline.entries) == MOST_ENTRIES:
        yield f"it has more than {MOST_ENTRIES} events that produced something: the completion says no quantity"
    elif len(amounts) > 1:
        units = " and in ".join(amounts)
        yield f"the batch was produced in {units}: the completion says no quantity; the amounts are those of the events"


def _of_no_batch(outline: Outline) -> str:
    produced = [f"{material} {number}" for material, number in outline.produced]
    found = (
        f"it produced {len(produced)} lots ({some_of(produced)})" if produced else "it names no lot that it produced"
    )
    return (
        f"the record is of no batch, as {found}: no start and no completion is reported, and what was used is of no "
        f"batch; send a {outline.name} for each lot, or give LotID or BatchID, and MaterialDefinitionID"
    )


def why_no_span(outline: Outline) -> Fault | None:
    """What is wrong with the record's times, if it ends before it begins."""
    start, end = outline.started, outline.last
    if not start or not end or not _lies_before(end, start):
        return None
    return Fault("", end, f"ends at {end}, before it begins at {start}: write the times at which it did")


def _lies_before(one: str, other: str) -> bool:
    """Whether a moment cannot but lie before another. A day without a zone is that of any place on earth."""
    if "T" not in one and "T" not in other:
        return one < other
    return _bounds(one)[1] < _bounds(other)[0]


def _bounds(moment: str) -> tuple[float, float]:
    """The first and last instant that may be meant, in seconds."""
    at = order_of(moment)
    return (at, at) if "T" in moment else (at - _FARTHEST_EAST, at + _DAY + _FARTHEST_WEST)


def _record(outline: Outline, reading: Reading) -> dict[str, Any]:
    # A version counts the record even where nobody says when it was changed.
    changed = outline.first(*_CHANGED) or outline.last or outline.started or ""
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
    amounts = {} if outline.unclear or outline.said_otherwise or outline.unnamed else _amounts(outline, reading)
    return next({"value": value, "unit": unit} for unit, value in amounts.items()) if len(amounts) == 1 else None


def _amounts(outline: Outline, reading: Reading) -> dict[str, Decimal]:
    return outline.produced.get(_batch(outline, reading) or ("", ""), {})
