"""What an order decides, against every way to read the rows, tried one by one."""

from datetime import UTC, datetime, timedelta
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from partner_feeds.translation.order import possible_times

START = datetime(2026, 10, 25, tzinfo=UTC)


def instants(hours: int) -> st.SearchStrategy[datetime]:
    """Instants of a few hours, close enough to each other that some are the same."""
    return st.integers(0, hours * 4).map(lambda quarters: START + quarters * timedelta(minutes=15))


known = instants(3).map(lambda instant: (instant,))
twice = instants(1).map(lambda instant: (instant, instant + timedelta(hours=1)))
turns = st.lists(st.lists(known | twice, min_size=1, max_size=3), max_size=4)
Turns = list[list[tuple[datetime, ...]]]


def all_ways(readings: Turns) -> list[list[list[datetime]]]:
    """Every choice of one reading a row at which no row is before one of an earlier turn."""
    ways = [[list(times) for times in way] for way in product(*(product(*turn) for turn in readings))]
    return [
        way for way in ways if all(max(way[turn]) <= min(way[turn + 1]) for turn in range(len(way) - 1))
    ]  # fmt: skip


@given(turns)
def test_the_bounds_are_those_of_all_ways_to_read_the_rows(readings: Turns) -> None:
    ways = all_ways(readings)
    earliest, latest = possible_times(readings)
    if not ways:
        assert (earliest, latest) == ([], [])
        return
    for number, turn in enumerate(readings):
        for row in range(len(turn)):
            times = [way[number][row] for way in ways]
            assert (earliest[number][row], latest[number][row]) == (min(times), max(times))
