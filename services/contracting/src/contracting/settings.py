"""Settings of this service alone, read from ``ENTENTE_SPONSOR_...`` variables."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from pydantic_settings import BaseSettings, SettingsConfigDict

from runtime.bodies import TimeZone


class SponsorSettings(BaseSettings):
    """Where the sponsor works: agreements begin and end by its local days."""

    model_config = SettingsConfigDict(env_prefix="ENTENTE_SPONSOR_", extra="ignore")

    time_zone: TimeZone = "UTC"
    """An IANA name."""

    @property
    def zone(self) -> ZoneInfo:
        """By whose local days it counts."""
        return ZoneInfo(self.time_zone)


def sponsor_zone() -> ZoneInfo:
    """By whose local days agreements begin and end."""
    return SponsorSettings().zone


def today(now: datetime) -> date:
    """Which day it is for the sponsor."""
    return now.astimezone(sponsor_zone()).date()
