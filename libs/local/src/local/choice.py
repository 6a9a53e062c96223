"""Which broker and which PostgreSQL serve here, and why not another one.

What was asked for by name is used or fails; only `auto` goes on to the next. A choice is made by
preparing (fetching jars, asking for an engine), so that it can be named before anything is started.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Protocol, TypeVar

from local.elsewhere import DockerBroker, DockerPostgres, ExternalBroker, ExternalPostgres
from local.embedded_broker import EmbeddedBroker
from local.kafka import KafkaServer
from local.postgres import PostgresServer
from local.processes import ServerError


class Server(Protocol):
    """What can be prepared, started and stopped."""

    passed_over: tuple[str, ...]
    """Why each one that comes before it in the order was not taken."""

    @property
    def kind(self) -> str: ...
    @property
    def version(self) -> str: ...
    def prepare(self) -> None: ...
    def start(self) -> None: ...
    def stop(self) -> None: ...


class Broker(Server, Protocol):
    """Something that speaks Kafka's protocol."""

    @property
    def durable(self) -> bool: ...
    @property
    def bootstrap_servers(self) -> str: ...


class Postgres(Server, Protocol):
    """A PostgreSQL whose superuser we are."""

    @property
    def dsn(self) -> str: ...


AnyServer = TypeVar("AnyServer", bound=Server)

BROKERS = ("auto", "kafka", "embedded", "docker", "external")
POSTGRESES = ("auto", "wheel", "docker", "external")


def choose_broker(wanted: str, folder: Path) -> Broker:
    """The broker of that name, prepared and not yet started; data, where it keeps any, in the folder."""
    address = os.environ.get("KAFKA_BOOTSTRAP_SERVERS")
    makers: dict[str, Callable[[], Broker]] = {
        "kafka": lambda: KafkaServer(folder),
        "docker": DockerBroker,
        "embedded": EmbeddedBroker,
    }
    if address:
        makers["external"] = lambda: ExternalBroker(address)
    if wanted == "auto" and address:
        wanted = "external"
    return _choose("broker", wanted, BROKERS, makers, "KAFKA_BOOTSTRAP_SERVERS")


def choose_postgres(wanted: str, folder: Path, durable: bool = True) -> Postgres:
    """The PostgreSQL of that name, prepared and not yet started; data, where it keeps any, in the folder."""
    dsn = os.environ.get("DATABASE_URL")
    makers: dict[str, Callable[[], Postgres]] = {
        "wheel": lambda: PostgresServer(folder, durable=durable),
        "docker": DockerPostgres,
    }
    if dsn:
        makers["external"] = lambda: ExternalPostgres(dsn)
    if wanted == "auto" and dsn:
        wanted = "external"
    return _choose("PostgreSQL", wanted, POSTGRESES, makers, "DATABASE_URL")


def describe(server: Server) -> str:
    """One line for the head of a test run or of the demo."""
    names = {
        "kafka": "Apache Kafka {} on this machine",
        "docker": "{} by Docker",
        "embedded": "in-memory broker of librdkafka {}, which keeps nothing",
        "wheel": "PostgreSQL {} on this machine",
        "external": "an external server {}",
    }
    return names[server.kind].format(server.version)


def _choose(
    what: str, wanted: str, names: tuple[str, ...], makers: dict[str, Callable[[], AnyServer]], variable: str
) -> AnyServer:
    if wanted not in names:
        raise ServerError(f"unknown {what} {wanted!r}; there are {', '.join(names)}")
    if wanted == "external" and wanted not in makers:
        raise ServerError(f"external {what} is asked for, and {variable} is not set")
    if wanted != "auto":
        server = makers[wanted]()
        server.prepare()
        return server
    passed_over: list[str] = []
    for name, maker in makers.items():
        server = maker()
        try:
            server.prepare()
        except ServerError as error:
            passed_over.append(f"{name}: {error}")
            continue
        server.passed_over = tuple(passed_over)
        return server
    raise ServerError(f"no {what} can be had here; {'; '.join(passed_over)}")
