"""`python -m local postgres|kafka|up FOLDER`: run them in the foreground until SIGTERM or Ctrl-C."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from local.kafka import KafkaServer
from local.postgres import PostgresServer
from local.processes import ServerError


def main() -> int:
    """Start, print one line of JSON with the addresses, wait, stop."""
    arguments = _arguments()
    servers = _servers(arguments)
    asked_to_end = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: asked_to_end.set())
    try:
        with ThreadPoolExecutor() as pool:
            list(pool.map(lambda server: server.start(), servers))
        print(json.dumps({k: v for server in servers for k, v in _address(server).items()}), flush=True)
        asked_to_end.wait()
    except ServerError as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        for server in servers:
            server.stop()
    return 0


def _servers(arguments: argparse.Namespace) -> list[PostgresServer | KafkaServer]:
    folder, port, durable = arguments.folder, arguments.port, not arguments.fast
    match arguments.what:
        case "postgres":
            return [PostgresServer(folder, port, durable)]
        case "kafka":
            return [KafkaServer(folder, port, arguments.heap)]
        case _:
            return [
                PostgresServer(folder / "postgres", port, durable),
                KafkaServer(folder / "kafka", arguments.kafka_port, arguments.heap),
            ]


def _address(server: PostgresServer | KafkaServer) -> dict[str, str]:
    if isinstance(server, PostgresServer):
        return {"DATABASE_URL": server.dsn}
    return {"KAFKA_BOOTSTRAP_SERVERS": server.bootstrap_servers}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local", description=__doc__)
    parser.add_argument("what", choices=["postgres", "kafka", "up"])
    parser.add_argument("folder", type=Path, help="where the data are kept")
    parser.add_argument("--port", type=int, help="of the one server, or of PostgreSQL for `up`")
    parser.add_argument("--kafka-port", type=int, help="of Kafka, for `up`")
    parser.add_argument("--heap", default="384m", help="Kafka's, for example 1g")
    parser.add_argument("--fast", action="store_true", help="PostgreSQL without fsync: for data nobody will miss")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
