"""What this service alone may be told, read from ``ENTENTE_STREAM_...`` variables."""

import secrets

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class TicketSettings(BaseSettings):
    """The key that tickets are signed with."""

    model_config = SettingsConfigDict(env_prefix="ENTENTE_STREAM_", extra="ignore")

    ticket_key: SecretStr = Field(default_factory=lambda: SecretStr(secrets.token_urlsafe(32)), min_length=32)
    """The same for all processes of the service. Without one each process makes its own, and knows its own tickets."""
