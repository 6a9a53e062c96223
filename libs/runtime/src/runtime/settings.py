"""What an installation says about itself, read from ``ENTENTE_...`` variables."""

from typing import Literal

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Settings that every service shares. ``{service}`` in a URL becomes the service's name in snake case."""

    model_config = SettingsConfigDict(env_prefix="ENTENTE_", extra="ignore")

    role: Literal["api", "worker", "all"] = "all"
    """Which parts run in this process: the HTTP API, the relay and consumers, or both."""
    database_url: str = "postgresql://{service}@127.0.0.1:5432/{service}"
    pool_size: int = 4
    kafka_bootstrap_servers: str = "127.0.0.1:9092"
    topic_prefix: str = ""
    """For a Kafka that is shared with others, or a test run of its own."""
    verify_topics: bool = True
    """Only librdkafka's in-memory broker, which has no admin API, runs with False."""
    roll_back: bool = False
    """Let this release take the place of a newer one for good: what only that one handles is removed."""
    replication_factor: int = 1
    issuer: str = "entente-local"
    audience: str = "entente"
    algorithms: tuple[str, ...] = ("ES256",)
    jwks: str = "jwks.json"
    """A URL, or a file, with the issuer's public keys."""
    largest_body: int = 1_000_000
    """Bytes of a request's body; a route that streams a file sets its own ``max_body_size``."""

    def database_of(self, service: str) -> str:
        """The database URL of one service."""
        return self.database_url.format(service=service.replace("-", "_"))

    def topic(self, name: str) -> str:
        """A topic's full name in this installation."""
        return self.topic_prefix + name
