"""Batch records, performances and lots in B2MML or BatchML into records of ours. A row is the place of an element.

A record is answered first, then its entries; nothing of one is taken whose record cannot be told apart.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from partner_feeds.language.batch_records import BatchRecordMapping
from partner_feeds.readers.xml_text import Broken, Closed, Element, Opened, TooLarge, pieces
from partner_feeds.records.answers import Accepted, Answer, Cell, Notice, Refused, RowError, refused
from partner_feeds.records.model import Record
from partner_feeds.translation import beside
from partner_feeds.translation.b2mml_entries import contents
from partner_feeds.translation.b2mml_heads import around_of, heads, is_complete
from partner_feeds.translation.b2mml_materials import Around, Content, lot_status
from partner_feeds.translation.b2mml_outline import Outline, outlines
from partner_feeds.translation.b2mml_words import ENDS, RECORD, RECORDS, REFUSED_VERBS, STEPS, Fault, Reading, plan
from partner_feeds.translation.validation import Place, record_of
from partner_feeds.values.moments import Horizon


def translate_records(
    mapping: BatchRecordMapping,
    source: Iterable[bytes],
    *,
    now: datetime,
    time_zone: tzinfo | None = None,
    show: int = 0,
) -> Iterator[Answer]:
    """Answers for a document's entries, in order. ``source`` is read twice at once; memory does not grow with it.

    ``time_zone`` is that of the feed's site: times without an offset are read in it, unless the mapping names one.
    Nothing in the bytes raises. The first ``show`` entries that are taken are given with their texts.
    """
    reading = Reading(mapping, ZoneInfo(mapping.time_zone) if mapping.time_zone else time_zone)
    ahead = outlines(pieces(source, plan(RECORD)), reading)
    return _Walk(reading, ahead, Horizon(now), show).answers(source)


@dataclass(slots=True)
class _Walk:
    """Where in the document the second reader is."""

    reading: Reading
    ahead: Iterator[Outline | Broken]
    horizon: Horizon
    show: int
    """How many more entries are given with their texts."""
    row: int = 0
    """The place among the pieces of the document."""
    any: bool = False
    """Whether it holds anything of which we know what it says."""
    stack: list[str] = field(default_factory=list)
    made_at: str = ""
    information_id: str = ""
    around: Around | None = None
    """Of the record that is open, if its entries are taken."""
    steps: list[tuple[str, str, str]] = field(default_factory=list)
    """The open steps: their names, ids and ends."""

    def answers(self, source: Iterable[bytes]) -> Iterator[Answer]:
        for piece in pieces(source, plan()):
            # Counted whatever the mapping says of it: in a replay by another one each row is what it was.
            self.row += not isinstance(piece, Closed)
            match piece:
                case Broken(reason):
                    yield refused(self.row, "", "", reason)
                    return
                case Opened(name):
                    if reason := _why_not(name) if not self.stack else "":
                        yield refused(1, name, "", reason)
                        return
                    if name in RECORDS and not RECORDS & set(self.stack):
                        outline, self.any = next(self.ahead), True
                        if isinstance(outline, Broken):
                            yield refused(self.row, name, "", outline.reason)
                            return
                        yield from self._begin(outline)
                    self._open(name)
                case Closed(name, _):
                    self._close(name)
                case TooLarge(name):
                    yield refused(self.row, name, "", "too large for one element: divide it")
                case Element():
                    if _deletes(piece):
                        yield refused(self.row, piece.name, "Delete", "deletes, which is not taken: send a version")
                        return
                    yield from self._element(piece)
        if not self.any:
            yield Notice(1, "kept; it holds no batch record, no performance and no lot, and no fact follows from it")

    def _open(self, name: str) -> None:
        self.stack.append(name)
        if name in STEPS and self.around:
            self.steps.append((name, "", ""))
            self._step()

    def _close(self, name: str) -> None:
        self.stack.pop()
        if name in STEPS and self.steps:
            self.steps.pop()
            self._step()
        if not RECORDS & set(self.stack):
            self.around, self.steps = None, []

    def _step(self) -> None:
        if self.around:
            _, self.around.step, self.around.step_ended = self.steps[-1] if self.steps else ("", "", "")

    def _element(self, element: Element) -> Iterator[Answer]:
        name, around = element.name, self.stack[-1]
        if name == "ApplicationArea":
            self.made_at = element.text_at("CreationDateTime") or self.made_at
        elif name == "PublishedDate" and self.around is None:
            self.made_at = self.made_at or element.text
        elif name == "ID" and around == "MaterialInformation":
            self.information_id = element.text
        elif name == "MaterialLot":
            self.any = True
            yield from self._taken(element, lambda: [self._lot(element)])
        elif around in STEPS and self.steps:
            self._of_step(element)
        if self.around is not None:
            taken = self.around
            yield from self._taken(element, lambda: list(contents(element, taken, self.reading)))

    def _of_step(self, element: Element) -> None:
        name, id_, ended = self.steps[-1]
        if element.name in ("ID", "ProcessSegmentID") and not id_:
            id_ = element.text
        elif element.name == "InstanceCount" and element.text not in ("", "1") and not id_.endswith("]"):
            id_ = f"{id_}[{element.text}]"
        elif element.name in ENDS and element.text:
            ended = self.reading.moment(element.name, element.text)
        self.steps[-1] = name, id_, ended
        self._step()

    def _lot(self, element: Element) -> Content:
        made_at = self.reading.moment("CreationDateTime", self.made_at)
        return lot_status(element, self.information_id, made_at, self.reading)

    def _taken(self, element: Element, made: Any) -> Iterator[Answer]:
        """The answer about an entry, if anything becomes of it or is wrong with it."""
        where = "/".join([*self.stack[-2:], _named(element)])
        try:
            found = made()
        except Fault as fault:
            yield refused(self.row, f"{where}/{fault.path}".rstrip("/"), fault.value, fault.reason)
            return
        if found:
            yield self._shown(self._answer(found, where), lambda: beside.of_element(element, where))

    def _shown(self, answer: Accepted | Refused, cells: Callable[[], tuple[Cell, ...]]) -> Accepted | Refused:
        if not self.show or not isinstance(answer, Accepted):
            return answer
        self.show -= 1
        return replace(answer, cells=cells())

    def _answer(self, found: list[Content], where: str) -> Accepted | Refused:
        records: list[Record] = []
        errors: list[RowError] = []
        for record, content in found:
            made = record_of(record, content, self.horizon, Place(self.row, where))
            if isinstance(made, Record):
                records.append(made)
            else:
                errors += made
        return Refused(self.row, tuple(errors)) if errors else Accepted(self.row, tuple(records))

    def _begin(self, outline: Outline) -> Iterator[Answer]:
        """The answer about a record, and what its entries are to know of it."""
        self.around = None
        faults, said = list(outline.faults), list[Content]()
        try:
            self.around = around = around_of(outline, self.made_at, self.reading)
            said = list(heads(outline, around, self.reading))
        except Fault as fault:
            faults.append(fault)
        if faults:
            self.around = None
            errors = [RowError.of(self.row, f"{outline.name}/{each.path}", each.value, each.reason) for each in faults]
            yield Refused(self.row, tuple(errors))
            return
        if not said:
            return
        answer = self._answer(said, outline.name)
        if isinstance(answer, Refused):
            self.around = None
        elif is_complete(outline, self.reading) and not outline.last:
            yield Notice(self.row, "the record is complete and names no end: no completion is reported")
        yield self._shown(answer, lambda: beside.of_fields(outline.own, outline.name))


def _why_not(root: str) -> str:
    """Why a document of this root is refused whole."""
    verb = next((verb for verb in REFUSED_VERBS if root.startswith(verb)), "")
    return f"a {verb} message {REFUSED_VERBS[verb]}: it holds nothing to take" if verb else ""


def _deletes(element: Element) -> bool:
    """Whether a wrapper's verb says that the data is to be deleted."""
    codes = [each for criteria in element.all("ActionCriteria") for each in criteria.all("ActionExpression")]
    return any(each.attributes.get("actionCode", "").lower().startswith("delete") for each in codes)


def _named(element: Element) -> str:
    entry = element.text_at("EntryID") or element.text_at("ID")
    return f"{element.name}[{entry}]" if entry else element.name
