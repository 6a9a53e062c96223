"""The answer about an element of a document, of the records that become of it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from partner_feeds.records.answers import Accepted, Cell, Refused, RowError
from partner_feeds.records.model import Record
from partner_feeds.translation.b2mml.materials import Make
from partner_feeds.translation.b2mml.reading import Fault
from partner_feeds.translation.validation import Place, record_of
from partner_feeds.values.moments import Horizon


@dataclass(slots=True)
class Answering:
    """Makes the answers, and shows the texts of the first that are taken."""

    horizon: Horizon
    show: int
    """How many more are given with their texts."""

    def about(self, place: Place, makes: Iterable[Make]) -> Accepted | Refused | None:
        """All the records of an element, or everything that is wrong with any of them; None of nothing."""
        records, errors = list[Record](), list[RowError]()
        for make in makes:
            try:
                record, content = make()
            except Fault as fault:
                errors += refusal(place, fault.all).errors
                continue
            made = record_of(record, content, self.horizon, place)
            if isinstance(made, Record):
                records.append(made)
            else:
                errors += made
        if errors:
            return Refused(place.row, tuple(dict.fromkeys(errors)))
        return Accepted(place.row, tuple(records)) if records else None

    def shown(self, answer: Accepted | Refused, cells: Callable[[], tuple[Cell, ...]]) -> Accepted | Refused:
        """The answer, with its texts if so many were not shown yet."""
        if not self.show or not isinstance(answer, Accepted):
            return answer
        self.show -= 1
        return replace(answer, cells=cells())


def refusal(place: Place, faults: Iterable[Fault]) -> Refused:
    """The refusal of an element for its faults."""
    return Refused(
        place.row,
        tuple(
            RowError.of(place.row, f"{place.where}/{each.path}".rstrip("/"), each.value, each.reason) for each in faults
        ),
    )
