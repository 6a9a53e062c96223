"""What an installation says about itself, read from ``ENTENTE_...`` variables."""

from typing import Literal, Self

from pydantic import SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import make_url

Algorithm = Literal["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
"""By which a token may be signed: with a key that its readers do not have."""


class Settings(BaseSettings):
    """Settings that every service shares. ``{service}`` in a URL becomes the service's name in snake case."""

    model_config = SettingsConfigDict(env_prefix="ENTENTE_", extra="ignore")

    local: bool = False
    """Of a demo, a test or a benchmark: then the defaults below serve, and nobody but this machine is served."""
    role: Literal["api", "worker", "all"] = "all"
    """Which parts run in this process: the HTTP API, the relay and consumers, or both."""
    database_url: str = "postgresql://{service}@127.0.0.1:5432/{service}"
    partner_database_url: str = ""
    """The login of partners' requests, which may be a partner's and nothing else; by default that of ``database_url``
    with ``_partner`` behind its name, and the same password."""
    pool_size: int = 4
    kafka_bootstrap_servers: str = "127.0.0.1:9092"
    kafka_security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    kafka_sasl_mechanism: Literal["SCRAM-SHA-512", "SCRAM-SHA-256"] = "SCRAM-SHA-512"
    kafka_username: str = "{service}"
    """``{service}`` becomes the service's name, as its topics begin with it: ``quality-events``."""
    kafka_password: SecretStr = SecretStr("")
    kafka_ca_file: str = ""
    """Certificates that the broker's is checked against, where the protocol has TLS; by default the system's."""
    topic_prefix: str = ""
    """For a Kafka that is shared with others, or a test run of its own."""
    verify_topics: bool = True
    """Only librdkafka's in-memory broker, which has no admin API, runs with False."""
    roll_back: bool = False
    """Let this release take the place of a newer one for good: what only that one handles is removed."""
    replication_factor: int = 1
    issuer: str = "entente-local"
    audience: str = "entente"
    signing_clients: tuple[str, ...] = ("entente-signing",)
    """Clients of the issuer that people are sent through to sign: the audience of ID tokens, never of access tokens."""
    sign_in_client: str = "entente"
    """Client of the issuer, without a secret, through which people sign in on the home page."""
    sign_in_scopes: tuple[str, ...] = ("openid",)
    """What the home page asks the issuer for; some want a name here before a token is for ``audience``."""
    algorithms: tuple[Algorithm, ...] = ("ES256",)
    jwks: str = "jwks.json"
    """A URL, or a file, with the issuer's public keys."""
    keys_in_closed_network: bool = False
    """Whether nothing but this installation is on the way to ``jwks``: then it may be plain HTTP."""
    keys_kept_seconds: float = 3600
    """How long keys that were read from the URL serve on while the issuer does not answer."""
    largest_body: int = 1_000_000
    """Bytes of a request's body; a route that streams a file sets its own ``max_body_size``."""
    requests_per_second: float = 50
    """Of one principal, over time, in each process of a service: people and orderly systems never come near it."""
    requests_burst: int = 1000
    """Requests of one principal that are taken however fast they come: the pages of a long list, a day's backlog."""
    cors_origins: list[str] = []
    """Origins of front-ends that browsers let call this one, such as ``["https://quality.example"]``; else none."""
    root_path: str = ""
    """Under which path a gateway offers this service, where it cuts that off: ``/api/{service}``."""
    operations_port: int = 0
    """Where ``/livez``, ``/readyz`` with its reasons and ``/metrics`` are served, apart from the API; 0: nowhere."""
    drain_seconds: float = 0
    """How long a process that is told to end goes on to answer, and closes each connection with its answer: until
    whoever sends requests here knows that another process takes them."""
    keep_alive_seconds: float = 5
    """How long a connection stays open without a request. Longer than the gateway keeps one that it does not use, which
    would else send a request on one that ends at that moment, and lose it."""
    header_seconds: float = 10
    """Within which a request's header must be complete, also the first on a connection."""
    body_silence: float = 15
    """Seconds without a byte after which a body is given up."""
    slowest_body: float = 1000
    """Bytes a second, below which a body falls behind; a line that carries this may take as long as it needs."""
    body_behind: float = 60
    """Seconds that a body may be behind."""
    answer_silence: float = 60
    """Seconds in which a client may take nothing of its answer."""

    @model_validator(mode="after")
    def _tokens_apart(self) -> Self:
        if self.audience in self.signing_clients:
            raise ValueError("audience is one of signing_clients: a token that opens the API would serve as a login")
        return self

    def database_of(self, service: str) -> str:
        """The database URL of one service."""
        return self.database_url.format(service=service.replace("-", "_"))

    def partner_database_of(self, service: str) -> str:
        """The database URL of one service for partners' requests."""
        if self.partner_database_url:
            return self.partner_database_url.format(service=service.replace("-", "_"))
        url = make_url(self.database_of(service))
        return url.set(username=f"{url.username}_partner").render_as_string(hide_password=False)

    def kafka_user_of(self, service: str) -> str:
        """The name under which a service logs in at Kafka."""
        return self.kafka_username.format(service=service.replace("_", "-"))

    def topic(self, name: str) -> str:
        """A topic's full name in this installation."""
        return self.topic_prefix + name
