"""Half a year before the demo began: batches of every week, as the partners' systems would send their past."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from cli.demo import cast
from cli.demo.cast import Product
from cli.demo.systems import BATCHES, Partners, event, newest
from cli.installation import Installation

WEEKS = 26
_FEEDS = "/api/partner-feeds/v1/feeds"
_SHARE_OUT_OF_SPECIFICATION = 0.012
_FALLING = {"SOL-2": Decimal("0.12")}
"""Per cent of yield that a product loses each week: one trend that is to be seen."""


def plant(platform: Installation, seed: int, now: datetime) -> int:
    """Send it once, marked as the past, so that no clock starts that nobody could have kept. The number of batches."""
    month = now.date() - timedelta(30)
    if newest(platform, BATCHES, material=cast.SIMULATED_PRODUCTS[0].code, to=month, limit=1):
        return 0
    partners, chance = Partners(platform), Random(seed)  # noqa: S311  (a story, no secret)
    made = [*_batches(chance, now)]
    for company, feed in cast.MES.items():
        own = [told for product, batch, _ in made if cast.MADE_AT[product.code] is company for told in batch]
        _send(platform, partners.mes[company], feed, own)
    for company, feed in cast.LIMS.items():
        own = [told for product, _, results in made if cast.MADE_AT[product.code] is company for told in results]
        _send(platform, partners.lims[company], feed, own)
    return len(made)


def _send(platform: Installation, system: Any, feed: str, events: list[dict[str, Any]]) -> None:
    reason = {"reason": "the system sends its past"}
    platform.post(f"{_FEEDS}/{feed}/backfill", reason)
    system.send(*events)
    platform.post(f"{_FEEDS}/{feed}/backfill-end", reason)


def _batches(chance: Random, now: datetime) -> Iterator[tuple[Product, list[dict[str, Any]], list[dict[str, Any]]]]:
    """Of each product one a week, with what its maker and its laboratory say of it."""
    for week in range(WEEKS, 0, -1):
        for product in cast.SIMULATED_PRODUCTS:
            began = now - timedelta(weeks=week, hours=chance.randint(0, 72))
            number = f"{product.code[:3]}{began:%y%m%d}"
            falls = _FALLING.get(product.code, Decimal(0)) * (WEEKS - week)
            yield product, _made(product, number, began, chance, falls), _tested(product, number, began, chance)


def _made(product: Product, number: str, began: datetime, chance: Random, falls: Decimal) -> list[dict[str, Any]]:
    lot = {"material": product.code, "number": number}
    ended = (began + timedelta(days=2)).isoformat()
    percent = str(Decimal(chance.randint(965, 990)) / 10 - falls)
    return [
        event("BatchStart", f"{number}/start", lot=lot, occurred_at=began.isoformat()),
        event(
            "BatchCompletion", f"{number}/completion", lot=lot, occurred_at=ended, completed_at=ended,
            yield_percent=percent,
        ),
    ]  # fmt: skip


def _tested(product: Product, number: str, began: datetime, chance: Random) -> list[dict[str, Any]]:
    tested = (began + timedelta(days=4)).isoformat()
    return [
        event(
            "TestResult", f"{number}/{limit['test']}", lot={"material": product.code, "number": number},
            test=limit["test"], stage=limit["stage"], value=str(measured(limit, chance)), unit=limit["unit"],
            occurred_at=tested,
        )
        for limit in product.limits
    ]  # fmt: skip


def measured(limit: dict[str, Any], chance: Random, share: float = _SHARE_OUT_OF_SPECIFICATION) -> Decimal:
    """A result: mostly well inside its limits, now and then just outside."""
    lower, upper = limit.get("lower"), limit.get("upper")
    low = 0.2 * float(upper or 0) if lower is None else float(lower)
    high = 1.2 * low if upper is None else float(upper)
    span = high - low
    if chance.random() < share:
        value = high + 0.1 * span if lower is None else low - 0.1 * span
    else:
        value = chance.uniform(low + 0.2 * span, high - 0.2 * span)
    return Decimal(value).quantize(Decimal(1).scaleb(-int(limit["decimals"])))
