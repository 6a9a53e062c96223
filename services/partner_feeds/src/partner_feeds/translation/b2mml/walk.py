"""Batch records, performances and lots in B2MML or BatchML into records of ours. A row is the place of an element.

A record is answered first, then its entries; nothing of one is taken whose record cannot be told apart.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from functools import partial
from zoneinfo import ZoneInfo

from partner_feeds.language.batch_records import BatchRecordMapping
from partner_feeds.readers.xml_text import Broken, Closed, Element, Opened, Piece, TooLarge, pieces
from partner_feeds.records.answers import Accepted, Answer, Notice, Refused, refused
from partner_feeds.translation import beside
from partner_feeds.translation.b2mml.answers import Answering, refusal
from partner_feeds.translation.b2mml.entries import contents
from partner_feeds.translation.b2mml.heads import Batches, around_of, heads, told_of, why_no_span
from partner_feeds.translation.b2mml.materials import Around, Make, lot_status, passed_over_as_expiry
from partner_feeds.translation.b2mml.notes import outlines
from partner_feeds.translation.b2mml.outline import Outline
from partner_feeds.translation.b2mml.reading import Fault, Reading
from partner_feeds.translation.b2mml.samples import voids
from partner_feeds.translation.b2mml.steps import Steps
from partner_feeds.translation.b2mml.verbs import DELETES, VOIDS_MORE, Verb, voids_results, why_not
from partner_feeds.translation.b2mml.words import RECORD, RECORDS, STEPS, named, plan
from partner_feeds.translation.validation import Place
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
    return _Walk(reading, ahead, Answering(Horizon(now), show)).answers(source)


@dataclass(slots=True)
class _Walk:
    """Where in the document the second reader is."""

    reading: Reading
    ahead: Iterator[Outline | Broken]
    answering: Answering
    row: int = 0
    """The place among the pieces of the document."""
    any: bool = False
    """Whether it holds anything of which we know what it says."""
    cancels: bool = False
    stack: list[str] = field(default_factory=list)
    made_at: str = ""
    information_id: str = ""
    around: Around | None = None
    """Of the record that is open, if its entries are taken."""
    steps: Steps = field(default_factory=Steps)
    """Of the record that is open."""
    batches: Batches = field(default_factory=Batches)
    """Of the document's records so far."""

    def answers(self, source: Iterable[bytes]) -> Iterator[Answer]:
        verb = Verb(lambda: pieces(source, plan()))
        for piece in pieces(source, plan()):
            # Counted whatever the mapping says of it: in a replay by another one each row is what it was.
            self.row += not isinstance(piece, Closed)
            if end := self._why_not(piece, verb):
                yield end
                return
            match piece:
                case Opened(name):
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
                    yield from self._element(piece)
        if not self.any and self.cancels:
            yield refused(1, "", "", VOIDS_MORE)
        elif not self.any:
            yield Notice(1, "kept; it holds no batch record, no performance and no lot, and no fact follows from it")

    @property
    def _within(self) -> str:
        return self.stack[-1] if self.stack else ""

    def _why_not(self, piece: Piece, verb: Verb) -> Refused | None:
        """Why nothing more of the document is taken."""
        if isinstance(piece, Broken):
            return refused(self.row, "", "", piece.reason)
        if isinstance(piece, Opened) and not self.stack:
            self.cancels = voids_results(piece.name)
            reason = why_not(piece.name)
            return refused(1, piece.name, "", reason) if reason else None
        return refused(self.row, "DataArea", "Delete", DELETES) if verb.deletes(piece, self._within) else None

    def _open(self, name: str) -> None:
        self.stack.append(name)
        if name in STEPS and RECORDS & set(self.stack):
            self.steps.open()
            self._step()

    def _close(self, name: str) -> None:
        if name in STEPS and RECORDS & set(self.stack):
            self.steps.close()
            self._step()
        self.stack.pop()
        if not RECORDS & set(self.stack):
            self.around = None

    def _step(self) -> None:
        if self.around:
            step = self.steps.innermost
            self.around.step, self.around.step_ended = (step.id, step.ended(self.reading)) if step else ("", "")

    def _element(self, element: Element) -> Iterator[Answer]:
        name, within = element.name, self._within
        if name == "ApplicationArea":
            self.made_at = element.text_at("CreationDateTime") or self.made_at
        elif name == "PublishedDate" and self.around is None:
            self.made_at = self.made_at or element.text
        elif name == "ID" and within == "MaterialInformation":
            self.information_id = element.text
        elif name == "MaterialLot":
            self.any = True
            status = partial(lot_status, element, self.information_id, self.made_at, self.reading)
            yield from self._taken(element, iter((status,)))
            told = () if self.cancels else passed_over_as_expiry(element, self.reading)
            yield from (Notice(self.row, f"{self._where(element)} {text}") for text in told)
        if self.around is not None:
            if self.steps.note(element, within):
                self._step()
            makes = voids if self.cancels and name == "Sample" else contents
            yield from self._taken(element, makes(element, self.around, self.reading))

    def _where(self, element: Element) -> str:
        return "/".join([*self.stack[-2:], named(element)])

    def _taken(self, element: Element, makes: Iterator[Make]) -> Iterator[Answer]:
        """The answer about an entry, if anything becomes of it or is wrong with it, and what is to be known of it."""
        where = self._where(element)
        if self.cancels and element.name != "Sample":
            if next(makes, None):
                yield refused(self.row, where, "", VOIDS_MORE)
            return
        answer = self.answering.about(Place(self.row, where), makes)
        if answer:
            yield self.answering.shown(answer, lambda: beside.of_element(element, where))
        told = self.around.told if self.around else []
        if not isinstance(answer, Refused):
            yield from [Notice(self.row, f"{where} {text}") for text in told]
        told.clear()

    def _begin(self, outline: Outline) -> Iterator[Answer]:
        """The answer about a record, and what its entries are to know of it."""
        self.around, self.steps, faults = None, Steps(outline.steps.late), list(outline.faults)
        try:
            around = around_of(outline, self.made_at, self.reading)
            self.batches.note(around)
        except Fault as fault:
            faults += fault.all
        place = Place(self.row, outline.name)
        if faults:
            yield refusal(place, faults)
        elif self.cancels:
            self.around = around
            yield refused(self.row, outline.name, "", VOIDS_MORE)
        else:
            if answer := self._head(outline, around, place):
                yield self.answering.shown(answer, lambda: beside.of_fields(outline.own, outline.name))
            if not isinstance(answer, Refused):
                yield from (Notice(self.row, text) for text in told_of(outline, self.reading))

    def _head(self, outline: Outline, around: Around, place: Place) -> Accepted | Refused | None:
        """The answer about the batch as a whole. Its entries are taken though its times contradict one another."""
        answer = self.answering.about(place, heads(outline, around, self.reading))
        self.around = None if isinstance(answer, Refused) else around
        if answer and (fault := why_no_span(outline)):
            others = answer.errors if isinstance(answer, Refused) else ()
            return Refused(self.row, others + refusal(place, fault.all).errors)
        return answer
