"""Which results count no more with one that an investigation found invalid (FDA OOS guidance, 2022)."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any, Final, Protocol, TypeVar


class Ordered(Protocol):
    """An id of a kind that has an order, such as UUIDs."""

    def __lt__(self, other: Any, /) -> bool: ...


Id = TypeVar("Id", bound=Ordered)
_AFTER: Final = datetime.max.replace(tzinfo=UTC)


def invalid_with(
    invalid: Mapping[Id, datetime],
    amended_by: Mapping[Id, Collection[Id]],
    recorded: Mapping[Id, datetime],
    judged_itself: Collection[Id],
) -> Mapping[Id, Id]:
    """The results that count no more, each with the one that was found invalid: itself, or what it amends.

    ``invalid`` are those that were found so, each with since when. An amendment that was recorded after that belongs
    to what it amends, and no laboratory brings its result back by it. One that stood by then is what the investigation
    left standing, such as a number that was typed wrong. One that is ``judged_itself`` has an investigation of its own,
    which says of it. Where nobody knows when an amendment was recorded, it came after.
    """
    found: dict[Id, tuple[datetime, Id]] = {id: (since, id) for id, since in invalid.items()}
    pending: list[Id] = [*found]
    while pending:
        older = pending.pop()
        since, of = found[older]
        for id in amended_by.get(older, ()):
            goes_with = id not in judged_itself and recorded.get(id, _AFTER) > since
            if goes_with and (id not in found or (since, of) < found[id]):
                found[id] = since, of
                pending.append(id)
    return {id: of for id, (_, of) in found.items()}
