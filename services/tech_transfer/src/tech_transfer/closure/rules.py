"""Whether a transfer may be closed by its report: pure rules."""

import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from tech_transfer.actions.model import TransferAction
from tech_transfer.actions.schemas import ActionState
from tech_transfer.gaps.model import Gap
from tech_transfer.gaps.terms import GapState


def ownerless(actions: Iterable[TransferAction], team: Iterable[Mapping[str, Any]]) -> list[str]:
    """The numbers of open actions that nobody owns who is there when the transfer's team is no more."""
    members = {_name(each["person"]) for each in team}
    open_ = (each for each in actions if each.state == ActionState.open)
    return [each.number for each in open_ if each.owner is None or _name(each.owner) in members]


def unended(gaps: Iterable[Gap]) -> list[str]:
    """The numbers of gaps that two people end, and have not: those that are critical, or once were."""
    return [
        each.gap_number for each in gaps if each.was_critical and each.state not in (GapState.closed, GapState.accepted)
    ]


def changed(before: str, after: str) -> list[str]:
    """The names of sections that are other ones, were added, or are gone."""
    old, new = _by_name(before), _by_name(after)
    return [name for name in {**old, **new} if old.get(name) != new.get(name)]


def names(content: str) -> Collection[str]:
    """The names of a report's sections, in their order."""
    return _by_name(content)


def _by_name(content: str) -> dict[str, Any]:
    return {each["name"]: each for each in json.loads(content)}


def _name(person: str) -> str:
    return " ".join(person.casefold().split())
