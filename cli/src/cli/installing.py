"""What an installation needs before its services run: databases with their logins, topics, and rights in Kafka."""

import importlib
from typing import Any, Self

from pydantic import Field, SecretStr, ValidationError

from cli.databases import InstallationSettings, packages, prepare
from cli.failures import Failure
from cli.services import MOUNTED
from contracts import topics as all_topics
from contracts.faults import in_one_line
from installation import topics
from installation.access import grant
from installation.rights import needs_of
from runtime.settings import Settings


class Installing(InstallationSettings):
    """What the services are told, and what nobody but an administrator knows."""

    kafka_passwords: dict[str, str] = Field(default_factory=dict)
    """By service, named as in its topics."""
    admin_database_url: SecretStr = SecretStr("")
    """A superuser's. Where each service has a server of its own, ``{service}`` stands for its name in snake case."""
    admin_kafka_username: str = "installation"
    admin_kafka_password: SecretStr = SecretStr("")

    @classmethod
    def told(cls) -> Self:
        """As the environment tells. Raises Failure that names the settings, and shows no value: some are passwords."""
        try:
            return cls()
        except ValidationError as error:
            advice = "Settings are variables of the environment, ENTENTE_PASSWORDS for passwords."
            raise Failure(f"an installation's settings: {in_one_line(error)}", advice) from None

    @property
    def administrator(self) -> Self:
        """The same installation, spoken to as the administrator of its Kafka."""
        given = {"kafka_username": self.admin_kafka_username, "kafka_password": self.admin_kafka_password}
        return self.model_copy(update=given)


def states() -> list[Any]:
    """What each service says of itself, by the list of services that every part of an installation goes by."""
    settings = Settings(local=True)  # none is started
    apps = [importlib.import_module(f"{name.replace('-', '_')}.main").create(settings) for name in MOUNTED]
    return [app.state for app in apps]


async def databases(settings: Installing) -> list[str]:
    """Make databases and logins, and run the migrations; give a line for each database.

    Raises Failure where a login would have no password.
    """
    _known(settings.passwords, packages(), "ENTENTE_PASSWORDS")
    return await prepare(settings, settings.admin_database_url.get_secret_value())


async def kafka(settings: Installing) -> list[str]:
    """Make the topics that are missing and, where Kafka asks who is there, let each service do what it must.

    Gives what was changed. Raises Failure where a service would have no password.
    """
    made = [f"made: topic {name}" for name in await topics.create(settings.administrator, all_topics())]
    if not settings.kafka_security_protocol.startswith("SASL"):
        return made
    needs = [needs_of(state) for state in states()]
    _known(settings.kafka_passwords, [each.service for each in needs], "ENTENTE_KAFKA_PASSWORDS")
    return made + await grant(settings, settings.administrator, needs, settings.kafka_passwords)


def _known(passwords: dict[str, str], services: list[str], variable: str) -> None:
    if missing := [name for name in services if not passwords.get(name)]:
        raise Failure(f"there is no password for {', '.join(missing)}", f"{variable} holds one of each, as JSON.")
