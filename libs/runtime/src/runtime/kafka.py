"""How a client of Kafka is made: where it is, and as whom a service logs in there."""

from ssl import create_default_context
from typing import Any

from runtime.settings import Settings


def client(settings: Settings, service: str) -> dict[str, Any]:
    """What every client of aiokafka is made with. ``service`` is as its topics name it: ``quality-events``."""
    protocol = settings.kafka_security_protocol
    options: dict[str, Any] = {"bootstrap_servers": settings.kafka_bootstrap_servers, "security_protocol": protocol}
    if protocol.endswith("SSL"):
        options["ssl_context"] = create_default_context(cafile=settings.kafka_ca_file or None)
    if protocol.startswith("SASL"):
        options["sasl_mechanism"] = settings.kafka_sasl_mechanism
        options["sasl_plain_username"] = settings.kafka_user_of(service)
        options["sasl_plain_password"] = settings.kafka_password.get_secret_value()
    return options
