"""librdkafka's in-memory broker: speaks Kafka's protocol, keeps nothing, needs nothing but a wheel.

Its limits: one member per consumer group, no admin API, topics that appear with four partitions, about 5 MB
kept per partition, nothing after a restart.
"""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import suppress

from local.processes import ServerError


class EmbeddedBroker:
    """The broker in a child process, which ends when its standard input does: with us, however we end."""

    kind = "embedded"
    durable = False

    def __init__(self) -> None:
        self.passed_over: tuple[str, ...] = ()
        self._child: subprocess.Popen[str] | None = None
        self._bootstrap_servers = ""

    @property
    def bootstrap_servers(self) -> str:
        """Its address; another one after each start."""
        if not self._bootstrap_servers:
            raise ServerError("the in-memory broker has not been started")
        return self._bootstrap_servers

    @property
    def version(self) -> str:
        """librdkafka's version."""
        import confluent_kafka

        return str(confluent_kafka.libversion()[0])

    def prepare(self) -> None:
        """Fail now, and say why, where this machine cannot run it."""
        try:
            _ = self.version
        except ImportError as error:
            raise ServerError(f"confluent-kafka does not load here: {error}") from error

    def start(self) -> None:
        """Start it; returns when it answers."""
        if self._child and self._child.poll() is None:
            return
        self._child = subprocess.Popen(
            [sys.executable, "-c", "from local import embedded_broker; embedded_broker.serve()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert self._child.stdout is not None  # noqa: S101
        line = self._child.stdout.readline()
        if not line:
            raise ServerError(f"the in-memory broker ended with code {self._child.wait()}")
        self._bootstrap_servers = str(json.loads(line)["bootstrap_servers"])

    def stop(self) -> None:
        """End it; what it held is gone."""
        if self._child and self._child.stdin:
            self._child.stdin.close()
            with suppress(subprocess.TimeoutExpired):
                self._child.wait(10)
        self.kill()

    def kill(self) -> None:
        """SIGKILL."""
        if self._child:
            self._child.kill()
            self._child.wait(10)
            for pipe in (self._child.stdin, self._child.stdout):
                if pipe:
                    pipe.close()


def serve() -> None:
    """Be the broker until standard input ends."""
    from confluent_kafka import Producer

    broker = Producer({"test.mock.num.brokers": 1, "log_level": 0})
    found = broker.list_topics(timeout=10).brokers.values()
    print(json.dumps({"bootstrap_servers": ",".join(f"{b.host}:{b.port}" for b in found)}), flush=True)
    sys.stdin.read()
