"""Servers that are not ours to install: running somewhere already, or images of a Docker engine."""

from __future__ import annotations

import socket
from typing import Any
from urllib.parse import urlsplit

from local.kafka import PROPERTIES, answers
from local.processes import ServerError, free_port, wait_until

KAFKA_IMAGE = "apache/kafka:4.1.0"
POSTGRES_IMAGE = "postgres:18"


class ExternalBroker:
    """A broker that KAFKA_BOOTSTRAP_SERVERS names. It is left alone: neither started nor stopped."""

    kind = "external"
    durable = True
    version = "of unknown version"  # Kafka's protocol does not tell it

    def __init__(self, bootstrap_servers: str) -> None:
        self.bootstrap_servers = bootstrap_servers
        self.passed_over: tuple[str, ...] = ()

    def prepare(self) -> None:
        """Fail now where nobody answers."""
        if not answers(self.bootstrap_servers, 10):
            raise ServerError(f"no Kafka answers at {self.bootstrap_servers} (KAFKA_BOOTSTRAP_SERVERS)")

    def start(self) -> None:
        """It runs already."""

    def stop(self) -> None:
        """It is not ours."""


class ExternalPostgres:
    """A PostgreSQL that DATABASE_URL names. It is left alone: neither started nor stopped."""

    kind = "external"
    version = "of unknown version"

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn
        self.passed_over: tuple[str, ...] = ()

    def prepare(self) -> None:
        """Fail now where nobody listens."""
        where = urlsplit(self.dsn)
        address = (where.hostname or "127.0.0.1", where.port or 5432)
        try:
            socket.create_connection(address, timeout=10).close()
        except OSError as error:
            raise ServerError(f"no PostgreSQL at {address[0]}:{address[1]} (DATABASE_URL): {error}") from error

    def start(self) -> None:
        """It runs already."""

    def stop(self) -> None:
        """It is not ours."""


class DockerBroker:
    """Apache Kafka in a container, removed at the end."""

    kind = "docker"
    durable = True
    version = KAFKA_IMAGE

    def __init__(self) -> None:
        self.passed_over: tuple[str, ...] = ()
        self._container: Any = None
        self._port = 0

    @property
    def bootstrap_servers(self) -> str:
        """Its address, valid from the start on."""
        return f"127.0.0.1:{self._port}"

    def prepare(self) -> None:
        """Fail now where no engine answers."""
        require_engine()

    def start(self) -> None:
        """Start the container; returns when the broker answers."""
        from testcontainers.core.container import DockerContainer

        # The address that a broker advertises must be known before it starts: the port is chosen here.
        self._port = free_port()
        properties = PROPERTIES | {
            "listeners": "PLAINTEXT://:9092,CONTROLLER://:9093",
            "advertised.listeners": f"PLAINTEXT://127.0.0.1:{self._port}",
            "controller.quorum.voters": "1@localhost:9093",
        }
        container = DockerContainer(KAFKA_IMAGE).with_bind_ports(9092, self._port)
        for name, value in properties.items():
            container.with_env(f"KAFKA_{name.replace('.', '_').upper()}", value)
        self._container = container.start()
        wait_until(lambda: answers(self.bootstrap_servers), 60, f"{KAFKA_IMAGE} does not answer")

    def stop(self) -> None:
        """Remove the container."""
        if self._container:
            self._container.stop()


class DockerPostgres:
    """PostgreSQL in a container, removed at the end."""

    kind = "docker"
    version = POSTGRES_IMAGE

    def __init__(self) -> None:
        self.passed_over: tuple[str, ...] = ()
        self._container: Any = None

    @property
    def dsn(self) -> str:
        """The superuser's address, valid after the start."""
        return str(self._container.get_connection_url(driver=None))

    def prepare(self) -> None:
        """Fail now where no engine answers."""
        require_engine()

    def start(self) -> None:
        """Start the container; returns when the server takes connections."""
        from testcontainers.community.postgres import PostgresContainer

        container = PostgresContainer(POSTGRES_IMAGE, username="postgres", dbname="postgres", driver=None)
        self._container = container.with_command("-c max_connections=200 -c fsync=off").start()

    def stop(self) -> None:
        """Remove the container."""
        if self._container:
            self._container.stop()


def require_engine() -> None:
    """Fail where there is no Docker engine; a client alone is none."""
    try:
        import docker

        docker.from_env(timeout=5).ping()
    except Exception as error:  # the client's own, a socket's, an import's
        raise ServerError(f"no Docker engine answers: {str(error).splitlines()[0]}") from error
