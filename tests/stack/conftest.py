"""The installation that `make up` started, for `make up-test`; no other run of the tests needs one."""

import asyncio
import os
import subprocess
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.partnership import Partnership
from tests.stack.people import Elsewhere, People

ROOT = Path(__file__).parents[2]
URL = os.environ.get("ENTENTE_PUBLIC_URL", "http://localhost:8080")
OPERATORS_URL = f"http://localhost:{os.environ.get('ENTENTE_OPERATORS_PORT', '8081')}"
PASSWORDS = ROOT / ".entente/compose/passwords"
SLOWER = 6
"""How many times as long as in one process something may take: some twenty processes start on one machine."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave these tests to `make up-test`."""
    if os.environ.get("ENTENTE_UP_TEST") != "1":
        for item in items:
            if Path(__file__).parent in item.path.parents:
                item.add_marker(pytest.mark.skip(reason="left to `make up-test`"))


@pytest.fixture(scope="session")
def people() -> Iterator[People]:
    """The realm's people, and those whom tests make."""
    with People(URL, OPERATORS_URL, (PASSWORDS / "keycloak").read_text()) as people:
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
def killed() -> Callable[[str], None]:
    """``killed("kafka")``: a container loses its process as by a power cut, and is started again."""

    def kill(service: str) -> None:
        container = _run("docker", "compose", "ps", "--quiet", service)
        _run("docker", "kill", "--signal", "KILL", container)
        _run("docker", "start", container)  # not by compose, which would first do once more what comes before it

    return kill


def _run(*command: str) -> str:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()
