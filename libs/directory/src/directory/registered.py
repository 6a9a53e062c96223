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


def registration_for(told: Sequence[OfOne], markets: Iterable[str]) -> list[OfOne]:
    """The course of the registration that counts: of the first market that has one; of several there what was approved.

    ``markets`` is the market, and then the Union where its own procedure holds there.
    """
    for name in markets:
        if found := courses(told, name):
            approved = [each for each in found if any(_is_decided(one) for one in each)]
            return (approved or found)[-1]
    return []


def content_on(entries: Sequence[Told], day: date) -> dict[str, Any] | None:
    """What is registered on a day: as of the latest effective day, of two of one day as it was told last."""
    begun = [each for each in entries if each.said["effective_on"] <= day.isoformat()]
    states = {each.said["what"] for each in begun}
    if RegistrationStep.withdrawn in states or RegistrationStep.approved not in states:
        return None
    told = [each for each in begun if each.said["what"] != RegistrationStep.submitted]
    return dict(max(told, key=lambda each: (each.said["effective_on"], each.sequence)).said)


def applications_on(told: Sequence[Told], market: str, day: date) -> frozenset[ApplicationType | None]:
    """By which applications a product is registered in a market on a day; None is one of which nobody has said it.

    Those count that were approved and are not withdrawn by that day; where there is none, all of which was told.
    """
    found = courses(told, market)
    approved = [each for each in found if any(_is_decided(one) for one in each)]
    ended = RegistrationStep.withdrawn, day.isoformat()
    running = [
        each
        for each in approved
        if not any(one.said["what"] == ended[0] and one.said["effective_on"] <= ended[1] for one in each)
    ]
    newest = [each[-1].said.get("application_type") for each in running or approved or found]
    return frozenset(ApplicationType(each) if each else None for each in newest)


def _is_decided(told: Told) -> bool:
    return bool(told.said["state"] != RegistrationState.submitted)
