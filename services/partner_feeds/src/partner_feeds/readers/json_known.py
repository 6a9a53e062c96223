"""What of a JSON value a mapping knows: all else would be lost without a word."""

from collections.abc import Collection, Iterator
from typing import Any

from partner_feeds.readers.json_paths import ANY, Steps

Known = dict[str | int, "Known"] | None
"""The known ways, step by step; None where one ends, for all that lies below is known."""

_UNKNOWN: Known = {}


def known_of(ways: Collection[Steps]) -> Known:
    """The ways as a tree. What is said of each element of a list is said of those too that have ways of their own."""
    if () in ways:
        return None
    return {
        first: known_of({way[1:] for way in ways if way[0] in (first, ANY if isinstance(first, int) else first)})
        for first in {way[0] for way in ways}
    }


def unknown_in(value: Any, known: Known, way: Steps = ()) -> Iterator[tuple[Steps, Any]]:
    """What no way leads to, with the shortest unknown part of the way to it. What is null or empty holds nothing."""
    if known is None:
        return
    if not isinstance(value, dict | list):
        if value is not None:
            yield way, value
        return
    for step, inside in value.items() if isinstance(value, dict) else enumerate(value):
        below = known.get(step, _UNKNOWN)
        if below is _UNKNOWN and isinstance(step, int):
            below = known.get(ANY, _UNKNOWN)
        if below:
            yield from unknown_in(inside, below, (*way, step))
        elif below is not None and _holds_something(inside):
            yield (*way, step), inside


def first_unknown(way: Steps, known: Known) -> Steps | None:
    """The shortest part of a way that is not known; None where it is known to its end."""
    for length, step in enumerate(way, start=1):
        if known is None:
            return None
        known = known.get(step, known.get(ANY, _UNKNOWN) if isinstance(step, int) else _UNKNOWN)
        if known is _UNKNOWN:
            return way[:length]
    return None if known is None else way


def _holds_something(value: Any) -> bool:
    open_ = [value]
    while open_:
        match open_.pop():
            case dict() as inside:
                open_ += inside.values()
            case list() as inside:
                open_ += inside
            case None:
                pass
            case _:
                return True
    return False
