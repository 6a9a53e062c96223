"""A message's answers in batches, each small enough for one transaction."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from partner_feeds.language import AnyMapping, BatchRecordMapping
from partner_feeds.messages.source import Spooled, Stored
from partner_feeds.readers.form import CONTENT_TYPES
from partner_feeds.records.answers import Accepted, Answer, refused
from partner_feeds.translation.about import Origin
from partner_feeds.translation.b2mml import translate_records
from partner_feeds.translation.envelope import BATCHED
from partner_feeds.translation.events import read_events
from partner_feeds.translation.files import translate

XML = ("application/xml", "text/xml")
"""Content types of batch records."""
NO_LIVE_MAPPING = "no version of the feed's mapping is live: let quality approve one, then replay the message"
_OTHER_FORMAT = "the feed's mapping is of the format {}, and the message is of another: correct one of them"

ROWS = 500
"""Rows of one transaction."""
RECORDS = 500
"""Records of one transaction: a laboratory's row holds dozens, and whoever waits for the event loop waits for them."""
BYTES = 4_000_000
"""Bytes read for one transaction, for rows that are long."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Some answers; ``last`` when nothing comes after them."""

    answers: list[Answer]
    last: bool


@dataclass(frozen=True, slots=True)
class Form:
    """How a message is read. ``now`` decides what lies in the future."""

    mapping_code: str | None
    """Of the feed's mapping; None for events in our own words."""
    mapping: AnyMapping | None
    """Its live version; None where nobody has approved one."""
    content_type: str
    time_zone: str
    now: datetime
    origin: Origin
    show: int = 0
    """How many rows that are taken are given with their cells."""


class Batches:
    """Reads a message on demand. Not for the event loop: reading takes the processor, and waits for the source."""

    def __init__(self, form: Form, source: Stored | Spooled, after: int = 0) -> None:
        self._source = source
        self._answers = self._read(form, after)
        self._kept: Answer | None = None

    def _read(self, form: Form, after: int) -> Iterator[Answer]:
        """Begins at the first ``take``, so that all of it happens in the thread."""
        if form.mapping_code is None:
            body = b"".join(self._source)
            answers: Iterator[Answer] = read_events(
                body, batched=form.content_type == BATCHED, now=form.now, show=form.show
            )
        elif form.mapping is None:
            answers = iter([refused(1, "", form.mapping_code, NO_LIVE_MAPPING, rest_unread=True)])
        elif isinstance(form.mapping, BatchRecordMapping) != (form.content_type in XML):
            reason = _OTHER_FORMAT.format(form.mapping.format)
            answers = iter([refused(1, "", form.mapping_code, reason, rest_unread=True)])
        elif isinstance(form.mapping, BatchRecordMapping):
            zone = ZoneInfo(form.time_zone)
            answers = translate_records(form.mapping, self._source, now=form.now, time_zone=zone, show=form.show)
        elif (wanted := CONTENT_TYPES[form.mapping.format]) != form.content_type:
            reason = f"the mapping {form.mapping.code} reads {wanted}, and the message is {form.content_type}"
            answers = iter([refused(1, "", "", reason, rest_unread=True)])
        else:
            zone = ZoneInfo(form.time_zone)
            answers = translate(
                form.mapping, self._source, now=form.now, time_zone=zone, origin=form.origin, show=form.show
            )
        yield from (answer for answer in answers if answer.row > after)

    def take(self) -> Batch:
        """The next answers: as many as one transaction takes, and of each row all or none.

        The place that is saved with them is a row: of what of it came behind, a translation that goes on from there
        would never hear.
        """
        taken: list[Answer] = []
        records, row, begin = 0, 0, 0
        while (answer := self._kept or next(self._answers, None)) is not None:
            self._kept = None
            if not taken:
                begin = self._source.read  # what was read before the first answer was only looked at
            is_full = len(taken) >= ROWS or records >= RECORDS or self._source.read - begin >= BYTES
            if is_full and answer.row > row:
                self._kept = answer
                return Batch(taken, last=False)
            taken.append(answer)
            row = max(row, answer.row)
            records += len(answer.records) if isinstance(answer, Accepted) else 0
        return Batch(taken, last=True)
