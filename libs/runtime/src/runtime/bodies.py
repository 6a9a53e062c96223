"""What bodies of requests have in common."""

from typing import Annotated
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

from contracts import check_code, check_visible

_ONE_LINE = r"^[^\x00-\x1f\x7f]*$"
Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=_ONE_LINE),
    AfterValidator(check_visible),
]
"""A name, a title."""
Code = Annotated[Line, AfterValidator(check_code)]
"""A number or code by which something is known."""
Words = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000), AfterValidator(check_visible)
]
"""A text, a reason, a justification."""
Country = Annotated[str, StringConstraints(pattern="^[A-Z]{2}$")]
"""ISO 3166-1 alpha-2."""


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("must be an IANA time zone such as Europe/Ljubljana")
    return name


TimeZone = Annotated[str, AfterValidator(_known_zone)]


class Body(BaseModel):
    """A request's body: what it does not know, it refuses."""

    model_config = ConfigDict(extra="forbid")


class Reason(Body):
    """Why."""

    reason: Words
