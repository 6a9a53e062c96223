"""Settings of this service alone, read from ``ENTENTE_SPECIFICATIONS_...`` variables."""

from pydantic_settings import BaseSettings, SettingsConfigDict


class SpecificationSettings(BaseSettings):
    """What the sponsor asks of a specification for a market before it comes into force."""

    model_config = SettingsConfigDict(env_prefix="ENTENTE_SPECIFICATIONS_", extra="ignore")

    must_be_registered: bool = False
    """Whether one waits, too, while it is not known that the market's registration names it."""
