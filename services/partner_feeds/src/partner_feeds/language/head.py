"""What every mapping begins with, whatever it reads: its name, its version, and in which zone its times are."""

from typing import Annotated
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints


def _known_zone(name: str | None) -> str | None:
    if name is not None and name not in available_timezones():
        raise ValueError(f"{name!r} is no IANA time zone: write one such as Europe/Ljubljana")
    return name


class Head(BaseModel):
    """One version of a mapping."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    code: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=100)]
    """By which feeds name it: small letters, digits and hyphens. For: ``release-results``."""
    version: int = Field(ge=1, le=2**31 - 1)
    """A document that is stored never changes: a correction is the next version, and feeds follow when it is
    approved."""
    title: str = ""
    """What people call it."""
    time_zone: Annotated[str | None, AfterValidator(_known_zone)] = None
    """The IANA name of the zone of times that carry no offset, where it is not that of the feed's site. For: a LIMS
    that writes UTC, ``Etc/UTC``."""
