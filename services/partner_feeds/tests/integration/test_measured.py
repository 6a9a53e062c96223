"""What whoever runs the installation sees of feeds."""

from typing import Any
from uuid import uuid4

from prometheus_client import REGISTRY

from partner_feeds.feeds import measured
from runtime.database import Context
from runtime.principal import worker

SEEN = "SELECT id FROM message WHERE feed_id = (SELECT id FROM feed WHERE code = $1) ORDER BY id"
AGO = "UPDATE message SET received_at = now() - make_interval(days => $2) WHERE id = $1"


async def test_a_contradiction_and_a_silence_are_told_by_feed(business: Any, database: Any) -> None:
    lot = {"material": business.code, "number": "B-1"}
    said = {"record_id": uuid4().hex, "revision": 1, "test": "assay", "stage": "release", "unit": "%", "lot": lot}
    for value in ("93.0", "94.0"):
        await business.send_events(business.event("TestResult", **said, value=value))

    async def look() -> None:
        async with business.running.app.state.store.work(Context(worker("partner-feeds"), read_only=True)) as work:
            await measured.measure(work)

    def told(name: str, feed: str = business.mes_feed, **labels: str) -> float | None:
        known = {"service_name": "partner-feeds", "entente_feed": feed}
        return REGISTRY.get_sample_value(f"entente_feed_{name}", known | labels)

    await look()
    assert (told("conflicts"), told("open_rows", entente_outcome="conflict")) == (1, 1)
    assert told("open_rows", entente_outcome="refused") == 0
    assert 0 <= (told("usual_seconds") or 0) <= 60
    assert told("usual_seconds") is not None
    assert told("usual_seconds", business.press_feed) is None, "it never sent: nobody knows how often it does"
    assert told("silent_seconds", business.press_feed) is not None
    async with database.acquire() as connection, connection.transaction():
        await connection.execute("SELECT set_config('entente.actor', 'migration:x', true)")
        for row, days in zip(await connection.fetch(SEEN, business.mes_feed), (55, 40), strict=True):
            await connection.execute(AGO, row["id"], days)
    await look()
    silent, usual = ((told(name) or 0) / 86_400 for name in ("silent_seconds", "usual_seconds"))
    assert (round(silent), round(usual)) == (40, 15), "what a feed that died was used to does not fade"
