"""Lifecycles: transition methods are the table from which answers, permissions and pictures are derived."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from runtime.problems import Problem

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of a lifecycle's table."""

    name: str
    source: frozenset[StrEnum]
    target: StrEnum | None
    by: frozenset[str]


class NotAllowedNow(Problem):
    """The record's state does not allow this; the answer lists what it does allow (409)."""

    def __init__(self, record: Any, name: str) -> None:
        allowed = allowed_now(type(record), record.state)
        possible = ", ".join(allowed) or "nothing"
        detail = f"{name} is not possible while the state is {record.state}; allowed now: {possible}"
        super().__init__(409, "not-allowed-now", detail, state=str(record.state), allowed=allowed)


def transition(
    *, source: Collection[StrEnum], target: StrEnum | None, by: Collection[str]
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Declare a method as the way from ``source`` states to ``target`` (None: the state stays).

    The method checks its rules, changes the record and returns the facts it caused; it does no I/O. ``by`` are the
    roles that may ask for it over HTTP.
    """

    def declare(method: Callable[P, R]) -> Callable[P, R]:
        row = Transition(method.__name__, frozenset(source), target, frozenset(by))

        @wraps(method)
        def move(*args: P.args, **kwargs: P.kwargs) -> R:
            record: Any = args[0]
            if record.state not in row.source:
                raise NotAllowedNow(record, row.name)
            caused = method(*args, **kwargs)
            if row.target is not None:
                record.state = row.target
            return caused

        move.transition = row  # type: ignore[attr-defined]
        return move

    return declare


def table(model: type) -> list[Transition]:
    """All transitions of a model, in the order in which they are written."""
    return [member.transition for member in vars(model).values() if hasattr(member, "transition")]


def allowed_now(model: type, state: StrEnum) -> list[str]:
    """The names of the transitions that a state allows somebody to ask for; one without roles happens by itself."""
    return [row.name for row in table(model) if state in row.source and row.by]


def roles_of(method: Callable[..., Any]) -> frozenset[str]:
    """Who may ask for a transition."""
    return frozenset(method.transition.by)  # type: ignore[attr-defined]
