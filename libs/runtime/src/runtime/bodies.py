"""What bodies of requests have in common."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Annotated, Self
from zoneinfo import available_timezones

from holidays import list_supported_countries
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from contracts import check_code, check_seen, check_storable, check_visible

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
Digest = Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$"), Field(examples=["0b" * 32])]
"""SHA-256, in hexadecimal."""


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


@cache
def countries() -> frozenset[str]:
    """The codes of ISO 3166-1, and the Union's. Not before somebody asks: a module for each country is imported."""
    return frozenset(list_supported_countries(include_aliases=False)) | {UNION}


def _known_country(code: str) -> str:
    if code not in countries():
        raise ValueError(f"{code} is no country of ISO 3166-1: write its alpha-2 code, such as SI, or EU for the Union")
    return code


Country = Annotated[
    str, StringConstraints(pattern="^[A-Z]{2}$"), AfterValidator(_known_country), Field(examples=["SI"])
]
"""ISO 3166-1 alpha-2."""


def _known_zone(name: str) -> str:
    if name not in available_timezones():  # which looks through all files of the database of zones
        raise ValueError("must be an IANA time zone such as Europe/Ljubljana")
    return name


TimeZone = Annotated[str, AfterValidator(cache(_known_zone)), Field(examples=["Europe/Ljubljana"])]


class Body(BaseModel):
    """A request's body: what it does not know, it refuses, and what nobody would see of what is read or signed."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="after")
    def _can_be_seen(self) -> Self:
        for name, value in self:
            for text in _texts(value):
                try:
                    check_seen(text)
                except ValueError as wrong:
                    raise ValueError(f"{name} {wrong}") from wrong
        return self


def _texts(given: object) -> Iterator[str]:
    match given:
        case str():
            yield given
        case Mapping():
            yield from _texts([*given.keys(), *given.values()])
        case list() | tuple() | set() | frozenset():
            for each in given:
                yield from _texts(each)
        case BaseModel() if not isinstance(given, Body):  # which looks for itself
            yield from _texts([value for _, value in given])


class Reason(Body):
    """Why."""

    reason: Words = Field(examples=["agreed with the partner's quality unit"])


class Because(Body):
    """Why, for the audit, where nobody has to say it."""

    reason: Words | None = Field(None, examples=["seen in the batch record"])
