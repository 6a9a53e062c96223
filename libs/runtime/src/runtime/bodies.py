"""What bodies of requests have in common."""

import re
from typing import Annotated
from zoneinfo import available_timezones

from holidays import list_supported_countries
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from contracts import check_code, check_storable, check_visible

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
Text = Annotated[str, StringConstraints(max_length=10_000), AfterValidator(check_storable)]
"""A text that may be empty."""


def _plain(given: object) -> object:
    """Refuse what Python would take for a number as well: ``1_000``, digits of other scripts, true."""
    if isinstance(given, bool) or (isinstance(given, str) and not _NUMBER(given)):
        raise ValueError("write a number in the digits 0 to 9, such as 1000 or 0.5")
    return given


_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([Ee][+-]?[0-9]+)?").fullmatch
Plain = BeforeValidator(_plain)
"""Of a number in a body or a query, behind its bounds, which else would not be in the document:
``Annotated[int, Field(ge=1), Plain]``."""
UNION = "EU"
"""The European Union, which ISO 3166-1 reserves: as a market it has a procedure of its own."""
COUNTRIES = frozenset(list_supported_countries(include_aliases=False)) | {UNION}


def _known_country(code: str) -> str:
    if code not in COUNTRIES:
        raise ValueError(f"{code} is no country of ISO 3166-1: write its alpha-2 code, such as SI, or EU for the Union")
    return code


Country = Annotated[
    str, StringConstraints(pattern="^[A-Z]{2}$"), AfterValidator(_known_country), Field(examples=["SI"])
]
"""ISO 3166-1 alpha-2."""


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("must be an IANA time zone such as Europe/Ljubljana")
    return name


TimeZone = Annotated[str, AfterValidator(_known_zone), Field(examples=["Europe/Ljubljana"])]


class Body(BaseModel):
    """A request's body: what it does not know, it refuses."""

    model_config = ConfigDict(extra="forbid")


class Reason(Body):
    """Why."""

    reason: Words = Field(examples=["agreed with the partner's quality unit"])


class Because(Body):
    """Why, for the audit, where nobody has to say it."""

    reason: Words | None = Field(None, examples=["seen in the batch record"])
