"""A real PostgreSQL and Apache Kafka on this machine, for demo, tests and benchmarks."""

from local.choice import Broker, Postgres, choose_broker, choose_postgres, describe
from local.embedded_broker import EmbeddedBroker
from local.kafka import KafkaServer
from local.postgres import PostgresServer
from local.processes import ServerError

__all__ = [
    "Broker",
    "EmbeddedBroker",
    "KafkaServer",
    "Postgres",
    "PostgresServer",
    "ServerError",
    "choose_broker",
    "choose_postgres",
    "describe",
]
