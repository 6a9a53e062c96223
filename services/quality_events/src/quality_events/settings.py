"""Settings of this service alone, read from ``ENTENTE_SPONSOR_...`` variables."""

from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator
from pydantic_settings import BaseSettings, SettingsConfigDict

from gxp import calendars
from gxp.calendars import Calendar
from quality_events.clocks import Sponsor
from runtime.bodies import TimeZone


def _with_calendar(country: str) -> str:
    if country:
        calendars.named(country)
    return country


class SponsorSettings(BaseSettings):
    """Where the sponsor works: its own clocks count days there."""

    model_config = SettingsConfigDict(env_prefix="ENTENTE_SPONSOR_", extra="ignore")

    time_zone: TimeZone = "UTC"
    """An IANA name."""
    country: Annotated[str, AfterValidator(_with_calendar)] = ""
    """ISO 3166, such as ``SI`` or ``DE-BW``, whose holidays are off. Where none is named no holiday is: due earlier."""

    @property
    def zone(self) -> ZoneInfo:
        """By whose local days it counts."""
        return ZoneInfo(self.time_zone)

    @property
    def calendar(self) -> Calendar:
        """On which days it works."""
        return calendars.named(self.country) if self.country else calendars.monday_to_friday


def sponsor() -> Sponsor:
    """By whose days the sponsor's clocks count."""
    settings = SponsorSettings()
    return Sponsor(settings.zone, settings.calendar)
