"""Where documents lie, read from ``ENTENTE_DOCUMENTS_...`` variables."""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from identity.installed import Unfit
from runtime.settings import Settings


class DocumentSettings(BaseSettings):
    """The store, and how large a document may be."""

    model_config = SettingsConfigDict(env_prefix="ENTENTE_DOCUMENTS_", extra="ignore")

    store: str = ""
    """A folder that all processes of the API share, by its whole path, or ``s3://BUCKET/PREFIX``."""
    largest: int = Field(50_000_000, ge=1, le=1_000_000_000)
    """Bytes of one document. While it arrives it lies in a temporary file, so the machine needs room for it."""
    s3_endpoint: str = ""
    """Where an S3-compatible store answers; by default Amazon's, of the region."""
    s3_region: str = "us-east-1"
    s3_key: str = ""
    s3_secret: SecretStr = SecretStr("")
    """Without key and secret what the machine itself may do in Amazon's cloud."""
    s3_closed_network: bool = False
    """Whether nothing but this installation is on the way to the store: then it may be plain HTTP."""


def settings_for(settings: Settings) -> DocumentSettings:
    """Those of an installation. Raises Unfit where a process that takes documents in was not told where they go.

    A demo and a test keep them beside their keys, whatever the environment says.
    """
    if settings.local:
        return DocumentSettings(store=str(Path(settings.jwks).absolute().parent / "documents"))
    found = DocumentSettings()
    if settings.role != "worker" and not (found.store.startswith("s3://") or Path(found.store).is_absolute()):
        what = f"is {found.store!r}" if found.store else "is not set"
        raise Unfit([f"ENTENTE_DOCUMENTS_STORE {what}: give a folder by its whole path, or s3://BUCKET/PREFIX"])
    if found.s3_endpoint.startswith("http://") and not found.s3_closed_network:
        raise Unfit([f"ENTENTE_DOCUMENTS_S3_ENDPOINT is {found.s3_endpoint}: it must begin with https"])
    return found
