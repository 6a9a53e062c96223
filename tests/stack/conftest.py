"""The installation that `make up` started, or a cluster has, for `make up-test` and `make k8s-test` alone."""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.partnership import Partnership
from tests.stack.people import Elsewhere, People
from tests.stack.places import OPERATORS_URL, URL, Compose, Kubernetes, Place, answers

SLOWER = 6
"""How many times as long as in one process something may take: some twenty processes start on one machine."""
_IN_A_CLUSTER = "test_rollout.py"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave these tests to `make up-test`, and those that need a cluster to `make k8s-test`."""
    composed, clustered = (os.environ.get(name) == "1" for name in ("ENTENTE_UP_TEST", "ENTENTE_K8S_TEST"))
    for item in items:
        if Path(__file__).parent in item.path.parents:
            if item.path.name == _IN_A_CLUSTER and not clustered:
                item.add_marker(pytest.mark.skip(reason="left to `make k8s-test`"))
            elif not composed and not clustered:
                item.add_marker(pytest.mark.skip(reason="left to `make up-test` and `make k8s-test`"))


@pytest.fixture(scope="session")
def place() -> Iterator[Place]:
    """Where the installation is."""
    if os.environ.get("ENTENTE_K8S_TEST") != "1":
        yield Compose()
        return
    cluster = Kubernetes()
    cluster.kubectl("wait", "--for=condition=Available", "deployment", "--all", "--timeout=900s", patience=1000)
    with cluster.reached():
        answers()
        yield cluster


@pytest.fixture(scope="session")
def people(place: Place) -> Iterator[People]:
    """The realm's people, and those whom tests make."""
    with People(URL, OPERATORS_URL, place.password("keycloak")) as people:
        yield people


@pytest.fixture
def service(people: People) -> Callable[[str], Elsewhere]:
    """``service("kpi")``: a service behind the gateway."""
    return lambda name: Elsewhere(f"{URL}/api/{name}", people)


@pytest.fixture(name="patiently", scope="session")
def _patiently() -> Callable[..., Awaitable[Any]]:
    """``await patiently(check)``: as ``eventually``, with a machine's patience."""
    return patiently


async def patiently(check: Callable[[], Awaitable[Any]], within: float = 15.0) -> Any:
    """Wait until ``check`` gives something true, and give it; fail at the deadline with what it gave last."""
    deadline = time.monotonic() + within * SLOWER
    while not (found := await check()):
        assert time.monotonic() < deadline, f"not within {within * SLOWER} s; the last look gave {found!r}"
        await asyncio.sleep(0.5)
    return found


@pytest.fixture
def partnership(service: Callable[[str], Elsewhere]) -> Callable[..., Any]:
    """As the journeys of tests/e2e have it, of services that run behind the gateway."""

    async def make(*markets: str, **more: Any) -> Partnership:
        names = {"registry": "partner-registry", "feeds": "partner-feeds"}
        names |= {"tracking": "sample-tracking", "quality": "quality-events"}
        running: dict[str, Any] = {name: service(each) for name, each in names.items()}
        return await Partnership(**running, eventually=patiently).begin(*markets, **more)

    return make


@pytest.fixture(scope="session")
def killed(place: Place) -> Callable[[str], None]:
    """``killed("kafka")``: a part loses its process, as by a power cut where the place can, and comes back."""
    return place.kill
