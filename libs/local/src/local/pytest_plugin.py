"""What every test of Entente may ask for: `postgres_dsn` and `kafka`.

One process owns the servers of a run: without pytest-xdist pytest's own, which starts them when the first
test asks; with it the controller, which starts them before its workers and hands the addresses over.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from local import Broker, Postgres, ServerError, choose_broker, choose_postgres, describe
from local.choice import BROKERS

PREFIX = "entente-test-"
# A broker of a run lives for minutes: most of what Java would do for one of months costs more than it gains.
SHORT_LIVED = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"


@dataclass(frozen=True)
class Kafka:
    """The broker of this run."""

    bootstrap_servers: str
    kind: str
    durable: bool


class Servers:
    """The broker and the PostgreSQL of one run, chosen at once and started when somebody asks."""

    def __init__(self, wanted_broker: str) -> None:
        _sweep()
        self.folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
        self.folder.chmod(0o755)  # PostgreSQL runs under another account where we are root
        try:
            self.broker: Broker = choose_broker(wanted_broker, self.folder / "kafka")
            self.postgres: Postgres = choose_postgres("auto", self.folder / "postgres", durable=False)
        except ServerError:
            self.stop()
            raise

    def kafka(self) -> Kafka:
        """Start the broker if need be."""
        self.broker.start()
        return Kafka(self.broker.bootstrap_servers, self.broker.kind, self.broker.durable)

    def postgres_dsn(self) -> str:
        """Start PostgreSQL if need be."""
        self.postgres.start()
        return self.postgres.dsn

    def stop(self) -> None:
        """Stop what was started; leave nothing behind."""
        for server in (getattr(self, "broker", None), getattr(self, "postgres", None)):
            if server:
                server.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


SERVERS: pytest.StashKey[Servers] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--broker`: a choice by name is used or fails; only `auto` falls back."""
    parser.addoption(
        "--broker",
        choices=BROKERS,
        default=os.environ.get("ENTENTE_TEST_BROKER", "auto"),
        help="which Kafka the tests speak to (also ENTENTE_TEST_BROKER); default: %(default)s",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Choose the servers, in the process that will own them."""
    config.addinivalue_line("markers", "durable_broker: needs a broker that keeps what it was given")
    idle = config.option.help or config.option.version or config.option.collectonly
    if hasattr(config, "workerinput") or idle:
        return
    os.environ.setdefault("JAVA_TOOL_OPTIONS", SHORT_LIVED)
    try:
        config.stash[SERVERS] = Servers(config.getoption("--broker"))
    except ServerError as error:
        raise pytest.UsageError(str(error)) from error


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Which broker and which PostgreSQL, and why no better one."""
    servers = config.stash.get(SERVERS, None)
    if servers is None:
        return []
    lines = []
    for name, server in (("broker", servers.broker), ("database", servers.postgres)):
        lines += [f"{name}: {describe(server)}", *(f"  not {reason}" for reason in server.passed_over)]
    return lines


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """pytest-xdist's controller: start the servers before its first worker."""
    servers = node.config.stash[SERVERS]
    node.workerinput["entente"] = {"dsn": servers.postgres_dsn(), "kafka": asdict(servers.kafka())}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip what needs a durable broker where there is none."""
    if hasattr(config, "workerinput"):
        durable = config.workerinput["entente"]["kafka"]["durable"]
    elif SERVERS in config.stash:
        durable = config.stash[SERVERS].broker.durable
    else:
        return
    if durable:
        return
    for item in items:
        if item.get_closest_marker("durable_broker"):
            item.add_marker(pytest.mark.skip(reason="needs a durable broker; this one is in memory"))


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the servers with the run that owns them."""
    servers = config.stash.get(SERVERS, None)
    if servers is not None:
        servers.stop()


@pytest.fixture(scope="session")
def postgres_dsn(request: pytest.FixtureRequest) -> str:
    """The superuser's address of a real PostgreSQL; make your own database in it."""
    if hasattr(request.config, "workerinput"):
        return str(request.config.workerinput["entente"]["dsn"])
    return request.config.stash[SERVERS].postgres_dsn()


@pytest.fixture(scope="session")
def kafka(request: pytest.FixtureRequest) -> Kafka:
    """The broker of this run; make your own topics in it."""
    if hasattr(request.config, "workerinput"):
        return Kafka(**request.config.workerinput["entente"]["kafka"])
    return request.config.stash[SERVERS].kafka()


def _sweep() -> None:
    """Remove the folders of runs that were killed before they could."""
    for folder in _left_behind():
        shutil.rmtree(folder, ignore_errors=True)


def _left_behind() -> Iterator[Path]:
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(ValueError):
            if not psutil.pid_exists(int(folder.name.removeprefix(PREFIX).partition("-")[0])):
                yield folder
