"""The first reader of a document, which makes the outline of each of its records.

The lot may stand behind the events, and whether the record is complete behind all of it. So a document is read twice at
once: a first reader is ahead by one record, and memory stays flat.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from partner_feeds.readers.xml_text import Broken, Closed, Element, Opened, Piece, TooLarge
from partner_feeds.translation.b2mml.materials import one_lot, one_quantity
from partner_feeds.translation.b2mml.outline import Outline
from partner_feeds.translation.b2mml.reading import Fault, Reading
from partner_feeds.translation.b2mml.words import (
    ENDS,
    MATERIALS,
    PARAMETERS,
    RECIPES,
    RECORD,
    RECORDS,
    RESULTS,
    STARTS,
    STEPS,
    USE_OF_EVENT,
    kinds_of,
    order_of,
    states_of,
    use_of,
    word_of,
    written,
)

_COUNTED = {
    "Event": "events",
    "DataSet": "data_sets",
    "Comment": "comments",
    "Change": "changes",
    "PersonnelIdentificationManifest": "signatures",
} | dict.fromkeys(PARAMETERS, "values")


def outlines(pieces: Iterable[Piece], reading: Reading) -> Iterator[Outline | Broken]:
    """The outlines of a document's records, in order. One that is cut off gives Broken in its place."""
    stack: list[str] = []
    outline: Outline | None = None
    for piece in pieces:
        match piece:
            case Broken():
                yield piece
                return
            case Opened(name):
                stack.append(name)
                if outline is None and name in RECORDS:
                    outline = Outline(name)
                elif outline is not None and name == RECORD:
                    outline.refuse(Fault(name, "", "a record within a record: send each by itself"))
                if outline is not None and name in STEPS:
                    outline.steps.open()
            case Closed(name, digest):
                stack.pop()
                if outline is not None and name in STEPS:
                    outline.steps.close()
                if outline is not None and not RECORDS & set(stack):
                    outline.digest = digest
                    yield outline
                    outline = None
            case TooLarge(name):
                if outline is not None:
                    outline.refuse(Fault(name, "", "too large for one element: divide it"))
            case Element() if outline is not None:
                try:
                    _note(outline, piece, stack, reading)
                except Fault as fault:
                    outline.refuse(fault)


def _note(outline: Outline, element: Element, stack: list[str], reading: Reading) -> None:
    name, around = element.name, stack[-1]
    _count(outline, element, around)
    outline.steps.note(element, around)
    if around == outline.name and not set(stack[:-1]) & RECORDS:
        outline.own.setdefault(name, []).append(element.text)
    elif around in RECIPES and name == "BatchID":
        outline.own.setdefault("BatchID of the recipe", []).append(element.text)
    elif around in RECIPES and name == "Header":
        outline.own.setdefault("ProductID", []).append(element.text_at("ProductID"))
    if around in RECORDS | STEPS | RECIPES and name in STARTS | ENDS and element.text:
        _spans(outline, name in STARTS, reading.moment(name, element.text))
    elif name == "Event":
        _happened(outline, element, reading)
    elif name in MATERIALS and use_of(element) == "produced":
        _produced(outline, element, reading)


def _count(outline: Outline, element: Element, around: str) -> None:
    counted, name = outline.counted, element.name
    if name in _COUNTED:
        counted[_COUNTED[name]] += 1
    if name == "Event":
        kinds = kinds_of(element)
        counted["exceptions"] += "exception" in kinds
        counted["alarms"] += "alarm" in kinds
        counted["materials"] += word_of(element, "EventSubType").lower() in USE_OF_EVENT
    elif name in MATERIALS:
        counted["materials"] += use_of(element) is not None
    elif name == "Sample":
        counted["results"] += sum(len(test.all(*RESULTS)) for test in element.all("SampleTest"))
    elif around == "RecipeElement" and name == "RecipeElementType":
        counted["phases"] += element.text.lower() == "phase"


def _spans(outline: Outline, is_start: bool, moment: str) -> None:
    if is_start and (outline.started is None or order_of(moment) < order_of(outline.started)):
        outline.started = moment
    if not is_start and (outline.ended is None or order_of(moment) > order_of(outline.ended)):
        outline.ended = moment


def _happened(outline: Outline, event: Element, reading: Reading) -> None:
    states, at = states_of(event), event.text_at("TimeStamp")
    if at and states & {"running", "complete", "completed"}:
        moment = reading.moment("Event/TimeStamp", at)
        if "running" in states:
            _spans(outline, True, moment)
        if states & {"complete", "completed"}:
            _spans(outline, False, moment)
    if at and word_of(event, "EventSubType").lower() == "produce":
        moment = reading.moment("Event/TimeStamp", at)
        if outline.produced_at is None or order_of(moment) > order_of(outline.produced_at):
            outline.produced_at = moment
        if not outline.is_again(event.text_at("EntryID"), (at, *map(_as_said, event.all("Value")))):
            _produced(outline, event, reading)


def _as_said(value: Element) -> tuple[str, str, str]:
    return value.text_at("Key"), written(value), value.text_at("UnitOfMeasure")


def _produced(outline: Outline, element: Element, reading: Reading) -> None:
    for named, quantity in _products(element, reading):
        try:
            lot = named()
        except Fault:
            outline.unnamed = True
            continue
        try:
            outline.produce(lot, quantity())
        except Fault:
            outline.unclear = True
            outline.produce(lot, None)


def _products(
    element: Element, reading: Reading
) -> Iterator[tuple[Callable[[], tuple[str, str]], Callable[[], dict[str, Any] | None]]]:
    """Each lot that an entry produced, and its quantity. Both raise Fault where the entry will be refused."""
    if element.name != "Event":
        material = reading.material(element.text_at("MaterialDefinitionID"))
        yield lambda: (material, one_lot(element)), lambda: one_quantity(element, reading)
        return
    for value in element.all("Value"):
        yield partial(_named, value.text_at("Key"), reading), partial(reading.quantity, "Value", value)


def _named(key: str, reading: Reading) -> tuple[str, str]:
    found = reading.lot(key)
    return found["material"], found["number"]
