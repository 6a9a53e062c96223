"""What stands around records of JSON: once in the file, or once in each element that holds some of them."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from partner_feeds.readers.json_events import BEGIN, NOT_JSON, Walk
from partner_feeds.readers.json_known import known_of, unknown_in
from partner_feeds.readers.json_paths import ANY, Steps, at, in_each, leads
from partner_feeds.readers.json_text import Repeated, Unreadable


class Around:
    """The columns that stand around the records of a file, whose elements are its records or hold them.

    An element is held in memory, and the file is not: what stands outside the elements is read in a pass of its own,
    for it may stand behind them.
    """

    def __init__(self, records_at: Steps, columns: Collection[Steps], ignored: Collection[Steps]) -> None:
        way = (*records_at, ANY)
        first = way.index(ANY) + 1
        self.place, self.to_records = way[: first - 1], way[first:]
        """From the root of the file to the list of its elements, and from an element to its records."""
        self._columns, self._element = columns, way[:first]
        self._known = known_of({self.to_records, *self._in_elements((*columns, *ignored))})
        self.known_outside = known_of({self.place, *self._outside((*columns, *ignored))})
        """What is known of the file outside the elements."""
        self._found: dict[Steps, Any] = {}

    def _in_elements(self, ways: Iterable[Steps]) -> Iterator[Steps]:
        first = len(self._element)
        return (steps[first:] for steps in ways if steps[:first] == self._element)

    def _outside(self, ways: Iterable[Steps]) -> Iterator[Steps]:
        return (steps for steps in ways if steps[: len(self._element)] != self._element)

    def values(self, element: Any, way: Steps) -> Iterator[Any]:
        """What each column has for the record to which this way leads in the element."""
        first = len(self._element)
        for steps in self._columns:
            if steps[:first] != self._element:
                yield self._found.get(steps)
            else:
                inside = enumerate(steps[first:])
                yield at(element, tuple(way[place] if step == ANY else step for place, step in inside))

    def unknown_in(self, element: Any) -> Iterator[tuple[Steps, Any]]:
        """What an element holds beside its records and their columns, by the way from the root of the file."""
        for way, value in unknown_in(element, self._known):
            yield (*self._element, *in_each(way)), value

    def needs(self, way: Steps) -> bool:
        """Whether what is unknown stands where a column or the records should."""
        return any(leads(steps, way) for steps in (*self._columns, (*self._element, *self.to_records[:-1])))

    def read(self, chunks: Iterable[bytes]) -> Unreadable | None:
        """Find what stands outside the elements; or why it cannot be known. The chunks are read to their end."""
        wanted = list(self._outside(self._columns))
        if not wanted:
            return None
        walk = Walk(chunks)
        try:
            self._find(walk, wanted)
        except NOT_JSON as error:
            return walk.why_not(error)
        return None

    def _find(self, walk: Walk, wanted: Collection[Steps]) -> None:
        on_the_way = {steps[:length] for steps in wanted for length in range(len(steps) + 1)}
        met: set[Steps] = set()
        for event, value in walk:
            way = tuple(walk.way)
            if way not in on_the_way:
                walk.skip(event)
                continue
            if way in met:
                self._found |= {steps: Repeated(str(way[-1])) for steps in wanted if steps[: len(way)] == way}
            elif way in wanted:
                self._found.setdefault(way, {} if event in BEGIN else value)
            met.add(way)
