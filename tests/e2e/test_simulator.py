"""Partners at work, on the broker that a machine has which can have no other."""

import signal
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from tests.whole import only_whole

pytestmark = pytest.mark.timeout(600)
FEED = "/api/partner-feeds/v1/feeds/karavanke-mes"


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory, make_demo: Any) -> Iterator[Any]:
    """A demo in which partners are at work."""
    running = make_demo(tmp_path_factory.mktemp("busy") / "data", "--broker", "embedded", "--seed", "7")
    running.start()
    yield running
    running.kill()


def test_batches_are_made_and_tested_and_deviations_go_their_way(busy: Any, within: Any) -> None:
    with busy.client() as client:

        def some(path: str, **filters: str) -> Any:
            return client.get(f"/api/{path}", params=filters).json()["items"]

        within(90, lambda: some("quality-events/v1/batches", state="manufactured"))
        within(30, lambda: [each for each in some("sample-tracking/v1/results") if each["evaluation"] == "pass"])
        within(90, lambda: [each for each in some("quality-events/v1/deviations") if each["state"] != "reported"])
    log = (busy.folder / "demo.log").read_text()
    assert "stumbled" not in log
    assert "refused" not in log


def test_a_batch_waits_for_one_signature_and_a_finding_for_its_answer(busy: Any, within: Any) -> None:
    quality = "/api/quality-events/v1"
    with busy.client() as client:
        (batch,) = client.get(f"{quality}/batches", params={"lot": "NOR2601"}).json()["items"]
        assert datetime.fromisoformat(batch["started_at"]) < datetime.fromisoformat(batch["completed_at"])

        def ready() -> Any:
            (market,) = client.get(f"{quality}/batches/{batch['id']}/readiness").json()["markets"]
            return market if market["ready"] else None

        assert within(60, ready)["market"] == "AT"
        (finding,) = client.get(f"{quality}/audit-findings", params={"overdue": "true"}).json()["items"]
        assert (finding["state"], finding["waiting_for"]["side"]) == ("raised", "partner")
    told = busy.run("explain", "batch", "NOR2601").stdout
    assert "NOR-50 NOR2601 in AT (eu_eea) is ready: it waits for a signature." in told
    assert "entente sign" in told


@only_whole
def test_what_the_broker_forgot_at_a_restart_nobody_misses(busy: Any, within: Any) -> None:
    with busy.client() as client:
        before = {each["id"] for each in client.get("/api/quality-events/v1/batches").json()["items"]}
        stopped_half_way = client.post(f"{FEED}/backfill", json={"reason": "as a demo that is killed may leave it"})
        assert stopped_half_way.is_success, stopped_half_way.text
    status, said = busy.stop(signal.SIGINT)
    assert (status, "Traceback" in said) == (0, False), said
    busy.start()
    assert "half a year of batches found as it was" in busy.said
    with busy.client() as client:
        assert client.get(FEED).json()["backfill"] is False, "its past is over"

        def new() -> Any:
            answer = client.get("/api/quality-events/v1/batches", params={"limit": "500"})
            found = {each["id"] for each in answer.json()["items"]}
            return found - before if before <= found else None

        within(90, new)
