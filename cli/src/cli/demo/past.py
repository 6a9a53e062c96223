"""Half a year before the demo began: batches of every week, as the partners' systems would send their past."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from cli.demo import cast
from cli.demo.cast import Product
from cli.demo.systems import Partners, System, event, newest
from cli.installation import Installation

WEEKS = 26
_FEEDS, _MESSAGES = "/api/partner-feeds/v1/feeds", "/api/partner-feeds/v1/messages"
_SHARE_OUT_OF_SPECIFICATION = 0.012
_FALLING = {"SOL-2": Decimal("0.12")}
"""Per cent of yield that a product loses each week: one trend that is to be seen."""


def plant(platform: Installation, seed: int, now: datetime) -> int:
    """Send it once, marked as the past, so that no clock starts that nobody could have kept. The number of batches.

    Whatever stopped it half way, it goes on with the feeds that have sent nothing yet, and leaves none in its past.
    """
    partners, feeds = Partners(platform), {each["code"]: each for each in platform.items(_FEEDS)}
    made, sent = [*_batches(Random(seed), week(now))], False  # noqa: S311  (a story, no secret)
    for company, code in cast.MES.items():
        told = [each for product, batch, _ in made if cast.MADE_AT[product.code] is company for each in batch]
        sent |= _send(platform, partners.mes[company], feeds[code], told)
    for company, code in cast.LIMS.items():
        told = [each for product, _, results in made if cast.MADE_AT[product.code] is company for each in results]
        sent |= _send(platform, partners.lims[company], feeds[code], told)
    return len(made) if sent else 0


def week(now: datetime) -> datetime:
    """When the week began, in UTC: a demo that is started again names the same batches."""
    today = now.astimezone(UTC).date()
    return datetime.combine(today - timedelta(today.weekday()), time(), UTC)


def _send(platform: Installation, system: System, feed: dict[str, Any], events: list[dict[str, Any]]) -> bool:
    path, reason = f"{_FEEDS}/{feed['code']}", {"reason": "the system sends its past"}
    new = not newest(platform, _MESSAGES, feed=feed["code"], limit=1)
    if new:
        if not feed["backfill"]:
            platform.post(f"{path}/backfill", reason)
        system.send(*events)
    if new or feed["backfill"]:
        platform.post(f"{path}/backfill-end", reason)
    return new


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
