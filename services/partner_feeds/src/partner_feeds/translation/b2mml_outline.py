"""The outline of a batch record: what is known only at its end, and needed at its beginning.

The lot may stand behind the events, and whether the record is complete behind all of it. So a document is read twice at
once: a first reader is ahead by one record, and memory stays flat.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from partner_feeds.readers.xml_text import Broken, Closed, Element, Opened, Piece, TooLarge
from partner_feeds.translation.b2mml_words import (
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
    Fault,
    Reading,
    kinds_of,
    order_of,
    states_of,
    use_of,
    word_of,
)

_COUNTED = {
    "Event": "events",
    "DataSet": "data_sets",
    "Comment": "comments",
    "Change": "changes",
    "PersonnelIdentificationManifest": "signatures",
} | dict.fromkeys(PARAMETERS, "values")
_SEVERAL = 50
"""Lots that are told apart as produced, and faults that are told: a record that produces more is of no one batch."""


@dataclass(slots=True)
class Outline:
    """A record as a whole."""

    name: str
    """Of its element."""
    own: dict[str, list[str]] = field(default_factory=dict)
    """Texts of its own fields, by name."""
    counted: Counter[str] = field(default_factory=Counter)
    """By the names of RecordCounts."""
    started: str | None = None
    ended: str | None = None
    produced_at: str | None = None
    produced: dict[tuple[str, str], list[tuple[Decimal, str]]] = field(default_factory=dict)
    """Quantities by material, as it is known here, and lot."""
    unclear: bool = False
    """What was produced cannot all be read: its entry is refused, and no quantity is the batch's."""
    digest: str = ""
    faults: list[Fault] = field(default_factory=list)

    def refuse(self, fault: Fault) -> None:
        """Note what is wrong, as far as it will be shown."""
        if len(self.faults) < _SEVERAL:
            self.faults.append(fault)

    def first(self, *names: str) -> str:
        """The first of its fields that is filled, in this order."""
        return next((text for name in names for text in self.own.get(name, ()) if text), "")

    @property
    def last(self) -> str | None:
        """When it ended, or at last produced something."""
        return self.ended or self.produced_at

    @property
    def state(self) -> str:
        """Its own word for how far it is."""
        return self.first("RecordStatus", "ResponseState")

    @property
    def lot(self) -> tuple[str, str] | None:
        """Material and number of the batch, as the maker writes them; None where that is not said, or not of one."""
        material = self.first("MaterialDefinitionID", "ProductID")
        number = self.first("LotID", "BatchID", "BatchID of the recipe")
        if material and number:
            return material, number
        return next(iter(self.produced)) if len(self.produced) == 1 and self.name != RECORD else None


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
            case Closed(name, digest):
                stack.pop()
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
        _produced(outline, event, reading)


def _produced(outline: Outline, element: Element, reading: Reading) -> None:
    try:
        for lot, amount in _products(element, reading):
            if all(lot) and (lot in outline.produced or len(outline.produced) < _SEVERAL):
                outline.produced.setdefault(lot, []).extend((each["value"], each["unit"]) for each in amount)
    except Fault:
        outline.unclear = True


def _products(element: Element, reading: Reading) -> Iterator[tuple[tuple[str, str], list[dict[str, Any]]]]:
    """Each lot that an entry produced, with its quantities. Raises Fault."""
    if element.name != "Event":
        lot = reading.material(element.text_at("MaterialDefinitionID")), element.text_at("MaterialLotID")
        yield lot, [reading.amount("Quantity", each) for each in element.all("Quantity")]
        return
    for value in element.all("Value"):
        named = reading.lot(value.text_at("Key"))
        yield (named["material"], named["number"]), [reading.amount("Value", value)]
