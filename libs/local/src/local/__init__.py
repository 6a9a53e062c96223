"""A real PostgreSQL, Apache Kafka and Keycloak on this machine, for demo, tests and benchmarks."""

from local.choice import Broker, Postgres, choose_broker, choose_postgres, describe
from local.embedded_broker import EmbeddedBroker
from local.kafka import KafkaServer
from local.keycloak import KeycloakServer
from local.postgres import PostgresServer
from local.processes import ServerError

__all__ = [
    "Broker",
    "EmbeddedBroker",
    "KafkaServer",
    "KeycloakServer",
    "Postgres",
    "PostgresServer",
    "ServerError",
    "choose_broker",
    "choose_postgres",
    "describe",
]
