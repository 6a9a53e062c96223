"""Lists from a day to a day: both count, an instant's day is that of UTC, and a range that ends first is refused."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

LAST = datetime(2026, 3, 1, 23, 59, 59, 999_999, tzinfo=UTC)
"""The last instant of its day, in UTC."""
RANGES: list[tuple[dict[str, str], list[int]]] = [
    ({"from": "2026-03-01"}, [0, 1]),
    ({"from": "2026-03-02"}, [1]),
    ({"to": "2026-03-01"}, [0]),
    ({"to": "2026-02-28"}, []),
    ({"from": "2026-03-01", "to": "2026-03-01"}, [0]),
    ({"from": "2026-03-02", "to": "2026-03-02"}, [1]),
]


async def found_within(service: Any, path: str, ids: list[str], own: dict[str, str], asked: dict[str, str]) -> Any:
    """Which of some records, by their places, a list finds in a range."""
    answer = await service.client.get(path, params=own | asked)
    assert answer.status_code == 200, answer.text
    return sorted(ids.index(item["id"]) for item in answer.json()["items"])


async def test_deviations_by_when_the_partner_became_aware(bus: Any, world: Any, found: Any, service: Any) -> None:
    ids = []
    for aware in (LAST, LAST + timedelta(microseconds=1)):
        await bus.publish(world.deviation(title=aware.isoformat(), partner_aware_at=aware))
        ids.append((await found("deviations", site_id=world.site, **{"from": aware.date()}))["id"])
    for asked, expected in RANGES:
        assert await found_within(service, "/deviations", ids, {"site_id": str(world.site)}, asked) == expected, asked


async def test_investigations_by_when_they_opened(bus: Any, world: Any, found: Any, service: Any) -> None:
    ids = []
    for opened in (LAST, LAST + timedelta(microseconds=1)):
        lot = world.lot()
        await bus.publish(world.oos(lot), time=opened)
        ids.append((await found("oos-investigations", lot=lot.number))["id"])
    for asked, expected in RANGES:
        own = {"site_id": str(world.site)}
        assert await found_within(service, "/oos-investigations", ids, own, asked) == expected, asked


async def test_capas_by_when_they_were_opened(service: Any, database: Any) -> None:
    made = await service.client.post("/capas", json={"root_cause": "worn punch"})
    capa = made.json()
    day = datetime.fromisoformat(capa["created_at"]).date()
    before, after = str(day - timedelta(days=1)), str(day + timedelta(days=1))
    for asked, expected in [
        ({"from": str(day), "to": str(day)}, [0]), ({"from": after}, []), ({"to": before}, []), ({"to": after}, [0]),
    ]:  # fmt: skip
        own = {"number": capa["number"]}
        assert await found_within(service, "/capas", [capa["id"]], own, asked) == expected, asked


@pytest.mark.parametrize("path", ["/batches", "/deviations", "/oos-investigations", "/capas"])
async def test_a_range_that_ends_before_it_begins_is_refused(service: Any, path: str) -> None:
    refused = await service.client.get(path, params={"from": "2026-03-02", "to": "2026-03-01"})
    assert (refused.status_code, refused.json()["type"]) == (422, "urn:entente:problem:invalid-request")
    reason = "2026-03-02 lies after `to`, which is 2026-03-01"
    assert refused.json()["errors"] == [{"field": "query.from", "reason": reason, "value": "2026-03-02"}]


async def test_capas_are_sorted_by_when_they_are_due_and_deviations_by_their_owner(service: Any) -> None:
    """Those that are not due yet, or nobody's, come last whichever way it is sorted."""
    for path, name in [("/capas", "due_at"), ("/capas", "check_due_at"), ("/deviations", "owner")]:
        for sort in (name, f"-{name}"):
            answer = await service.client.get(path, params={"sort": sort, "limit": 500})
            values = [item[name] for item in answer.json()["items"]]
            having = [value for value in values if value is not None]
            assert values == sorted(having, reverse=sort != name) + [None] * (len(values) - len(having)), sort
