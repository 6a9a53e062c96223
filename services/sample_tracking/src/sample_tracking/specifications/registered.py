"""Whether a market's registration names a revision of a specification (Directive 2001/83/EC article 23): pure rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from contracts.sample_tracking import SpecificationPurpose
from directory.registered import Told, content_on, courses, registration_for, registrations_on
from gxp.regimes import registered_as

NAMED: Final = frozenset({SpecificationPurpose.release, SpecificationPurpose.shelf_life})
"""Purposes of which a registration says by which version: limits in the process are no specification of the product."""


class Registered(StrEnum):
    """Whether the registration of the product for the market names a revision."""

    registered = "registered"
    not_registered = "not_registered"
    """The product is not registered there on the day: not yet, or no more."""
    other_version = "other_version"
    unknown = "unknown"
    """Nothing was told of a registration, it names no version, or nobody has said by which name it would name this."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a revision stands with its market's registration on a day, and why."""

    verdict: Registered
    why: str
    against: bool = False
    """Whether something was told that the revision's own name does not meet, though it may be unknown what it names."""

    def blocks(self, *, must_be_registered: bool) -> bool:
        """Whether the revision waits; ``must_be_registered`` where the installation wants to know."""
        unknown = self.verdict is Registered.unknown and not self.against
        return must_be_registered if unknown else self.verdict is not Registered.registered


def is_asked(market: str | None, purpose: str) -> bool:
    """Whether a registration could name it: not what holds for every market."""
    return market is not None and purpose in NAMED


def standing(told: Sequence[Told], market: str, version: str | None, day: date) -> Standing:
    """By all that was told of the product's registrations; ``version`` is how these call the revision."""
    names = registered_as(market)
    entries = registration_for(told, names, day)
    if not entries:
        return Standing(Registered.unknown, f"nothing is known of a registration of the product for {market}")
    contents = [found for each in registrations_on(told, names, day) if (found := content_on(each, day))]
    if not contents:
        last = entries[-1].said
        why = f"{last['number']} does not register the product for {market} on {day}: it is {last['state']}"
        return Standing(Registered.not_registered, why)
    named = {each["specification_version"]: each["number"] for each in reversed(contents)}
    says = " and ".join(f"{each['number']} names {each['specification_version'] or 'no version'}" for each in contents)
    if version is None:
        why = f"{says}, and nobody has said by which name it would name this revision"
        return Standing(Registered.unknown, why)
    if version in named:
        return Standing(Registered.registered, f"{named[version]} names {version} on {day}")
    why = f"{says} on {day}, and this is {version}"
    return Standing(Registered.unknown if None in named else Registered.other_version, why, against=True)


def registered_since(told: Sequence[Told], market: str, version: str | None, day: date) -> date | None:
    """The first of the days until a day on which no registration spoke against it; None where all of them.

    It is the same whether that was told before the day or long after it.
    """
    entries = [each for name in registered_as(market) for course in courses(told, name) for each in course]
    turns = sorted({date.fromisoformat(each.said["effective_on"]) for each in entries}, reverse=True)
    since = day
    for turn in (each for each in turns if each <= day):
        if standing(told, market, version, turn).blocks(must_be_registered=False):
            return since
        since = turn
    return None
