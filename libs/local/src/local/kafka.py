"""Apache Kafka without Docker, Java or Maven on the machine: one broker in KRaft mode."""

from __future__ import annotations

import os
import subprocess
import uuid
from base64 import urlsafe_b64encode
from pathlib import Path

from local import jars
from local.java import find_java
from local.processes import Process, ServerError, remembered_port, tail

PROPERTIES = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.listener.names": "CONTROLLER",
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "inter.broker.listener.name": "PLAINTEXT",
    # A mere subscription would make a topic that forgets after a week.
    "auto.create.topics.enable": "false",
    "default.replication.factor": "1",
    "offsets.topic.replication.factor": "1",
    "offsets.topic.num.partitions": "8",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "transaction.state.log.num.partitions": "4",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    # After SIGKILL the controller refuses the same broker until the dead one's session is over: 9 s by default.
    "broker.session.timeout.ms": "3000",
    "broker.heartbeat.interval.ms": "500",
    "group.initial.rebalance.delay.ms": "0",
    "log.cleaner.dedupe.buffer.size": "8388608",  # 128 MB otherwise, a third of our heap
    "num.network.threads": "2",
    "num.io.threads": "4",
}

_LOGIN = 'org.apache.kafka.common.security.{0}LoginModule required username="{1}" password="{2}"'
ADMINISTRATOR = "installation"


def _secured(password: str) -> dict[str, str]:
    """Who is there must log in, and may do only what somebody was allowed to; the administrator may do all."""
    scram = _LOGIN.format("scram.Scram", ADMINISTRATOR, password) + ";"
    # The controller cannot look up in its own log who may open it.
    plain = _LOGIN.format("plain.Plain", ADMINISTRATOR, password) + f' user_{ADMINISTRATOR}="{password}";'
    return {
        "listener.security.protocol.map": "PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT",
        "sasl.enabled.mechanisms": "SCRAM-SHA-512",
        "sasl.mechanism.inter.broker.protocol": "SCRAM-SHA-512",
        "sasl.mechanism.controller.protocol": "PLAIN",
        "listener.name.plaintext.scram-sha-512.sasl.jaas.config": scram,
        "listener.name.controller.sasl.enabled.mechanisms": "PLAIN",
        "listener.name.controller.plain.sasl.jaas.config": plain,
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "super.users": f"User:{ADMINISTRATOR}",
        "allow.everyone.if.no.acl.found": "false",
    }


class KafkaServer:
    """One broker on 127.0.0.1 with its data in a folder; a second start finds what the first one kept."""

    kind = "kafka"
    durable = True

    def __init__(self, folder: Path, port: int | None = None, heap: str = "384m", password: str = "") -> None:
        """``password``: of the administrator, where whoever comes must log in (SCRAM-SHA-512)."""
        self.folder = folder.absolute()
        self._password = password
        self.heap = heap
        self.passed_over: tuple[str, ...] = ()
        self._data = self.folder / "data"
        self._log = self.folder / "kafka.log"
        self._config = self.folder / "server.properties"
        self._wanted_port = port
        self._port: int | None = None
        self._process: Process | None = None

    @property
    def bootstrap_servers(self) -> str:
        """Its address, valid from the first start on."""
        if self._port is None:
            raise ServerError("Kafka has not been started")
        return f"127.0.0.1:{self._port}"

    @property
    def version(self) -> str:
        """For example 4.1.0."""
        return jars.kafka_version()

    @property
    def running(self) -> bool:
        """Whether its process lives."""
        return self._process is not None and self._process.running

    def prepare(self) -> None:
        """Fetch what is missing; fail now, and say why, where this machine cannot run it."""
        find_java()
        jars.class_path()

    def start(self) -> None:
        """Start it, on a new folder after formatting it, and return when it answers."""
        if self.running:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        java, class_path = self._java()
        self._write_config()
        if not (self._data / "meta.properties").exists():
            self._format(java, class_path)
        flags = [f"-Xmx{self.heap}", "-XX:+ExitOnOutOfMemoryError"]
        self._process = Process([*java, *flags, "-cp", class_path, "kafka.Kafka", str(self._config)], self._log)
        self._process.wait_ready(lambda: answers(self.bootstrap_servers, password=self._password), 60)

    def stop(self) -> None:
        """Shut down in good order."""
        if self._process:
            self._process.stop()

    def kill(self) -> None:
        """SIGKILL, as a power cut would."""
        if self._process:
            self._process.kill()

    def _java(self) -> tuple[list[str], str]:
        logging = {"showDateTime": "true", "dateTimeFormat": "yyyy-MM-dd'T'HH:mm:ss.SSSXXX", "defaultLogLevel": "warn"}
        flags = [f"-Dorg.slf4j.simpleLogger.{name}={value}" for name, value in logging.items()]
        return [str(find_java()), *flags], os.pathsep.join(map(str, jars.class_path()))

    def _write_config(self) -> None:
        self._port = self._port or remembered_port(self.folder / "port", self._wanted_port)
        controller = remembered_port(self.folder / "controller-port", None)
        properties = PROPERTIES | (_secured(self._password) if self._password else {})
        properties |= {
            "listeners": f"PLAINTEXT://127.0.0.1:{self._port},CONTROLLER://127.0.0.1:{controller}",
            "advertised.listeners": f"PLAINTEXT://127.0.0.1:{self._port}",
            "controller.quorum.voters": f"1@127.0.0.1:{controller}",
            "log.dirs": str(self._data),
        }
        self._config.write_text("".join(f"{name}={value}\n" for name, value in properties.items()))

    def _format(self, java: list[str], class_path: str) -> None:
        # With "=": one in 64 begins with a dash, and would be taken for an option.
        cluster = urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        tool = [*java, "-Xmx128m", "-cp", class_path, "kafka.tools.StorageTool", "format"]
        user = f"SCRAM-SHA-512=[name={ADMINISTRATOR},password={self._password}]"
        more = ["--add-scram", user] if self._password else []
        with self._log.open("ab") as log:
            done = subprocess.run(
                [*tool, "--config", str(self._config), f"--cluster-id={cluster}", *more],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
        if done.returncode:
            raise ServerError(f"Kafka's storage could not be formatted\n{tail(self._log)}")


def answers(bootstrap_servers: str, seconds: float = 1, password: str = "") -> bool:
    """Whether a broker is there and says who it is, to its administrator where nobody else may ask."""
    from confluent_kafka import KafkaException
    from confluent_kafka.admin import AdminClient

    given: dict[str, str | int | float | bool] = {"bootstrap.servers": bootstrap_servers}
    given |= {"log_level": 0, "socket.timeout.ms": 1000}
    if password:
        given |= {"security.protocol": "SASL_PLAINTEXT", "sasl.mechanism": "SCRAM-SHA-512"}
        given |= {"sasl.username": ADMINISTRATOR, "sasl.password": password}
    client = AdminClient(given)
    try:
        return bool(client.list_topics(timeout=seconds).brokers)
    except KafkaException:
        return False
