"""A part of a cell, where the mapping takes one: never of what would be another number without the rest."""

import re
from typing import Final

from partner_feeds.language.columns import Column, NumberColumn
from partner_feeds.readers.stored import Stored
from partner_feeds.translation.stored_cells import Converter, Value
from partner_feeds.values.patterns import whole
from partner_feeds.values.texts import CannotRead

_TAKEN: Final = "\x00"
"""Stands for the part in the rest of its cell, which never holds a control character."""
_CUT = re.compile(
    r"[0-9][.,]?\x00|\x00[.,]?[0-9]|\x00\s*(?:[eE][+-]?[0-9]|[x×*·]\s*10)|[\u2070\u00b9\u00b2\u00b3\u2074-\u2079]"
).search
"""The part is only a piece of a number, or there is a power of ten behind it."""
_BELOW_ZERO = re.compile(r"(?:^|[^\w\s.,%)\x00])\s*[-\u2010-\u2015\u2212]\s*\x00").search
"""A minus sign. Behind a number or a word a dash says from where to where, or nothing."""
_LIMIT = re.compile(r"[<>≤≥⩽⩾~≈]=?\s*\x00").search
_NUMBER = re.compile(r"(?<![/^\w.,])[+-]?[0-9]").search
"""A range, a spread, a mean of several. A unit may hold digits: mg/100 mL, m2."""
_NAMED_CHARACTERS = re.compile(r"\\[^SwW]|\[(?!\^)(?:\\.|[^\]\\])+\]")
_ANY_CHARACTER = re.compile(r"\\[SwW]|\.|\[\^").search


def of_a_part(column: Column, pattern: str, read: Converter, *, is_result: bool) -> Converter:
    """Reads the part of a cell that the one group of a pattern finds. Raises CannotRead with what would be right."""
    match, is_number = whole(pattern), isinstance(column, NumberColumn)
    takes_any = bool(_ANY_CHARACTER(_NAMED_CHARACTERS.sub("", pattern)))

    def read_part(cell: str) -> Value:
        text = cell.strip()
        if isinstance(cell, Stored):
            if cell.kind == "none" or not text:
                return read(cell)
            raise CannotRead("the cell is no text: a part can only be taken of a text")
        if not text:
            return None
        found = match(text)
        if found is None:
            raise CannotRead(f"is not of the form {pattern}, of which the mapping takes a part")
        if is_number and found[1]:
            rest = text[: found.start(1)] + _TAKEN + text[found.end(1) :]
            if reason := _why_another(rest, is_result=is_result, takes_any=takes_any):
                raise CannotRead(reason)
        return read(found[1] or "")

    return read_part


def _why_another(rest: str, *, is_result: bool, takes_any: bool) -> str | None:
    """Why the number means another without the rest of its cell: None where it does not."""
    if _CUT(rest):
        return "the part that the mapping takes is only a piece of the number: take all of it into the group"
    if _BELOW_ZERO(rest) or (is_result and _LIMIT(rest)):
        return "a sign stands before the part that the mapping takes, and belongs to it: take it into the group"
    if takes_any and _NUMBER(rest):
        return (
            "another number stands beside the part that the mapping takes: which one is meant? where both belong "
            "there write its digits into part, as in '[0-9.]+ - ([0-9.]+)', and no dot that takes anything"
        )
    return None
