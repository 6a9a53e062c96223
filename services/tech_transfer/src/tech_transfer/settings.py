"""Settings of this service alone, read from ``ENTENTE_SPONSOR_...`` variables."""

from typing import Annotated

from pydantic import AfterValidator
from pydantic_settings import BaseSettings, SettingsConfigDict

from gxp import calendars
from gxp.calendars import Calendar


def _with_calendar(country: str) -> str:
    if country:
        calendars.named(country)
    return country


class SponsorSettings(BaseSettings):
    """Where the sponsor works."""

    model_config = SettingsConfigDict(env_prefix="ENTENTE_SPONSOR_", extra="ignore")

    country: Annotated[str, AfterValidator(_with_calendar)] = ""
    """ISO 3166, such as ``SI`` or ``DE-BW``, whose holidays are off. Where none is named only weekends are."""

    @property
    def calendar(self) -> Calendar:
        """On which days it works."""
        return calendars.of_country(self.country)
