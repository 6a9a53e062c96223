"""A part of a cell, where the mapping takes one: never of what would be another value without the rest."""

import re
from collections.abc import Callable, Collection, Iterator
from typing import Final

from gxp.unit_names import contradicts
from partner_feeds.language.columns import Column, DateColumn, NumberColumn
from partner_feeds.readers.stored import Stored
from partner_feeds.translation.stored_cells import Converter, Value
from partner_feeds.values.patterns import whole
from partner_feeds.values.qualified import meaning_of
from partner_feeds.values.texts import CannotRead, as_word, in_ascii

_PART: Final = "\x00"
"""Stands for the part in the rest of its cell, which never holds a control character."""
_GROUP = re.compile(r"(?:\\.|\[(?:\\.|[^\]\\])*\]|[^(\\\[]|\(\?)*?(\((?!\?))")
_NAMED_CHARACTERS = re.compile(r"\\[^SD]|\[(?!\^)(?:\\[^SD]|[^\]\\])+\]")
_ANY_CHARACTER = re.compile(r"\\[SD]|\.|\[").search

_PIECE_OF_A_NUMBER = re.compile(
    r"[0-9][.,]?\x00|\x00[.,]?[0-9]|\x00\s*(?:[eE][+-]?[0-9]|[x×*·]\s*10|\^|[\u2070\u00b9\u00b2\u00b3\u2074-\u2079])"
).search
_PIECE_OF_A_WORD = re.compile(r"\w[-/.:]?\x00|\x00[-/.:+]?\w").search
_BELOW_ZERO = re.compile(
    r"(?:^|[^\w.,%)\x00])[-\u2010-\u2015]\x00|(?:^|[^\w\s.,%)\x00])\s*[-\u2010-\u2015]\s*\x00|\x00\s*-\s*$"
).search
"""A minus sign. Behind a number, or a word and a blank, a dash says from where to where, or nothing."""
_LIMIT = re.compile(
    r"(?:[<>≤≥⩽⩾≦≧~≈]=?|\b(?:ca|approx|about|etwa|unter|über|below|above|under|over|than|nmt|nlt|max|min)\.?)\s*\x00",
    re.IGNORECASE,
).search
_NUMBER = re.compile(r"(?<![\w.,/])[+-]?[0-9]|[0-9][.,][0-9]|/\s*[0-9]+\s*(?![0-9]*\s*[A-Za-zµμ])").search
"""A range, a spread, a mean of several. A unit may hold digits: mg/100 mL, m2."""
_OF_A_TIME = re.compile(r"\x00.*?(?:\b[ap]\.?m\b|\b(?:z|utc|gmt)\b|[+-][0-9]{2}:?[0-9]{2})", re.IGNORECASE).search


def of_a_part(column: Column, read: Converter, known: Collection[str], *, is_result: bool) -> Converter:
    """Reads the part of a cell that the one group of a pattern finds. Raises CannotRead with what would be right.

    ``known`` are the words of whole cells of which the mapping says what they mean.
    """
    pattern = column.part or ""
    match, why_another = whole(pattern), _rule(column, pattern, is_result=is_result)

    def read_part(cell: str) -> Value:
        text = cell.strip()
        if isinstance(cell, Stored):
            if cell.kind in ("none", "time") or not text:
                return read(cell)
            raise CannotRead("the cell is no text: a part can only be taken of a text")
        if not text or as_word(text) in known:
            return read(text)
        found = match(text)
        if found is None:
            raise CannotRead(f"is not of the form {pattern}, of which the mapping takes a part")
        part, plain = found[1] or "", in_ascii(text)
        if part and (reason := why_another(plain[: found.start(1)] + _PART + plain[found.end(1) :], part)):
            raise CannotRead(reason)
        if is_result and not part:
            raise CannotRead("nothing in the cell is the part that the mapping takes, and the result would be lost")
        return read(part)

    return read_part


def _rule(column: Column, pattern: str, *, is_result: bool) -> Callable[[str, str], str | None]:
    """Why the part means another without the rest of its cell, in which it is marked; None where it does not."""
    before, inner, behind = _around_the_group(pattern)
    takes_any = bool(_ANY_CHARACTER(_NAMED_CHARACTERS.sub("", before + behind)))
    like_it = whole(inner)

    def why_another(rest: str, part: str) -> str | None:
        if isinstance(column, NumberColumn):
            return next(_of_a_number(rest, column, takes_any=takes_any, is_result=is_result), None)
        if not takes_any:
            return None
        if _PIECE_OF_A_WORD(rest) and part[0].isalnum():
            return "the part that the mapping takes is only a piece of a word: take all of it into the group"
        if isinstance(column, DateColumn) and _OF_A_TIME(rest):
            return "what stands behind the part that the mapping takes belongs to the time: take it into the group"
        if any(any(map(str.isdecimal, word)) and like_it(word) for word in re.split(r"[\s,;()]+", rest)):
            return f"another stands beside the part that the mapping takes: which one is meant? {_WRITE_IT}"
        return None

    return why_another


def _of_a_number(rest: str, column: NumberColumn, *, takes_any: bool, is_result: bool) -> Iterator[str]:
    if _PIECE_OF_A_NUMBER(rest):
        yield "the part that the mapping takes is only a piece of the number: take all of it into the group"
    if _BELOW_ZERO(rest) or (is_result and _LIMIT(rest)):
        yield "a sign stands beside the part that the mapping takes, and belongs to it: take it into the group"
    if not takes_any:
        return
    if _NUMBER(rest):
        yield f"another number stands beside the part that the mapping takes: which one is meant? {_WRITE_IT}"
    behind, unit = rest.partition(_PART)[2].split(), column.unit
    if behind and unit and contradicts(unit, behind[0]):
        yield f"{behind[0]} stands behind the part that the mapping takes, and the unit is {unit}"
    for word in rest.replace(_PART, " ").split():
        if is_result and meaning_of(word) and not column.suffix:
            yield f"{word} beside the part that the mapping takes seems to say what was found: {_WRITE_IT}"


_WRITE_IT: Final = (
    "where it belongs there write it into part, as in '[0-9.]+ - ([0-9.]+)', and no dot that takes anything"
)


def _around_the_group(pattern: str) -> tuple[str, str, str]:
    """A pattern before its one group, in it, and behind it."""
    opening = _GROUP.match(pattern)
    begin = opening.start(1) if opening else 0
    depth = 0
    for token in re.finditer(r"\\.|\[(?:\\.|[^\]\\])*\]|[()]", pattern[begin:]):
        depth += {"(": 1, ")": -1}.get(token[0], 0)
        if depth == 0 and token[0] == ")":
            end = begin + token.start()
            return pattern[:begin], pattern[begin + 1 : end], pattern[end + 1 :]
    return pattern, "", ""
