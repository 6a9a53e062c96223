"""A text that is put together of several cells, as a mapping's ``of`` says."""

import re
from collections.abc import Callable, Sequence
from datetime import time
from itertools import pairwise

from partner_feeds.language.columns import Column, DateColumn, NumberColumn, TextColumn
from partner_feeds.language.mapping import Mapping
from partner_feeds.readers.stored import Stored
from partner_feeds.values.qualified import meaning_of

TextOf = Callable[[list[str]], str]

_SAYS_A_RESULT = re.compile(r"[0-9<>≤≥⩽⩾≦≧]").search
_IN_PART = "only a part of what it is put together of is there: give all of it, or leave all of it blank"
_TWO_NUMBERS = "two numbers would be put together as one: what belongs between them? write it in the mapping's of"


def composed(column: Column, first: str, parts: Sequence[tuple[TextOf, str]]) -> TextOf:
    """Gives the text of a row's cells. ``parts`` are what gives each text, and what stands behind it.

    A date may lack its time, and a number its sign. Any other text of which a part is blank is blank; of a number that
    only where what is there says no result. What cannot be put together is a cell that cannot be taken.
    """
    has_sign = isinstance(column, NumberColumn) and len(parts) > 1 and not first and not parts[0][1]
    units = (getattr(column, "suffix", None), "%")
    touching = [not behind for _, behind in parts[:-1]]

    def compose(cells: list[str]) -> str:
        texts = [text_of(cells) for text_of, _ in parts]
        for text in texts:
            if isinstance(text, Stored) and (reason := _why_not_of(text, column)):
                return Stored(text, "none", reason)
        if isinstance(column, DateColumn) and (instant := _of_day_and_time(texts)):
            return instant
        texts = [text.strip() for text in texts]
        if not any(texts):
            return ""
        whole = first + "".join(text + behind for text, (_, behind) in zip(texts, parts, strict=True))
        if isinstance(column, DateColumn):
            return whole
        if not isinstance(column, NumberColumn):
            return whole if all(texts) else ""
        if any(touches and _are_digits(pair) for touches, pair in zip(touching, pairwise(texts), strict=True)):
            return Stored(whole, "none", _TWO_NUMBERS)
        if all(texts) or (has_sign and all(texts[1:]) and texts[1] not in units):
            return whole
        says = any(_SAYS_A_RESULT(text) or meaning_of(text) for text in texts)
        return Stored(whole, "none", _IN_PART) if says else ""

    return compose


def is_of_a_date(name: str, mapping: Mapping) -> bool:
    """Whether a column of texts is a part of a date."""
    dates = (each.of or "" for each in mapping.columns.values() if isinstance(each, DateColumn))
    return isinstance(mapping.columns[name], TextColumn) and any(f"{{{name}}}" in of for of in dates)


def _of_day_and_time(texts: Sequence[str]) -> Stored | None:
    """The instant of a stored day and a stored time, which no format has to read."""
    stored = {text.kind: str(text) for text in texts if isinstance(text, Stored)}
    if len(texts) != 2 or stored.keys() != {"day", "time"}:
        return None
    return Stored(f"{stored['day']} {time.fromisoformat(stored['time']).isoformat()}", "instant")


def _are_digits(pair: tuple[str, str]) -> bool:
    return pair[0][-1:].isdecimal() and pair[1][:1].isdecimal()


def _why_not_of(cell: Stored, column: Column) -> str:
    """Why a stored cell cannot be a part of a column's text. As a part of a number its point might be a comma's."""
    if cell.kind in ("day", "instant", "month", "time") and isinstance(column, DateColumn):
        return ""
    if cell.kind == "number" and isinstance(column, NumberColumn):
        return cell.why_no_text or "the cell is stored as a number: a number is put together of texts"
    return cell.why_no_text
