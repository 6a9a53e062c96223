"""JSON text, read element by element, so that one bad element does not take the others with it."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

_LONGEST_INTEGER = 40
_SPACE = re.compile(r"[ \t\r\n]*")
# Possessive, and a string may lack its end: with backtracking, 32 kB of escaped quotes took seconds.
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[\]{}]', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Repeated:
    """Stands for the value of a key that an object has twice: which one is meant cannot be known."""

    key: str


class Unreadable(NamedTuple):
    """An element that is no JSON; ``rest_lost`` when its end could not be found either."""

    value: str
    reason: str
    rest_lost: bool


def elements(text: str) -> Iterator[Any]:
    """Each element of the array that the text is, or Unreadable in its place. Raises nothing."""
    at = _skip(text, 0)
    if text[at : at + 1] != "[":
        yield Unreadable(text[at : at + 100], "not a JSON array: a batch is written [{...}, {...}]", True)
        return
    at = _skip(text, at + 1)
    if text[at : at + 1] == "]":
        yield from _after(text, at + 1)
        return
    while True:
        element, end = element_at(text, at)
        yield element
        if isinstance(element, Unreadable) and element.rest_lost:
            return
        end = _skip(text, end)
        if text[end : end + 1] == "]":
            yield from _after(text, end + 1)
            return
        if text[end : end + 1] != ",":
            yield Unreadable(text[end : end + 100], "a comma, or ] at the end of the batch, is missing", True)
            return
        at = _skip(text, end + 1)


def whole(text: str) -> Any:
    """The one element that the text is, or Unreadable."""
    element, end = element_at(text, _skip(text, 0))
    if isinstance(element, Unreadable):
        return element
    return next(_after(text, end), element)


def element_at(text: str, at: int) -> tuple[Any, int]:
    """The element that begins at ``at``, and where it ends."""
    try:
        return _DECODER.raw_decode(text, at)
    except RecursionError:
        reason = "nested too deeply: an event of ours has five levels"
    except json.JSONDecodeError as error:
        reason = f"not JSON: {error.msg} at line {error.lineno}, column {error.colno}"
    end = _end_of_element(text, at)
    lost = "" if end else "; what follows could not be read either"
    return Unreadable(text[at : at + 100], reason + lost, end is None), end or len(text)


def _end_of_element(text: str, at: int) -> int | None:
    """Where the brackets that open at ``at`` are closed, without recursion."""
    depth = 0
    for token in _TOKEN.finditer(text, at):
        if token[0] in "[{":
            depth += 1
        elif token[0] in "]}":
            depth -= 1
            if depth == 0:
                return token.end()
        if depth <= 0:
            return None
    return None


def _after(text: str, at: int) -> Iterator[Unreadable]:
    at = _skip(text, at)
    if at < len(text):
        yield Unreadable(text[at : at + 100], "there is more text after the end of the JSON", True)


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                content[key] = Repeated(key)
            seen.add(key)
    return content


def _number(text: str) -> Decimal:
    """Exact, never through a float. What no Decimal can hold becomes infinite, and is refused as such by its field."""
    try:
        return Decimal(text)
    except InvalidOperation:
        return Decimal("Infinity")


def _integer(text: str) -> int | Decimal:
    return int(text) if len(text) <= _LONGEST_INTEGER else _number(text)


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_float=_number, parse_int=_integer, parse_constant=_number)
