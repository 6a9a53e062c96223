"""What is registered of a product in a market on a day, by all that was told of it in whatever order: pure rules."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Protocol, TypeVar

from contracts.registrations import ApplicationType, RegistrationState, RegistrationStep


class Told(Protocol):
    """A `RegistrationChanged` as it was kept; of one registration the higher sequence was told later."""

    @property
    def key(self) -> str:
        """The registration's."""

    @property
    def sequence(self) -> int:
        """Its place among what was told of that."""

    @property
    def said(self) -> Mapping[str, Any]:
        """The fact in JSON."""


OfOne = TypeVar("OfOne", bound=Told)


def courses(told: Iterable[OfOne], market: str) -> list[list[OfOne]]:
    """What was told of each registration in a market, in its order."""
    by_key: defaultdict[str, list[OfOne]] = defaultdict(list)
    for each in sorted(told, key=lambda each: (each.key, each.sequence)):
        by_key[each.key].append(each)
    return [each for each in by_key.values() if each[-1].said["market"] == market]


def registrations_on(told: Sequence[OfOne], markets: Iterable[str], day: date) -> list[list[OfOne]]:
    """The courses of the registrations that register the product on a day: the market's own first, its newest first.

    ``markets`` is the market, and then the Union where its own procedure holds there. By each of them it may be sold:
    what one of them names is registered, whatever was submitted, or is withdrawn or named otherwise, beside it.
    """
    every = [each for name in markets for each in reversed(courses(told, name))]
    return [each for each in every if content_on(each, day) is not None]


def registration_for(told: Sequence[OfOne], markets: Iterable[str], day: date) -> list[OfOne]:
    """The course of the first registration that registers the product on a day; where none does, of the one that says
    so: of the first market that has one, and of several there what was approved."""
    names = [*markets]
    for each in registrations_on(told, names, day):
        return each
    for name in names:
        if found := courses(told, name):
            return (_decided(found) or found)[-1]
    return []


def content_on(entries: Sequence[Told], day: date) -> dict[str, Any] | None:
    """What is registered on a day: as of the latest effective day, of two of one day as it was told last."""
    begun, steps = _begun(entries, day)
    if RegistrationStep.withdrawn in steps or RegistrationStep.approved not in steps:
        return None
    told = [each for each in begun if each.said["what"] != RegistrationStep.submitted]
    return dict(max(told, key=lambda each: (each.said["effective_on"], each.sequence)).said)


def applications_on(told: Sequence[Told], market: str, day: date) -> frozenset[ApplicationType | None]:
    """By which applications a product is registered in a market on a day; None is one of which nobody has said it.

    Those count that were approved and are not withdrawn by that day; where there is none, all of which was told.
    """
    found = courses(told, market)
    approved = _decided(found)
    running = [each for each in approved if RegistrationStep.withdrawn not in _begun(each, day)[1]]
    newest = [each[-1].said.get("application_type") for each in running or approved or found]
    return frozenset(ApplicationType(each) if each else None for each in newest)


def _decided(found: Iterable[list[OfOne]]) -> list[list[OfOne]]:
    """The courses of which more was told than that it was submitted."""
    return [each for each in found if any(one.said["state"] != RegistrationState.submitted for one in each)]


def _begun(entries: Sequence[OfOne], day: date) -> tuple[list[OfOne], set[str]]:
    """What of a course is effective by a day, and which steps these are."""
    begun = [each for each in entries if each.said["effective_on"] <= day.isoformat()]
    return begun, {each.said["what"] for each in begun}
