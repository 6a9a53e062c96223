"""A JSON file with an array of records in it: its elements one by one, and what stands beside them."""

import difflib
from collections.abc import Collection, Iterable, Iterator
from typing import Any, Final

from partner_feeds.readers.json_around import Around
from partner_feeds.readers.json_events import BEGIN, NOT_JSON, Walk, built
from partner_feeds.readers.json_known import first_unknown
from partner_feeds.readers.json_paths import DEEPEST, Steps, in_each, written
from partner_feeds.readers.json_text import Unreadable

AROUND: Final = "take it as a column that says around, or name it under ignored_around with the reason"
MOST_PATHS: Final = 20
"""Paths that are named to the sender: where there are more, the first show what they are."""
_MOST_MEMBERS = 100
_KINDS = {
    "start_map": "an object",
    "start_array": "an array",
    "string": "a text",
    "number": "a number",
    "boolean": "true or false",
}


class Document:
    """The elements of the file's array. What is wrong with the file stands, as Unreadable, where it was met."""

    def __init__(self, chunks: Iterable[bytes], around: Around, largest: int) -> None:
        self._chunks, self._around, self._largest = chunks, around, largest
        self._place = list(around.place)
        self._on_the_way: list[str] = []
        """What stands at each step to the place."""
        self._members: dict[str, None] = {}
        """Of the last object on the way."""
        self._beside: dict[str, None] = {}
        self._empty = True

    def __iter__(self) -> Iterator[Any]:
        walk = Walk(self._chunks)
        try:
            for element in self._elements(walk):
                self._empty = False
                yield element
        except NOT_JSON as error:
            self._empty = False
            yield walk.why_not(error)

    def told(self) -> Iterator[str]:
        """What the sender should know of the file, when its last element was read."""
        if self._empty:
            yield f"no records are at {written(tuple(self._place))}"
        if self._beside:
            yield f"beside the records is {some_of(self._beside)}, and is not read: {AROUND}"

    def _elements(self, walk: Walk) -> Iterator[Any]:
        place, way = self._place, walk.way
        for event, value in walk:
            if event in BEGIN and len(way) >= DEEPEST:
                yield Unreadable("", f"nested more than {DEEPEST} levels deep", True)
                return
            if way == place[: len(way)]:
                if len(way) < len(self._on_the_way):
                    reason = "is there twice: which one is meant? What follows was not read"
                    yield Unreadable("", f"{written(tuple(way))} {reason}", True)
                    return
                self._on_the_way.append(event)
                self._members.clear()
            elif len(way) == len(self._on_the_way) and way[:-1] == place[: len(way) - 1]:
                self._members |= {str(way[-1]): None} if len(self._members) < _MOST_MEMBERS else {}
            if event == "start_array" and way == place:
                yield from self._array(walk)
            elif event not in BEGIN and value is not None:
                self._note_beside(tuple(way))
        if len(self._on_the_way) <= len(place) or self._on_the_way[-1] != "start_array":
            self._beside.clear()
            yield Unreadable("", self._why_nothing(), True)

    def _array(self, walk: Walk) -> Iterator[Any]:
        """The elements of the array that has begun."""
        walk.taken = True
        for event, value in walk.events:
            if event == "end_array":
                return
            if event in BEGIN:
                yield from built(walk.events, event, self._largest, self._around.to_records)
            else:
                yield value

    def _note_beside(self, way: Steps) -> None:
        if len(self._beside) <= MOST_PATHS and (unknown := first_unknown(way, self._around.known_outside)) is not None:
            self._beside[written(in_each(unknown))] = None

    def _why_nothing(self) -> str:
        """Why no array of records was found."""
        place, wanted = tuple(self._place), written(tuple(self._place))
        last = len(self._on_the_way) - 1
        there, kind = written(place[:last]), _KINDS.get(self._on_the_way[last], "null")
        if last == len(place):
            remedy = "" if place else ": say where it stands (records_at), or format: jsonl for a record in each line"
            return f"{wanted} is {kind}, and wanted is an array of records{remedy}"
        if kind != "an object":
            return f"nothing is at {wanted}, for {there} is {kind}"
        near = difflib.get_close_matches(str(place[last]).lower(), [name.lower() for name in self._members], n=1)
        names = [name for name in self._members if name.lower() in near] or list(self._members)
        paths = [written((*place[:last], name)) for name in names[:MOST_PATHS]]
        return f"nothing is at {wanted}; {'nearest' if near else 'there'}: {', '.join(paths) or 'nothing'}"


def some_of(paths: Collection[str]) -> str:
    """The first of them, for a reason that stays readable."""
    return ", ".join(list(paths)[:MOST_PATHS]) + (" and others" if len(paths) > MOST_PATHS else "")
