"""The half year before a demo: the same for a seed, all of it over, and mostly good."""

from datetime import UTC, datetime
from random import Random

from cli.demo import cast
from cli.demo.past import WEEKS, _batches, week

NOW = datetime(2026, 11, 1, 9, tzinfo=UTC)


def test_it_is_the_same_for_a_seed_and_lies_in_the_past() -> None:
    batches = [*_batches(Random(7), NOW)]
    assert batches == [*_batches(Random(7), NOW)]
    assert len(batches) == WEEKS * len(cast.SIMULATED_PRODUCTS)
    events = [each for _, made, tested in batches for each in (*made, *tested)]
    assert all(datetime.fromisoformat(each["data"]["occurred_at"]) < NOW for each in events)
    assert len({each["id"] for each in events}) == len(events)


def test_a_demo_that_is_started_again_in_the_week_names_the_same_batches() -> None:
    assert week(NOW) == datetime(2026, 10, 26, tzinfo=UTC) == week(datetime(2026, 10, 26, 0, 1, tzinfo=UTC))


def test_the_yield_of_the_liquid_falls() -> None:
    yields = [
        float(made[1]["data"]["yield_percent"])
        for product, made, _ in _batches(Random(7), NOW)
        if product.code == "SOL-2"
    ]
    assert sum(yields[:6]) / 6 - sum(yields[-6:]) / 6 > 1.5
