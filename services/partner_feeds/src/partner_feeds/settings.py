"""Settings of this service alone, read from ``ENTENTE_FEEDS_...`` variables."""

from pydantic_settings import BaseSettings, SettingsConfigDict


class IntakeSettings(BaseSettings):
    """How much a message may hold, and how long its sender waits."""

    model_config = SettingsConfigDict(env_prefix="ENTENTE_FEEDS_", extra="ignore")

    largest_message: int = 512 * 1024 * 1024
    """Bytes of one message. While it arrives it lies in a temporary file, so the machine needs room for it."""
    answer_within: float = 25.0
    """Seconds. A translation that takes longer goes on, and its sender looks at the message: proxies give up at 30."""
    resume_after: float = 15.0
    """Seconds without progress after which a translation counts as interrupted."""
    resume_every: float = 5.0
    """Seconds between two looks for interrupted translations."""
