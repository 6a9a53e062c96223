"""What whoever runs the installation sees of partners' KPIs."""

from datetime import UTC, datetime
from typing import Any

from prometheus_client import REGISTRY

from kpi.values import measured
from runtime.database import Context
from runtime.principal import worker


def told(name: str, world: Any, **labels: str) -> float | None:
    """What Prometheus is told of a partner's yield."""
    known = {"service_name": "kpi", "entente_kpi": "yield", "entente_partner": str(world.maker)}
    return REGISTRY.get_sample_value(f"entente_kpi_{name}", known | labels)


async def test_numbers_of_the_last_three_months_are_told_by_partner_and_older_ones_are_not(
    kpi: Any, bus: Any, new_world: Any
) -> None:
    make, earlier, month = new_world(), new_world(), datetime.now(UTC).strftime("%Y-%m")
    await bus.publish(*(make.batch(at=month, percent=percent) for percent in ("90", "96")))
    await bus.publish(earlier.batch(at="2020-01"))
    for world, sample in ((make, 2), (earlier, 1)):
        await kpi.until("yield", sample=sample, partner=str(world.maker))
    context = Context(worker("kpi"), read_only=True)
    async with kpi.running.app.state.store.work(context) as work:
        await measured.measure(work)
    assert (told("value", make), told("sample", make)) == (93, 2)
    assert told("rating", make, entente_rating="not_rated") == 1
    assert told("value", earlier) is None
